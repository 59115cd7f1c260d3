/* SPDX-License-Identifier: MIT */
/*
 * leftover.h: jobs that nobody here needs any more, until they are deleted at
 * their upstream. One is noted with the end of its task; a token that goes
 * takes its own along.
 */
#ifndef LEFTOVER_H
#define LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;

struct leftover {		/* strings live in the arena given */
	int64_t		 id;
	int64_t		 token_id;
	const char	*upstream_id;
	bool		 finished;	/* else it may run there */
	int		 attempts;	/* to delete it, in vain */
};

/* Those that are due at `now_ms`, longest due first, at most 64. */
MUST_CHECK enum err leftover_due(struct store *st, int64_t now_ms, struct arena *a,
    struct leftover **out, size_t *n, struct error *e);
/* Notes one; due at once. */
MUST_CHECK enum err leftover_add(struct store *st, int64_t token_id, const char *upstream_id,
    bool finished, struct error *e);
/* It is gone, or is given up. */
MUST_CHECK enum err leftover_done(struct store *st, int64_t id, struct error *e);
/* One more attempt was in vain; the next not before `due_ms`. */
MUST_CHECK enum err leftover_later(struct store *st, int64_t id, int64_t due_ms,
    struct error *e);

#endif
