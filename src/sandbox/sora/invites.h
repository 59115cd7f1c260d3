/* SPDX-License-Identifier: MIT */
/* invites.h: invite codes, each good for so many accounts. Called with the lock held. */
#ifndef SANDBOX_INVITES_H
#define SANDBOX_INVITES_H

#include <cjson/cJSON.h>

#include "error.h"
#include "sandbox/core/state.h"

/* A code from the control path: `code` and `uses`, which is 1 unless it says otherwise. */
MUST_CHECK enum err invite_set(struct sandbox *sb, const cJSON *body, struct error *e);
void	invites_clear(struct sandbox *sb);

#endif
