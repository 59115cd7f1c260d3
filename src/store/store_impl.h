/* SPDX-License-Identifier: MIT */
/* store_impl.h: what a store is made of. Only src/store includes this. */
#ifndef STORE_IMPL_H
#define STORE_IMPL_H

#include <stdbool.h>

#include "capability.h"
#include "engine.h"
#include "statements.h"
#include "store.h"

struct db;				/* the engine's own */

struct store {
	const struct store_engine *engine;
	struct db	*db;
	const char	*path;		/* of the database, for messages and what lies beside it */
	void		*prepared[SQL__MAX];	/* the engine's; NULL until used */
	int		 lock_fd;	/* see lock.c; -1: none */
	const struct seal *seal;
	int		 busy_timeout;
	int64_t		 busy_since_ms;	/* clock_mono_ms when this write began to wait */
	bool		 patient;	/* it waits for longer than is ordinary: see group.h */
	struct group	*group;
	const char	*fence_name;	/* see store_fence */
	const char	*fence_owner;
	struct pool	 pool;		/* see token_pool */
	struct arena	*pool_arena;	/* NULL: it was not read yet */
	int64_t		 pool_version;
};

/* Opens the file and sets the connection up; the schema is not looked at. */
MUST_CHECK enum err store_connect(const struct store_conf *conf, bool create, struct store **out,
    struct error *e);
/* lock.c: the lock of who works with the database; of who changes its schema. Kept until store_close. */
MUST_CHECK enum err store_lock_shared(struct store *st, struct error *e);
MUST_CHECK enum err store_lock_alone(struct store *st, struct error *e);
void	store_unlock(struct store *st);

/* ERR_INTERNAL, with what to do, when there is no such file, or it is none. */
MUST_CHECK enum err store_must_exist(const char *path, struct error *e);
/*
 * The number of the last schema step that the file has had. ERR_INTERNAL, with what
 * to do, when it is empty or was not made by this program. Asked before anything
 * else is read or written, for the file may be anybody's.
 */
MUST_CHECK enum err store_recognise(struct store *st, int *version, struct error *e);
/* Compares the proof that the key file belongs to the database; store_migrate writes it. */
MUST_CHECK enum err store_read_key_check(struct store *st, struct error *e);

#endif
