/*
 * store.c: opening the database, transactions, and the fence (the lease holder's writes
 * are refused once it lost the lease).
 */
#include "store.h"

#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "group.h"
#include "id.h"
#include "log.h"
#include "meter.h"
#include "query.h"
#include "seal.h"
#include "store_impl.h"

enum {
	SQL_BEGIN, SQL_COMMIT, SQL_ROLLBACK, SQL_SAVEPOINT, SQL_RELEASE,
	SQL_UNDO, SQL_DATA_VERSION,
	SQL_LEASE_HELD,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_SAVEPOINT] = "SAVEPOINT part",
	[SQL_RELEASE] = "RELEASE part",
	[SQL_UNDO] = "ROLLBACK TO part",
	[SQL_DATA_VERSION] = "PRAGMA data_version",
	[SQL_LEASE_HELD] =
	    "SELECT 1 FROM leases WHERE name = ?1 AND owner = ?2",
};

const struct statements store_statements = { sql, SQL__MAX };

static pthread_once_t sqlite_once = PTHREAD_ONCE_INIT;

/*
 * SQLite's own busy handler sleeps up to 100 ms at a time, which starves a
 * writer among many short ones; a write here takes a millisecond or two.
 */
static int
on_busy(void *arg, int count)
{
	const struct timespec pause = { 0, (int)(50000 + id_below(250000)) };
	struct store *st = arg;
	int64_t now = clock_mono_ms(), waited;

	if (count == 0) {
		st->busy_since_ms = now;
		meter_add(METER_BUSY, NULL, NULL, 1);
	}
	waited = now - st->busy_since_ms;
	if (waited > st->busy_timeout || (st->group != NULL &&
	    !group_may_wait(st->group, waited, &st->patient)))
		return 0;
	nanosleep(&pause, NULL);
	return 1;
}

void
store_waited(struct store *st)
{
	if (st->patient)
		group_waited(st->group, &st->patient);
}

/*
 * Each connection belongs to one thread, so SQLite needs no lock of its own;
 * counting its memory would take one for every allocation.
 */
static void
configure_sqlite(void)
{
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err
set_up(struct store *st, struct error *e)
{
	sqlite3_busy_handler(st->db, on_busy, st);
	return store_exec(st,
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA trusted_schema = OFF;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -2048;"
	    /* a page written often goes to the file once in 16 MiB, not in 4 */
	    "PRAGMA wal_autocheckpoint = 4000;"
	    /*
	     * a WAL that grew while a backup or a shell was reading
	     * is truncated to this
	     */
	    "PRAGMA journal_size_limit = 20971520;", e);
}

/*
 * Checks that file and folder can be written; SQLite keeps -wal and -shm beside the
 * file. Before the first read: a reader without write permission would create a -shm
 * that nobody else can write.
 */
static enum err
check_writable(struct store *st, const char *path, struct error *e)
{
	char *copy;
	enum err rc = ERR_OK;

	if (sqlite3_db_readonly(st->db, "main") != 0)
		return error_set(e, ERR_INTERNAL, NULL, "database %s cannot be"
		    " written; make it writable for this user", path);
	if ((copy = strdup(path)) == NULL)
		fatal("out of memory");
	if (access(dirname(copy), W_OK | X_OK) != 0)
		rc = error_set(e, ERR_INTERNAL, NULL, "the folder of database"
		    " %s: %s; make it writable for this user", path,
		    strerror(errno));
	free(copy);
	return rc;
}

enum err
store_connect(const struct store_conf *conf, bool create, struct store **out,
    struct error *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	struct store *st = calloc(1, sizeof(*st));
	enum err rc = ERR_OK;

	*out = NULL;
	pthread_once(&sqlite_once, configure_sqlite);
	if (st == NULL)
		fatal("out of memory");
	st->lock_fd = -1;
	st->seal = conf->seal;
	st->busy_timeout = conf->busy_timeout;
	st->group = conf->group;
	if (create)
		flags |= SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(conf->path, &st->db, flags, NULL) != SQLITE_OK)
		rc = error_set(e, ERR_INTERNAL, NULL,
		    "cannot open database %s: %s", conf->path,
		    strerror(sqlite3_system_errno(st->db)));
	else if ((rc = check_writable(st, conf->path, e)) == ERR_OK)
		rc = set_up(st, e);
	if (rc != ERR_OK) {
		store_close(st);
		return rc;
	}
	*out = st;
	return ERR_OK;
}

enum err
store_exec(struct store *st, const char *text, struct error *e)
{
	int rc = sqlite3_exec(st->db, text, NULL, NULL, NULL);

	store_waited(st);
	return rc == SQLITE_OK ? ERR_OK : store_failure(st->db, rc, e);
}

/* Other programs use user_version, too; only our database has the proof of its key file. */
enum err
store_recognise(struct store *st, int *version, struct error *e)
{
	const char *path = sqlite3_db_filename(st->db, "main");
	struct query q = query_once(st, "SELECT (SELECT user_version"
	    " FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema),"
	    " (SELECT count(*) FROM pragma_table_info('meta')"
	    "   WHERE name = 'key_check')");
	bool empty = false, ours = false;
	enum err rc;

	if (query_next(&q)) {
		*version = (int)query_get_int(&q);
		empty = query_get_int(&q) == 0;
		ours = query_get_int(&q) == 1 && *version > 0;
	}
	if ((rc = query_end(&q, e)) != ERR_OK || ours)
		return rc;
	return error_set(e, ERR_INTERNAL, NULL, empty
	    ? "database %s is empty; remove it and run \"sora2apictl init\""
	    : "database %s is not a database of sora2api; set "
	    "database.sqlite_path", path);
}

enum err
store_must_exist(const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s: %s; run \"sora2apictl init\"", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_INTERNAL, NULL, "database %s is not a "
		    "database of sora2api, not even a file; set "
		    "database.sqlite_path", path);
	return ERR_OK;
}

static enum err
check_version(struct store *st, const char *path, struct error *e)
{
	int version = 0, ours = store_schema_version();
	enum err rc;

	if ((rc = store_recognise(st, &version, e)) != ERR_OK)
		return rc;
	if (version < ours)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s has schema %d, this program needs %d; run "
		    "\"sora2apictl migrate\"", path, version, ours);
	if (version > ours)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s has schema %d, this program knows %d; "
		    "install the newer version", path, version, ours);
	return ERR_OK;
}

enum err
store_open(const struct store_conf *conf, struct store **out, struct error *e)
{
	struct store *st = NULL;
	enum err rc;

	*out = NULL;
	if ((rc = store_must_exist(conf->path, e)) != ERR_OK ||
	    (rc = store_connect(conf, false, &st, e)) != ERR_OK)
		return rc;
	if ((rc = check_version(st, conf->path, e)) == ERR_OK &&
	    (rc = store_lock_shared(st, e)) == ERR_OK)
		rc = check_version(st, conf->path, e);	/* from now on it stays so */
	/* it stays with the file, but not with a copy made with VACUUM INTO */
	if (rc == ERR_OK)
		rc = store_exec(st, "PRAGMA journal_mode = WAL", e);
	if (rc == ERR_OK)
		rc = statements_open(st, e);
	if (rc == ERR_OK)
		rc = store_read_key_check(st, e);
	if (rc != ERR_OK) {
		store_close(st);
		return rc;
	}
	*out = st;
	return ERR_OK;
}

enum err
store_only_read(struct store *st, struct error *e)
{
	return store_exec(st, "PRAGMA query_only = ON", e);
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	statements_close(st);
	sqlite3_close(st->db);
	store_unlock(st);
	arena_free(st->pool_arena);
	free(st);
}

static enum err
run(struct store *st, int statement, struct error *e)
{
	struct query q = query_start(st, st->own[statement]);

	return query_run(&q, e);
}

static enum err
check_fence(struct store *st, struct error *e)
{
	struct query q;

	if (st->fence_owner == NULL)
		return ERR_OK;
	q = query_start(st, st->own[SQL_LEASE_HELD]);
	query_text(&q, 1, st->fence_name);
	query_text(&q, 2, st->fence_owner);
	if (!query_next(&q))
		query_fail(&q, ERR_UNAVAILABLE, NULL,
		    "the lease went to another process");
	return query_end(&q, e);
}

enum err
store_begin(struct store *st, struct error *e)
{
	struct error ignored;
	enum err rc;

	if ((rc = run(st, SQL_BEGIN, e)) != ERR_OK)
		return rc;
	if ((rc = check_fence(st, e)) != ERR_OK)
		(void)!run(st, SQL_ROLLBACK, &ignored);
	return rc;
}

enum err
store_end(struct store *st, enum err rc, struct error *e)
{
	struct error ignored;

	if (rc == ERR_OK)
		rc = run(st, SQL_COMMIT, e);
	/* some failures, such as a full disk, have rolled back already */
	if (rc != ERR_OK && sqlite3_get_autocommit(st->db) == 0)
		(void)!run(st, SQL_ROLLBACK, &ignored);
	return rc;
}

enum err
store_savepoint(struct store *st, struct error *e)
{
	return run(st, SQL_SAVEPOINT, e);
}

enum err
store_release(struct store *st, struct error *e)
{
	return run(st, SQL_RELEASE, e);
}

enum err
store_undo(struct store *st, struct error *e)
{
	enum err rc = run(st, SQL_UNDO, e);

	return rc == ERR_OK ? run(st, SQL_RELEASE, e) : rc;
}

int64_t
store_data_version(struct store *st)
{
	struct query q = query_start(st, st->own[SQL_DATA_VERSION]);
	struct error ignored;
	int64_t version = -1;

	if (query_next(&q))
		version = query_get_int(&q);
	return query_end(&q, &ignored) == ERR_OK ? version : -1;
}

void
store_checkpoint(struct store *st)
{
	sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);
}

void
store_fence(struct store *st, const char *name, const char *owner)
{
	st->fence_name = name;
	st->fence_owner = owner;
}
