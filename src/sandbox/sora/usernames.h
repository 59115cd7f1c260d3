/* SPDX-License-Identifier: MIT */
/* usernames.h: which names accounts may take. */
#ifndef SANDBOX_USERNAMES_H
#define SANDBOX_USERNAMES_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "error.h"
#include "sandbox/core/state.h"

enum username_fate {
	USERNAME_FREE,
	USERNAME_TAKEN,
	USERNAME_RESERVED,
	USERNAME_REJECTED,	/* looks free, but may not be set */
	USERNAME_INVALID,
};

/* 3 to 20 letters, digits, dots and underscores, the first a letter or digit. */
bool	username_valid(const char *name);
/* What that account would hear; with the lock held, as all below. */
enum username_fate username_judge(const struct sandbox *sb, const struct account *ac,
	    const char *name);
/* The refusal that a fate other than USERNAME_FREE is. */
const char	*username_refusal(enum username_fate fate);
/* Gives the account the name in the body, in lower case, or refuses. */
MUST_CHECK enum err username_take(struct sandbox *sb, struct account *ac,
	    const cJSON *body, struct error *e);
/* Rules from the control path: lists of names by their fate, all of them or none. */
MUST_CHECK enum err usernames_rule(struct sandbox *sb, const cJSON *body, struct error *e);
void	usernames_clear(struct sandbox *sb);

#endif
