/* SPDX-License-Identifier: MIT */
/* sqlite.c: SQLite as the store's engine: opening, waiting, the schema's number. */
#include "sqlite.h"

#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "group.h"
#include "id.h"
#include "log.h"
#include "meter.h"
#include "store_impl.h"
#include "xalloc.h"

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
sqlite_waited(struct store *st)
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
run(struct store *st, const char *text, struct error *e)
{
	int rc = sqlite3_exec(st->db->sqlite, text, NULL, NULL, NULL);

	sqlite_waited(st);
	return rc == SQLITE_OK ? ERR_OK
	    : sqlite_failure(st->db->sqlite, rc, e);
}

static enum err
set_up(struct store *st, struct error *e)
{
	sqlite3_busy_handler(st->db->sqlite, on_busy, st);
	return run(st,
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

	if (sqlite3_db_readonly(st->db->sqlite, "main") != 0)
		return error_set(e, ERR_INTERNAL, NULL, "database %s cannot be"
		    " written; make it writable for this user", path);
	copy = xstrdup(path);
	if (access(dirname(copy), W_OK | X_OK) != 0)
		rc = error_set(e, ERR_INTERNAL, NULL, "the folder of database"
		    " %s: %s; make it writable for this user", path,
		    strerror(errno));
	free(copy);
	return rc;
}

static enum err
open_database(struct store *st, const struct store_conf *conf, bool create,
    struct error *e)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	enum err rc;

	pthread_once(&sqlite_once, configure_sqlite);
	st->db = xcalloc(1, sizeof(*st->db));
	if (create)
		flags |= SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(conf->path, &st->db->sqlite, flags, NULL) !=
	    SQLITE_OK)
		return error_set(e, ERR_INTERNAL, NULL,
		    "cannot open database %s: %s", conf->path,
		    strerror(sqlite3_system_errno(st->db->sqlite)));
	st->path = sqlite3_db_filename(st->db->sqlite, "main");
	if ((rc = check_writable(st, conf->path, e)) != ERR_OK)
		return rc;
	return set_up(st, e);
}

static void
close_database(struct store *st)
{
	if (st->db == NULL)
		return;
	for (size_t i = 0; i < OWN__MAX; i++)
		sqlite3_finalize(st->db->own[i]);
	sqlite3_close(st->db->sqlite);
	free(st->db);
}

/* It stays with the file, but not with a copy made with VACUUM INTO. */
static enum err
set_up_file(struct store *st, struct error *e)
{
	return run(st, "PRAGMA journal_mode = WAL", e);
}

static enum err
only_read(struct store *st, struct error *e)
{
	return run(st, "PRAGMA query_only = ON", e);
}

static void
tidy(struct store *st)
{
	sqlite3_wal_checkpoint_v2(st->db->sqlite, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Other programs use user_version, too; only our database has the proof of its key file. */
static enum err
recognise(struct store *st, int *version, struct error *e)
{
	void *p;
	bool empty = false, ours = false;
	enum row row;
	enum err rc;

	if ((rc = sqlite_prepare(st, "SELECT (SELECT user_version"
	    " FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema),"
	    " (SELECT count(*) FROM pragma_table_info('meta')"
	    "   WHERE name = 'key_check')", false, &p, e)) != ERR_OK)
		return rc;
	if ((row = sqlite_next(st, p, e)) == ROW_READ) {
		*version = sqlite3_column_int(p, 0);
		empty = sqlite3_column_int(p, 1) == 0;
		ours = sqlite3_column_int(p, 2) == 1 && *version > 0;
	}
	sqlite_forget(p);
	if (row == ROW_FAILED)
		return e->code;
	if (ours)
		return ERR_OK;
	return error_set(e, ERR_INTERNAL, NULL, empty
	    ? "database %s is empty; remove it and run \"sora2apictl init\""
	    : "database %s is not a database of sora2api; set "
	    "database.sqlite_path", st->path);
}

static enum err
set_version(struct store *st, int version, struct error *e)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
	return run(st, text, e);
}

const struct store_engine sqlite_engine = {
	.open = open_database,
	.close = close_database,
	.set_up_file = set_up_file,
	.only_read = only_read,
	.prepare = sqlite_prepare,
	.forget = sqlite_forget,
	.set_int = sqlite_set_int,
	.set_real = sqlite_set_real,
	.set_text = sqlite_set_text,
	.set_blob = sqlite_set_blob,
	.next = sqlite_next,
	.is_null = sqlite_is_null,
	.get_int = sqlite_get_int,
	.get_real = sqlite_get_real,
	.get_text = sqlite_get_text,
	.get_blob = sqlite_get_blob,
	.reset = sqlite_reset,
	.changes = sqlite_changes,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.savepoint = sqlite_savepoint,
	.release = sqlite_release,
	.undo = sqlite_undo,
	.in_transaction = sqlite_in_transaction,
	.watch = sqlite_watch,
	.tidy = tidy,
	.run = run,
	.recognise = recognise,
	.set_version = set_version,
	.check = sqlite_check,
	.copy = sqlite_copy,
};
