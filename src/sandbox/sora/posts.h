/* SPDX-License-Identifier: MIT */
/* posts.h: published drafts. Called with the lock held. */
#ifndef SANDBOX_POSTS_H
#define SANDBOX_POSTS_H

#include <cjson/cJSON.h>

#include "sandbox/core/state.h"

/* The post of that id that has not been deleted; or NULL. */
struct post	*post_find(struct sandbox *sb, const char *id);
/* The post whose id is anywhere in the text, such as a link; or NULL. */
struct post	*post_find_in(struct sandbox *sb, const char *text);
struct job	*post_job(const struct post *post);
/* What a draft says of its post: null when it has none. */
void		 post_add_to_draft(cJSON *draft, struct sandbox *sb,
		    const struct req *rq, const struct job *job);
/* All of them, the deleted ones too, as a new array, the newest first. */
cJSON		*posts_json(const struct sandbox *sb);
/*
 * Appends the posts that are there, of an account or of all (NULL), the newest
 * first, as they look to `reader`.
 */
void		 posts_add(cJSON *list, struct sandbox *sb, const struct req *rq,
		    const struct account *of, const struct account *reader);
void		 posts_clear(struct sandbox *sb);

#endif
