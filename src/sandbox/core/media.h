/* SPDX-License-Identifier: MIT */
/* media.h: URLs of media files: signed, and good for a time. */
#ifndef SANDBOX_MEDIA_H
#define SANDBOX_MEDIA_H

#include "http.h"
#include "sandbox/clip/clips.h"
#include "state.h"

/*
 * A URL of that file, "UUID/raw" or "HASH_UUID/drvs/KIND/raw", that is good
 * for media_ttl from now; in the request's arena. With the lock held.
 */
const char	*media_url(struct sandbox *sb, const struct req *rq, const char *file);
/* The clip of a job, or a still of it; strings in the arena. With the lock held. */
void		 media_clip(const struct sandbox *sb, const struct job *job, bool still,
		    struct arena *a, struct clip_spec *out);
/* Lets the server in front send that file of the media folder. */
void		 media_send(struct resp *rs, const char *file, const char *type);

#endif
