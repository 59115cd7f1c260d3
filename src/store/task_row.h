/* SPDX-License-Identifier: MIT */
/* task_row.h: what the files that write tasks share. Only src/store includes this. */
#ifndef TASK_ROW_H
#define TASK_ROW_H

#include <stdint.h>

#include "error.h"
#include "task.h"

struct store;

#define DELETED_KEPT_S	(24 * 3600)	/* s for which `after` may name a deleted video */

struct wanted {			/* who is looked for */
	int64_t		 row;		/* the task's; 0: it is new */
	enum task_kind	 kind;
	int64_t		 bound_token;	/* 0: any */
	const char	*offers;	/* of the suitable offers, as struct offers.json */
};

/*
 * task_apply without a transaction of its own: to be called inside one, with the task
 * as it was loaded in it or is known to the poller.
 */
MUST_CHECK enum err task_write(struct store *st, const struct task *t,
    const struct task_change *c, int ban_threshold, bool *applied, struct error *e);

/*
 * Chooses the eligible token with the largest share of free slots, then the
 * one that was chosen longest ago: to be called inside a transaction. `*token_id`
 * is 0 when no slot is free.
 */
MUST_CHECK enum err task_choose(struct store *st, const struct wanted *w, int64_t *token_id,
    struct error *e);
/*
 * Takes a slot of that token for a task which is stored as its own, in the same
 * transaction. It is given back by the triggers on tasks.
 */
MUST_CHECK enum err task_take_slot(struct store *st, int64_t row, enum task_kind kind,
    int64_t token_id, struct error *e);
/* Both, for a task of the queue, which becomes the token's. */
MUST_CHECK enum err task_reserve(struct store *st, const struct wanted *w, int64_t *token_id,
    struct error *e);
/*
 * Why task_reserve found none: ERR_OK when a slot will become free, else
 * ERR_RATE_LIMIT (all rest, retry_after) or ERR_NO_TOKEN.
 */
MUST_CHECK enum err task_reserve_outlook(struct store *st, const struct wanted *w,
    struct error *e);

#endif
