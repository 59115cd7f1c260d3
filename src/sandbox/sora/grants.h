/* SPDX-License-Identifier: MIT */
/* grants.h: refresh tokens, RFC 6749 section 6. Called with the lock held. */
#ifndef SANDBOX_GRANTS_H
#define SANDBOX_GRANTS_H

#include <cjson/cJSON.h>

#include "error.h"
#include "sandbox/core/state.h"

/* Registers or changes the refresh token `rt`, as the control path says. */
MUST_CHECK enum err grant_set(struct sandbox *sb, const cJSON *body, struct error *e);
void	grants_clear(struct sandbox *sb);

#endif
