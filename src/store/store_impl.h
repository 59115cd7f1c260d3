/* store_impl.h: what a store is made of. Only src/store includes this. */
#ifndef STORE_IMPL_H
#define STORE_IMPL_H

#include <sqlite3.h>
#include <stdbool.h>

#include "capability.h"
#include "store.h"

/* The statements of each entity: an array with names, in the entity's file. */
struct statements {
	const char *const *sql;
	size_t		 n;
};

extern const struct statements store_statements, task_statements, accept_statements,
    reserve_statements, decide_statements, token_statements, token_change_statements,
    token_edit_statements, token_public_statements, token_server_statements,
    offer_statements,
    settings_statements, settings_write_statements,
    session_statements, idem_statements, status_statements,
    character_statements, character_task_statements, reqlog_statements, retry_statements,
    import_statements, leftover_statements, stale_file_statements,
    lease_statements, outage_statements;

struct store {
	sqlite3		*db;
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
	sqlite3_stmt	**stmts;	/* of all entities; NULL until used */
	const char	**texts;
	size_t		 n_stmts;
	sqlite3_stmt	**own;		/* where in `stmts` an entity's begin */
	sqlite3_stmt	**task;
	sqlite3_stmt	**accept;
	sqlite3_stmt	**reserve;
	sqlite3_stmt	**decide;
	sqlite3_stmt	**token;
	sqlite3_stmt	**token_change;
	sqlite3_stmt	**token_edit;
	sqlite3_stmt	**token_public;
	sqlite3_stmt	**token_server;
	sqlite3_stmt	**offer;
	sqlite3_stmt	**lease;
	sqlite3_stmt	**leftover;
	sqlite3_stmt	**stale_file;
	sqlite3_stmt	**outage;
	sqlite3_stmt	**settings;
	sqlite3_stmt	**settings_write;
	sqlite3_stmt	**session;
	sqlite3_stmt	**idem;
	sqlite3_stmt	**status;
	sqlite3_stmt	**character;
	sqlite3_stmt	**character_task;
	sqlite3_stmt	**reqlog;
	sqlite3_stmt	**retry;
	sqlite3_stmt	**import;
};

/* Checks that every statement fits the schema. statements_close in any case. */
MUST_CHECK enum err statements_open(struct store *st, struct error *e);
void	statements_close(struct store *st);
/* Compiles the statement of that slot of `stmts`. */
MUST_CHECK enum err statement_compile(struct store *st, sqlite3_stmt **slot, struct error *e);

/* Called after each wait for another process's write. */
void	store_waited(struct store *st);
/* Opens the file and sets the connection up; the schema is not looked at. */
MUST_CHECK enum err store_connect(const struct store_conf *conf, bool create, struct store **out,
    struct error *e);
/* lock.c: the lock of who works with the database; of who changes its schema. Kept until store_close. */
MUST_CHECK enum err store_lock_shared(struct store *st, struct error *e);
MUST_CHECK enum err store_lock_alone(struct store *st, struct error *e);
void	store_unlock(struct store *st);

/* A part of a transaction that can be undone alone. */
MUST_CHECK enum err store_savepoint(struct store *st, struct error *e);
MUST_CHECK enum err store_release(struct store *st, struct error *e);
MUST_CHECK enum err store_undo(struct store *st, struct error *e);
MUST_CHECK enum err store_exec(struct store *st, const char *sql, struct error *e);
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
