/* SPDX-License-Identifier: MIT */
/*
 * chat_request.h: what a client may ask by a chat completion, and the task it
 * becomes. Pure.
 */
#ifndef CHAT_REQUEST_H
#define CHAT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "character_request.h"
#include "error.h"
#include "media_ref.h"
#include "model.h"
#include "task.h"

struct arena;
struct pool;

enum chat_work {		/* what is done; the first that fits */
	CHAT_IMAGE,
	CHAT_REMIX,
	CHAT_CHARACTER,		/* nothing but the character */
	CHAT_CHARACTER_VIDEO,	/* a video with a character that is deleted afterwards */
	CHAT_STORYBOARD,
	CHAT_VIDEO,
};

struct chat_request {
	const char	*model;		/* as the client wrote it: answers echo it */
	const struct model *means;	/* of what only servers have: without seconds and size */
	const struct pool *pool;	/* what can be served; NULL: sora's */
	enum chat_work	 work;
	const char	*prompt;	/* "" for CHAT_CHARACTER; without links for CHAT_REMIX */
	bool		 stream;
	bool		 include_usage;	/* of a stream */
	const char	*remix_target;	/* CHAT_REMIX: a post id, or the id of a local task; else NULL */
	const char	*style_id;	/* NULL for images */
	struct media_ref images[MEDIA_REFS_MAX];	/* one at most for videos */
	size_t		 n_images;
	struct media_ref video;		/* CHAT_CHARACTER, CHAT_CHARACTER_VIDEO */
	bool		 has_video;
	struct character_options character;	/* with the video */
	/* as they came */
	const cJSON	*messages;
	const cJSON	*image;
	const cJSON	*clip;
	const char	*remix_target_id;
	const cJSON	*character_options;
	const cJSON	*stream_options;
};

/* Of a model that `pool` can serve (capability.h; NULL: sora's). */
MUST_CHECK enum err chat_parse(const cJSON *body, const struct pool *pool, struct arena *a,
    struct chat_request *out, struct error *e);
/*
 * Its task; media, the remix' source, key and host are the caller's to fill in.
 * With a character, character_options has its options. The prompt of CHAT_CHARACTER_VIDEO
 * is the client's: see chat_prompt_with.
 */
void	chat_task(const struct chat_request *r, struct arena *a, struct task *out);
/* The prompt of CHAT_CHARACTER_VIDEO, once the character's name is known. */
const char	*chat_prompt_with(const char *username, const char *prompt, struct arena *a);

#endif
