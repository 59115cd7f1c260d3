/* SPDX-License-Identifier: MIT */
/*
 * cameos.h: characters, from the clip they are made of to their end. What becomes
 * of one is said by markers in the clip's bytes. Called with the lock held.
 */
#ifndef SANDBOX_CAMEOS_H
#define SANDBOX_CAMEOS_H

#include <cjson/cJSON.h>

#include "http.h"
#include "sandbox/core/state.h"

struct cameo;

/* The character of that name, in any case; NULL when there is none, or no more. */
const struct cameo *cameo_named(const struct sandbox *sb, const char *name);
/* Whether it is there for that account. */
bool	 cameo_is_seen(const struct cameo *c, const struct account *ac);
cJSON	*cameo_profile(struct sandbox *sb, const struct req *rq, const struct cameo *c);
/* All of them, the deleted ones too, as a new array, the newest first. */
cJSON	*cameos_json(const struct sandbox *sb);
void	 cameos_clear(struct sandbox *sb);

#endif
