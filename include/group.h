/* SPDX-License-Identifier: MIT */
/*
 * group.h: threads that write at the same time share a transaction, and with it
 * one sync of the disk: whoever comes first does the work of those who came
 * meanwhile. Each piece of work still succeeds or fails on its own.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct group;
struct store;

/* Writes inside a transaction that is open; on failure its writes are undone, nobody else's. */
typedef enum err group_fn(struct store *st, void *arg, struct error *e);

/*
 * `most`: how many threads may wait while another process holds the database, or
 * while the disk is slow: beyond that writes fail with ERR_UNAVAILABLE at once, so
 * that the others can go on reading. An ordinary wait, of some tenths of a second,
 * is for all.
 */
struct group	*group_new(int most);
void		 group_free(struct group *g);	/* NULL is fine */
/*
 * Returns when the work is committed, or has failed. It may run in another
 * thread, with that thread's store, while the caller waits. Any thread.
 */
MUST_CHECK enum err group_run(struct group *g, struct store *st, group_fn *work, void *arg,
    struct error *e);

/*
 * For a thread of the group that waits for a write of its own: whether it may wait
 * on after so long. `*patient`, false at first, says whether it counts among `most`;
 * group_waited when it waits no more.
 */
bool	group_may_wait(struct group *g, int64_t waited_ms, bool *patient);
void	group_waited(struct group *g, bool *patient);

#endif
