/* SPDX-License-Identifier: MIT */
/* sessions.h: session tokens and the access tokens behind them. Called with the lock held. */
#ifndef SANDBOX_SESSIONS_H
#define SANDBOX_SESSIONS_H

#include <cjson/cJSON.h>

#include "error.h"
#include "sandbox/core/state.h"

/* Registers or changes the session of `st`, as the control path says. */
MUST_CHECK enum err session_set(struct sandbox *sb, const cJSON *body, struct error *e);
void	sessions_clear(struct sandbox *sb);

#endif
