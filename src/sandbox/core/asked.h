/* SPDX-License-Identifier: MIT */
/*
 * asked.h: who asked for what, and how: a row for each distinct caller of an
 * endpoint, so that a test can prove which credential, proxy and User-Agent a
 * call was made with. Called with the lock held.
 */
#ifndef SANDBOX_ASKED_H
#define SANDBOX_ASKED_H

#include <cjson/cJSON.h>

#include "http.h"
#include "state.h"

/* `credential`: the SHA-256 of what was shown, in hex; "" for nothing. */
void	 asked_note(struct sandbox *sb, const struct req *rq,
	    const char *account, const char *credential);
/* The rows of that endpoint and account (NULL: all of them), as a new object. */
cJSON	*asked_json(const struct sandbox *sb, const char *endpoint, const char *account);
void	 asked_clear(struct sandbox *sb);

#endif
