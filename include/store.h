/* SPDX-License-Identifier: MIT */
/*
 * store.h: the one SQLite database that all processes share.
 *
 * A store is a connection; it belongs to one thread. WAL, synchronous=FULL,
 * foreign keys on. Every statement is prepared at open, so a schema that does
 * not fit stops the start and not a request. Callers see functions, never
 * statements: the entities have their own headers (task.h, token.h, ...).
 *
 * A busy or full database is ERR_UNAVAILABLE: nothing was changed, and the same
 * call may succeed later. Anything else that SQLite reports is ERR_INTERNAL.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct group;
struct seal;
struct store;

struct store_conf {
	const char	*path;
	const struct seal *seal;	/* borrowed, must outlive the store */
	int		 busy_timeout;	/* ms that a writer waits for its turn */
	struct group	*group;		/* group.h; NULL: this connection writes alone */
};

/*
 * Opens an existing database and compares its schema with ours. Errors name the
 * file and what to do: missing (run "sora2apictl init"), older (run "sora2apictl
 * migrate"), newer, corrupt, unreadable, not ours, sealed with another key file.
 */
MUST_CHECK enum err store_open(const struct store_conf *conf, struct store **out,
    struct error *e);
void	store_close(struct store *st);		/* NULL is fine */

/* From now on this connection refuses to write: for a thread that must not wait for others. */
MUST_CHECK enum err store_only_read(struct store *st, struct error *e);

/* Creates database file (mode 0600) and schema; ERR_CONFLICT when the file exists. */
MUST_CHECK enum err store_create(const struct store_conf *conf, struct error *e);

struct migration {
	int		 from;		/* schema that was found */
	int		 steps;		/* that were missing, and are done now */
	char		 backup[512];	/* the copy from before, beside the database; "" when nothing was missing */
};
/*
 * Brings an older schema up to ours, in one transaction, after a copy of the
 * database. ERR_UNAVAILABLE while somebody writes or has it open;
 * ERR_INTERNAL for a newer schema, another key file, another program's file.
 * After a failure the database is as before.
 */
MUST_CHECK enum err store_migrate(const struct store_conf *conf, struct migration *out,
    struct error *e);
/* Steps of the schema: PRAGMA user_version of a current database. */
int	store_schema_version(void);

/* BEGIN IMMEDIATE: waits for other writers. No network call may follow before store_end. */
MUST_CHECK enum err store_begin(struct store *st, struct error *e);
/* Commits on ERR_OK, else rolls back and returns `rc` with `e` as it was. */
MUST_CHECK enum err store_end(struct store *st, enum err rc, struct error *e);

/* Changes whenever another connection has committed (SQLite, PRAGMA data_version). */
int64_t	store_data_version(struct store *st);
/* Moves what it can from the WAL into the database, without waiting for anybody. */
void	store_checkpoint(struct store *st);

/*
 * From now on store_begin of this connection fails with ERR_UNAVAILABLE unless
 * `owner` holds the lease: a process that was suspended past the end of its
 * lease cannot write any more. NULL ends that. Strings are borrowed.
 */
void	store_fence(struct store *st, const char *name, const char *owner);

#endif
