/* SPDX-License-Identifier: MIT */
/*
 * sora.h: the files of the sora provider among themselves.
 *
 * What came from the upstream is foreign: any member of an answer may be
 * missing, of another type, or absurd. What leaves these files is clean.
 */
#ifndef SORA_H
#define SORA_H

#include <stdbool.h>
#include <stdint.h>

#include "attr.h"
#include "json.h"
#include "provider.h"

struct model;

struct sora_answer {		/* an answer while it is being read */
	const struct call_input	*in;
	const struct call_response *r;
	int		 attempt;
	int64_t		 now;
	struct arena	*a;
	cJSON		*json;		/* NULL: it is not JSON */
};

/* ---- build.c ---- */

typedef enum err sora_build_fn(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);

/* Any call: checks the access token, builds, adds the headers. NULL: there is no such call. */
enum err	 sora_build(sora_build_fn *build, const struct call_input *in, struct arena *a,
		    struct call_request *out, struct error *e);
sora_build_fn	 sora_build_upload, sora_build_create, sora_build_pending, sora_build_drafts,
		 sora_build_draft, sora_build_quota;
/* The prompt as it goes to the upstream; `*storyboard` tells whether it is a storyboard's text. */
const char	*sora_prompt(const struct task *t, struct arena *a, bool *storyboard);

/* Authorization (where an access token is used), Content-Type, ours and the operator's. */
void		 sora_headers(const struct call_input *in, struct arena *a, struct call_request *rq);
const char	*sora_address(const struct call_input *in, struct arena *a, const char *path);
/* Makes it a GET of that path. */
void		 sora_set_get(const struct call_input *in, struct arena *a, struct call_request *rq,
		    const char *path);
/* Makes it a POST of `body`, which is deleted, to that path. */
void		 sora_set_post(const struct call_input *in, struct arena *a, struct call_request *rq,
		    const char *path, cJSON *body);
/* `s` as one segment of a path; NULL when it is empty, or would lead elsewhere: ".", "..". */
const char	*sora_segment(const char *s, struct arena *a);

/* Adds the one Cookie header: `own` (NULL: none), the solver's and the operator's. */
void		 sora_cookie(const struct call_input *in, struct arena *a, struct call_request *rq,
		    const char *own);

/* ---- post.c ---- */

enum err	 sora_build_post(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);
/* The form that instructions have there; no text is null. The caller's to add or to delete. */
cJSON		*sora_instruction(const char *text);
enum err	 sora_build_cameo(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);
bool		 sora_read_post(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_cameo(const struct sora_answer *ans, struct outcome *out);

/* ---- image.c ---- */

/* The create of an image task; its media have been uploaded. */
enum err	 sora_build_image(const struct call_input *in, const struct model *m, struct arena *a,
		    struct call_request *rq);
enum err	 sora_build_recent(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);
bool		 sora_read_recent(const struct sora_answer *ans, struct outcome *out);

/* ---- cameo.c ---- */

enum err	 sora_build_making(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);
bool		 sora_read_cameo_status(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_asset(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_finalize(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_character_delete(const struct sora_answer *ans, struct outcome *out);

/* ---- public.c ---- */

enum err	 sora_build_public(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);

/* ---- public_read.c ---- */

bool		 sora_public_read(const struct sora_answer *ans, struct outcome *out);
/* What a failure that was classified means for the client that waits. */
void		 sora_public_failed(const struct sora_answer *ans, struct outcome *out);

/* ---- lists.c: false when the answer does not hold what was asked for ---- */

/* The tasks of an answer, whatever holds them; NULL: none. */
const cJSON	*sora_task_list(const cJSON *json);
/* Of an unfinished task: 0..99, for only a result makes it 100; -1 when it is not said. */
double		 sora_progress(const cJSON *task);
bool		 sora_read_pending(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_drafts(const struct sora_answer *ans, struct outcome *out);
bool		 sora_read_draft(const struct sora_answer *ans, struct outcome *out);

/* ---- draft.c ---- */

/* The finished task that a draft shows; false when it belongs to none. */
bool		 sora_draft(const struct sora_answer *ans, const cJSON *draft, struct sighting *s);
/* The content was refused, for that reason; NULL: it is not said. */
void		 sora_refused(const struct sora_answer *ans, struct sighting *s, const char *reason);
/* The task failed with that text, NULL without one: refused when it speaks of a violation. */
void		 sora_failed(const struct sora_answer *ans, struct sighting *s, const char *text);

/* ---- quota.c ---- */

bool		 sora_read_quota(const struct sora_answer *ans, struct outcome *out);
/* Reads the balance object of an answer, if it has one, into out->quota and out->token. */
void		 sora_balance(const struct sora_answer *ans, struct outcome *out);
/* The account has used up its videos: it rests until they come back. */
void		 sora_exhausted(const struct sora_answer *ans, struct outcome *out);
/* Seconds that the answer asks us to wait: 1..3600, 60 when it does not say. */
int64_t		 sora_retry_after(const struct sora_answer *ans);

/* ---- error.c ---- */

/* Fills `out` for an answer that is not what was asked for. */
void		 sora_classify(const struct sora_answer *ans, struct outcome *out);

/* Whether one of the answer's codes and types is this one. */
bool		 sora_has_code(const struct sora_answer *ans, const char *code);
/* The upstream's message as it came, borrowed; NULL without one. */
const char	*sora_message(const struct sora_answer *ans);

/* ---- account.c ---- */

enum err	 sora_account_build(const struct call_input *in, struct arena *a,
		    struct call_request *rq, struct error *e);

/* ---- account_read.c ---- */

/* As the readers of lists.c; an answer that is not JSON comes here, too. */
bool		 sora_account_read(const struct sora_answer *ans, struct outcome *out);
/* What a failure that was classified means for an account; `text` is upstream's message, clean, or NULL. */
void		 sora_account_failed(const struct sora_answer *ans, const char *text, struct outcome *out);

/* ---- text.c ---- */

/* A member that is a string and not blank, made fit for our log; else NULL. */
const char	*sora_member_text(const struct sora_answer *ans, const cJSON *object, const char *key);
/* A member that can be an identifier: 1..200 printable ASCII characters, no blanks, or a number; else NULL. */
const char	*sora_member_id(struct arena *a, const cJSON *object, const char *key);
/* A member that can be a web address; else NULL. */
const char	*sora_member_url(struct arena *a, const cJSON *object, const char *key);
/* A number within low..high, which those beyond are taken for; `absent` when there is none. */
double		 sora_member_number(const cJSON *object, const char *key, double low, double high,
		    double absent);
/* Unix seconds from a number or from ISO 8601; 0 when it is neither. */
int64_t		 sora_member_time(const cJSON *object, const char *key);
/* "Content policy violation: <reason>", or `otherwise` when a reason is not given, or is not for a client. */
const char	*sora_policy_text(const struct sora_answer *ans, const char *reason, const char *otherwise);

#endif
