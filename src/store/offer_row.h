/* SPDX-License-Identifier: MIT */
/* offer_row.h: which offers will do for a task. Only src/store includes this. */
#ifndef OFFER_ROW_H
#define OFFER_ROW_H

#include "error.h"
#include "task.h"

struct arena;
struct store;

struct offers {
	int64_t		*ids;
	size_t		 n;
	const char	*json;		/* the same as an array, for SQLite's json_each */
};

/* The offers that will do for what a task needs: tasks.needs, see capability.h. */
MUST_CHECK enum err offer_find(struct store *st, const char *needs, enum task_kind kind,
    struct arena *a, struct offers *out, struct error *e);

#endif
