/* SPDX-License-Identifier: MIT */
/*
 * openai.h: the files of the openai provider among themselves.
 *
 * Servers that say they speak /v1/videos differ in nearly every member of an
 * answer, and what came from them is foreign. What leaves these files has one
 * form and is clean.
 */
#ifndef OPENAI_H
#define OPENAI_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "json.h"
#include "options.h"
#include "provider.h"

struct openai_answer {		/* an answer while it is being read */
	const struct call_input	*in;
	const struct call_response *r;
	const struct openai_options *options;
	int		 attempt;
	int64_t		 now;
	struct arena	*a;
	cJSON		*json;		/* NULL: it is neither an object nor an array */
};

struct openai_failure {		/* what an answer or an object says of a failure */
	const char	*code;		/* lower case, in the arena; "" without one */
	const char	*text;		/* what the server says, for the log; NULL without one */
	const char	*message;	/* the same for a client; NULL when it is not for one */
	bool		 policy;	/* the content was refused */
	bool		 said;		/* it is about a failure, not just a text */
};

/* ---- build.c ---- */

enum err	 openai_build(const struct call_input *in, struct arena *a, struct call_request *out,
		    struct error *e);
/* How to connect to the server, and where: in every request that goes there. */
void		 openai_connect(const struct openai_options *b, struct call_request *rq);
/* The address that was asked, for what is relative to it. */
const char	*openai_asked(const struct openai_answer *ans);
/* What the server calls the task's model; NULL when it has none such. */
const char	*openai_model(const struct token *token, const struct task *t);

/* ---- create.c ---- */

/* The request of CALL_CREATE: a video, a remix, an image. */
enum err	 openai_build_create(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);

/* ---- url.c ---- */

/* `path` below the base URL, whose segments are escaped already. */
const char	*openai_address(const struct openai_options *b, struct arena *a, const char *path);
/* `s` as one segment of a path; NULL when it is empty, or would lead elsewhere. */
const char	*openai_segment(const char *s, struct arena *a);

/* ---- read.c ---- */

/* "data[0].url": the member there; NULL when it is absent or null. */
const cJSON	*openai_at(const cJSON *json, const char *path);
/* The same of the first path that leads to text that is not empty; borrowed. */
const char	*openai_text_at(const cJSON *json, const char *const *paths, size_t n);
/* The id of a job, wherever it is: 1..512 bytes without control characters; NULL: none. */
const char	*openai_id(const cJSON *json, struct arena *a);
/* Whole seconds from text or number; 0 when it is neither, or out of 1..3600. */
int		 openai_seconds(const cJSON *json);
/* The URL of the file as the server wrote it, borrowed; NULL: none. */
const char	*openai_result(const cJSON *json);
/* The job that an object shows; false when it shows none. */
bool		 openai_sighting(const struct openai_answer *ans, const cJSON *json, struct sighting *s);

/* ---- failure.c ---- */

/* What is wrong, in any of the forms there are. False when nothing says so. */
bool		 openai_failure(const struct openai_answer *ans, const cJSON *json,
		    struct openai_failure *out);
/* Whether one of the words is in the text, in any case of letters. */
bool		 openai_has_word(const char *text, const char *const *words, size_t n);

/* ---- pause.c ---- */

/* Milliseconds until it wishes to be asked again, as it said it; 0 when it does not say. */
int64_t		 openai_wish(const struct openai_answer *ans);
/* The same as it is heeded: 1000..120000, or 0. */
int64_t		 openai_pause(const struct openai_answer *ans);

/* ---- error.c ---- */

/*
 * The HTTP status, or that which the failure's code stands for: relays answer 200
 * themselves and put the status of the server behind them there.
 */
long		 openai_status(const struct openai_answer *ans, const struct openai_failure *f);
/* Whether it speaks of the moment, and not of the job: another time it may be different. */
bool		 openai_passes(const struct openai_answer *ans, const struct openai_failure *f);
/* Fills `out` for an answer that is not what was asked for. */
void		 openai_classify(const struct openai_answer *ans, struct outcome *out);

#endif
