/* SPDX-License-Identifier: MIT */
/*
 * session.h: sessions of the administrator. A token is shown once, at login;
 * its SHA-256 is stored, so that all processes know it and nobody can read it.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "error.h"

struct arena;
struct store;

#define SESSION_HOURS	24	/* from login, not extended by use */
#define SESSION_LONGEST	(SESSION_HOURS * 3600 + 60)	/* s; a clock may be set a little */

/*
 * Opens a session for who knew the password of that hash, admin_password of the
 * settings; its token, "admin-" and 43 URL-safe characters, is in the arena.
 * ERR_UNAUTHORIZED when the password is another one by now.
 */
MUST_CHECK enum err session_open(struct store *st, const char *password, struct arena *a,
    const char **token, struct error *e);
/* Whether the token opens anything now. */
MUST_CHECK enum err session_check(struct store *st, const char *token, bool *valid,
    struct error *e);
MUST_CHECK enum err session_close(struct store *st, const char *token, struct error *e);

#endif
