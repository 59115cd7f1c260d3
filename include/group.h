/*
 * group.h: threads that write at the same time share a transaction, and with it
 * one sync of the disk: whoever comes first does the work of those who came
 * meanwhile. Each piece of work still succeeds or fails on its own.
 */
#ifndef GROUP_H
#define GROUP_H

#include "error.h"

struct group;
struct store;

/* Writes inside a transaction that is open; on failure its writes are undone, nobody else's. */
typedef enum err group_fn(struct store *st, void *arg, struct error *e);

struct group	*group_new(void);
void		 group_free(struct group *g);	/* NULL is fine */
/*
 * Returns when the work is committed, or has failed. It may run in another
 * thread, with that thread's store, while the caller waits. Any thread.
 */
MUST_CHECK enum err group_run(struct group *g, struct store *st, group_fn *work, void *arg,
    struct error *e);

#endif
