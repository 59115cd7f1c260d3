/* SPDX-License-Identifier: MIT */
/*
 * image_request.h: what a client may ask of the images API, and the task it
 * becomes. Pure.
 */
#ifndef IMAGE_REQUEST_H
#define IMAGE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "media_ref.h"
#include "model.h"
#include "task.h"

struct arena;
struct pool;

struct image_request {
	const char	*prompt;	/* as it came */
	const char	*model;		/* as the client wrote it */
	const struct model *means;	/* what it means, and `size` makes of it; NULL: only servers have it */
	const struct pool *pool;	/* what can be served; NULL: sora's */
	int64_t		 n;
	const char	*size;		/* NULL: by model */
	const char	*quality;
	const char	*style;
	const char	*response_format;	/* url, b64_json; NULL: not said */
	bool		 stream;
	bool		 edit;		/* it came to the edits */
	const cJSON	*media;		/* only its type is checked: see refs */
	struct media_ref refs[MEDIA_REFS_MAX];	/* in the order in which they are sent on */
	size_t		 n_refs;
};

/*
 * Reads a generation or, if `edit`, an edit, which has at least one reference, of
 * a model that `pool` can serve (capability.h; NULL: sora's).
 */
MUST_CHECK enum err image_parse(const struct request_body *body, bool edit,
    const struct pool *pool, struct arena *a, struct image_request *out, struct error *e);
/* Its task; media, key and host are the caller's to fill in. */
void	image_task(const struct image_request *r, struct arena *a, struct task *out);

#endif
