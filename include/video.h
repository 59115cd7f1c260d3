/* SPDX-License-Identifier: MIT */
/*
 * video.h: what a client may ask of the videos API, and the task it becomes.
 * Pure: no HTTP, no database, no file.
 */
#ifndef VIDEO_H
#define VIDEO_H

#include <stdbool.h>

#include "error.h"
#include "field.h"
#include "json.h"
#include "task.h"

struct arena;
struct token_terms;
struct pool;

struct video_request {
	const char	*prompt;
	const char	*model;		/* as the client wrote it, then normalised */
	const char	*seconds;
	const char	*size;
	const char	*orientation;
	const char	*style_id;
	const cJSON	*input_reference;	/* NULL: none */
	const cJSON	*input_image;
	const char	*remix_target_id;
	const char	*metadata;	/* compact JSON text */
	bool		 async_mode;
	bool		 sora;		/* sora's accounts can do it */
	bool		 server;	/* a server can: any whole seconds and any size */
	bool		 by_server;	/* a server has the model at least */
};

/* The fields of POST /v1/videos and of POST /v1/videos/{id}/remix, in their order. */
extern const struct field video_fields[], remix_fields[];
extern const size_t n_video_fields, n_remix_fields;

/*
 * Reads a create; ERR_INVALID_* and ERR_MISSING as the contract says. What is
 * accepted as model, seconds and size is what `pool` can serve (capability.h;
 * NULL: sora).
 */
MUST_CHECK enum err video_parse(const cJSON *body, bool text, const struct pool *pool,
    struct arena *a, struct video_request *out, struct error *e);
/* Reads a remix of `source` (NULL: a video that is not ours), whose model and size are the defaults. */
MUST_CHECK enum err remix_parse(const cJSON *body, bool text, const struct task *source,
    const struct pool *pool, struct arena *a, struct video_request *out, struct error *e);

/*
 * What the request wants to remix: an id of a post, or of a local task; NULL:
 * nothing. Removes the links from its prompt. `has_upload`: an image came as a
 * file. ERR_INVALID_VALUE when there is an image too, or no prompt left; or,
 * when nothing is remixed, when a shot of a storyboard has no text. A prompt that
 * only servers can take is plain text: it stays as it is, and names nothing.
 */
MUST_CHECK enum err video_remix_target(struct video_request *r, bool has_upload, struct arena *a,
    const char **target, struct error *e);
/* Removes links and post ids from a prompt for sora; ERR_INVALID_VALUE when nothing is left. */
MUST_CHECK enum err video_strip_posts(struct video_request *r, struct arena *a, struct error *e);
/* Whether it has the form of an upstream post id. */
bool	video_is_post_id(const char *id);

/*
 * How a completed local task is remixed: its post (any account can), else its
 * generation (only the account that made it can). What a server made (`maker`
 * are its terms, NULL: an account did) only that server can remix. ERR_TASK_NOT_COMPLETED,
 * ERR_TASK_FAILED, ERR_INVALID_VALUE when it cannot be.
 */
MUST_CHECK enum err video_remix_source(const struct task *source, const struct token_terms *maker,
    struct arena *a, struct task *out, struct error *e);

/*
 * The task of a valid request: a new id, catalogue model, size, seconds. What
 * concerns remix, media, key and host is the caller's to fill in.
 */
void	video_task(const struct video_request *r, struct arena *a, struct task *out);
/*
 * A new public id for a task of that model: its name, "-" and 12 hex digits. Of
 * the name the first 51 bytes stay, and "-" stands for what is not A-Z a-z 0-9 _:
 * clients put ids into paths as they are, relays keep them in short columns, and
 * commands take a leading "-" for an option. "video" if nothing is left.
 */
const char	*video_new_id(const char *model, struct arena *a);
/* The request log's account of a task of any kind: compact JSON without media. */
const char	*video_log_body(const struct task *t, struct arena *a);

#endif
