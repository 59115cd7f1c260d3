/* SPDX-License-Identifier: MIT */
/*
 * character_request.h: what a client may ask of the characters API, the task it
 * becomes, and the names that a new character may get. Pure.
 */
#ifndef CHARACTER_REQUEST_H
#define CHARACTER_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "media_ref.h"
#include "task.h"

struct arena;

struct character_options {	/* strings are NULL when upstream's suggestion will do, or nothing */
	const char	*timestamps;	/* "0,3": seconds of the clip to use; never NULL */
	const char	*username;	/* without @ */
	const char	*display_name;
	const char	*instruction_set;
	const char	*safety_instruction_set;
};

struct character_request {
	const char	*model;		/* as the client wrote it */
	struct media_ref video;
	struct character_options options;
	const cJSON	*media;		/* only its type is checked: see video */
};

MUST_CHECK enum err character_parse(const struct request_body *body, struct arena *a,
    struct character_request *out, struct error *e);
/*
 * Reads the options as a member of another request has them (NULL: defaults);
 * what is wrong is the fault of `param`.
 */
MUST_CHECK enum err character_options_parse(const cJSON *object, const char *param, struct arena *a,
    struct character_options *out, struct error *e);
/* Its task; the clip, key and host are the caller's to fill in. */
void	character_task(const struct character_request *r, struct arena *a, struct task *out);

/* The options as JSON text, task.character_options, and back. */
const char	*character_options_print(const struct character_options *o, struct arena *a);
void	character_options_load(const char *text, struct arena *a, struct character_options *out);

/*
 * The name to try at that attempt, from 0: the wanted one, else what follows the
 * last dot of upstream's `hint` with three digits; then five times three digits
 * behind it, then the end of the time. NULL: there are no more attempts.
 * `random`: a random number below 1000; `now`: Unix time. At most 30 characters.
 */
const char	*character_username(const char *wanted, const char *hint, int attempt, unsigned random,
    int64_t now, struct arena *a);
/* The wanted one, else upstream's, cut to 100 characters, else "Character". */
const char	*character_display_name(const char *wanted, const char *hint, struct arena *a);

#endif
