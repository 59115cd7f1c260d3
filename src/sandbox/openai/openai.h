/* SPDX-License-Identifier: MIT */
/* openai.h: what the files of the dialects share. With the lock held, if not said otherwise. */
#ifndef SANDBOX_OPENAI_H
#define SANDBOX_OPENAI_H

#include "http.h"
#include "sandbox/clip/clips.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/state.h"
#include "sandbox/core/visit.h"

enum stand {			/* of a video or an image, to its client */
	STAND_QUEUED,
	STAND_RUNNING,
	STAND_COMPLETED,
	STAND_FAILED,
	STAND_GONE,		/* nobody knows it */
};

/* ---- key.c ---- */

/* ERR_OK for the owner of the key, or for all; without a dialect all is not found. */
MUST_CHECK enum err openai_admit(struct visit *v, const struct req *rq, struct error *e);

/* ---- errors.c ---- */

/* Writes the row as the dialect writes it; a status of 0 is the row's own. */
void	openai_refuse(const struct sandbox *sb, const struct refusal *r, int status,
	    struct resp *rs);
/* What a failed video's object says of its end. */
void	openai_add_error(cJSON *object, const struct job *job, int form);

/* ---- object.c ---- */

enum stand	 openai_stand(const struct job *job, const struct moment *m);
/* The object of a video, as it is now. */
cJSON		*openai_object(struct sandbox *sb, const struct req *rq, const struct job *job);
/* The video of the request's path; refuses an unknown one. */
MUST_CHECK enum err openai_find(struct visit *v, const struct req *rq, struct job **out,
    struct error *e);

/* ---- fields.c ---- */

/* Reads "1280x720"; false when it is none. */
bool		 openai_read_size(const char *text, int *width, int *height);
/* Keeps what arrived, for the report. */
void		 openai_note(struct job *job, const struct form *form);
/* From a create's body to the job; refuses what the dialect does not take. Without the lock. */
MUST_CHECK enum err openai_read_fields(const struct visit *v, const struct form *form,
    struct job *job, struct error *e);

/* ---- create.c ---- */

/* A new id of that form; malloc. */
char		*openai_new_id(int form);
/* Takes the job as its prompt's markers say; it is the state's after ERR_OK. */
MUST_CHECK enum err openai_accept(struct visit *v, struct job *job, struct error *e);
/*
 * Takes the job and answers as the server does; *job is NULL if it was taken.
 * Without the lock.
 */
MUST_CHECK enum err openai_create(struct visit *v, struct req *rq, struct resp *rs,
    struct job **job, struct error *e);
/* Adds the header that tells when to ask again, if this server has it; without the lock. */
void		 openai_poll_after(const struct visit *v, struct resp *rs);
/* Sleeps until that time of timeline_now; without the lock. */
void		 openai_wait(struct sandbox *sb, int64_t until);

/* ---- file.c: without the lock ---- */

/* The bytes of that clip, in the arena. */
MUST_CHECK enum err openai_load_clip(struct sandbox *sb, const struct clip_spec *spec,
    struct arena *a, char **data, size_t *len, struct error *e);
/*
 * The name in the media folder of that clip, padded to so many MiB; it is still
 * a video, and takes no more room on the disk.
 */
MUST_CHECK enum err openai_pad_clip(struct sandbox *sb, const struct clip_spec *spec,
    int mib, struct arena *a, const char **name, struct error *e);

/* ---- content.c ---- */

/*
 * { "url" } or { "b64_json" } of the file of the finished job of that id, as a
 * new object; refuses one that failed. Without the lock.
 */
MUST_CHECK enum err openai_file_json(struct visit *v, const struct req *rq,
    const char *id, bool url, cJSON **out, struct error *e);

#endif
