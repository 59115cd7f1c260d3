/* SPDX-License-Identifier: MIT */
/* sqlite_query.c: statements, their rows, transactions and failures in SQLite. */
#include <errno.h>
#include <string.h>

#include "query.h"
#include "sqlite.h"
#include "store_impl.h"

/* ---- failures ---- */

static enum err
disk_full(const char *path, struct error *e)
{
	return error_set(e, ERR_UNAVAILABLE, NULL,
	    "database %s: the disk is full", path);
}

/* Quotas, and limits on a file's size, are no SQLITE_FULL. */
static bool
out_of_space(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static enum err
unexpected(sqlite3 *db, const char *path, int rc, struct error *e)
{
	return error_set(e, ERR_INTERNAL, NULL, "database %s: %s (%d)", path,
	    sqlite3_errmsg(db), rc);
}

enum err
sqlite_failure(sqlite3 *db, int rc, struct error *e)
{
	const char *path = sqlite3_db_filename(db, "main");

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return store_busy(path, e);
	case SQLITE_FULL:
		return disk_full(path, e);
	case SQLITE_IOERR:
		return out_of_space(sqlite3_system_errno(db)) ||
		    out_of_space(errno)
		    ? disk_full(path, e) : unexpected(db, path, rc, e);
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return error_set(e, ERR_INTERNAL, NULL, "database %s cannot be"
		    " written; it and its folder must be writable for this user",
		    path);
	case SQLITE_NOTADB:
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s is not a database of sora2api, or its "
		    "beginning is damaged; set database.sqlite_path, or "
		    "restore a backup", path);
	case SQLITE_CORRUPT:
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s is damaged: %s; restore a backup", path,
		    sqlite3_errmsg(db));
	default:
		return unexpected(db, path, rc, e);
	}
}

static enum err
result(struct store *st, int rc, struct error *e)
{
	return rc == SQLITE_OK ? ERR_OK
	    : sqlite_failure(st->db->sqlite, rc, e);
}

/* ---- statements ---- */

enum err
sqlite_prepare(struct store *st, const char *text, bool kept, void **out,
    struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v3(st->db->sqlite, text, -1,
	    kept ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, NULL);

	*out = stmt;
	return result(st, rc, e);
}

void
sqlite_forget(void *prepared)
{
	sqlite3_finalize(prepared);
}

enum err
sqlite_set_int(struct store *st, void *p, int parameter, int64_t value,
    struct error *e)
{
	return result(st, sqlite3_bind_int64(p, parameter, value), e);
}

enum err
sqlite_set_real(struct store *st, void *p, int parameter, double value,
    struct error *e)
{
	return result(st, sqlite3_bind_double(p, parameter, value), e);
}

enum err
sqlite_set_text(struct store *st, void *p, int parameter, const char *text,
    struct error *e)
{
	return result(st, sqlite3_bind_text(p, parameter, text, -1,
	    SQLITE_STATIC), e);
}

enum err
sqlite_set_blob(struct store *st, void *p, int parameter, const void *data,
    size_t len, struct error *e)
{
	return result(st, sqlite3_bind_blob64(p, parameter, data, len,
	    SQLITE_STATIC), e);
}

enum row
sqlite_next(struct store *st, void *p, struct error *e)
{
	int rc;

	errno = 0;	/* after a failed COMMIT this is the only trace */
	rc = sqlite3_step(p);
	sqlite_waited(st);
	if (rc == SQLITE_ROW)
		return ROW_READ;
	if (rc == SQLITE_DONE)
		return ROW_NONE;
	sqlite_failure(st->db->sqlite, rc, e);
	return ROW_FAILED;
}

bool
sqlite_is_null(void *p, int column)
{
	return sqlite3_column_type(p, column) == SQLITE_NULL;
}

int64_t
sqlite_get_int(void *p, int column)
{
	return sqlite3_column_int64(p, column);
}

double
sqlite_get_real(void *p, int column)
{
	return sqlite3_column_double(p, column);
}

const char *
sqlite_get_text(void *p, int column)
{
	return (const char *)sqlite3_column_text(p, column);
}

size_t
sqlite_get_blob(void *p, int column, const void **data)
{
	*data = sqlite3_column_blob(p, column);
	return (size_t)sqlite3_column_bytes(p, column);
}

void
sqlite_reset(void *p)
{
	sqlite3_reset(p);
	sqlite3_clear_bindings(p);
}

int
sqlite_changes(struct store *st)
{
	return sqlite3_changes(st->db->sqlite);
}

/* ---- transactions ---- */

static const char *const own[OWN__MAX] = {
	[OWN_BEGIN] = "BEGIN IMMEDIATE",
	[OWN_COMMIT] = "COMMIT",
	[OWN_ROLLBACK] = "ROLLBACK",
	[OWN_SAVEPOINT] = "SAVEPOINT part",
	[OWN_RELEASE] = "RELEASE part",
	[OWN_UNDO] = "ROLLBACK TO part",
	[OWN_DATA_VERSION] = "PRAGMA data_version",
};

static enum err
prepare_own(struct store *st, int statement, struct error *e)
{
	void *p = NULL;
	enum err rc = ERR_OK;

	if (st->db->own[statement] == NULL) {
		rc = sqlite_prepare(st, own[statement], true, &p, e);
		st->db->own[statement] = p;
	}
	return rc;
}

static enum err
run_own(struct store *st, int statement, struct error *e)
{
	enum err rc = prepare_own(st, statement, e);

	if (rc != ERR_OK)
		return rc;
	if (sqlite_next(st, st->db->own[statement], e) == ROW_FAILED)
		rc = e->code;
	sqlite3_reset(st->db->own[statement]);
	return rc;
}

enum err
sqlite_begin(struct store *st, struct error *e)
{
	return run_own(st, OWN_BEGIN, e);
}

enum err
sqlite_commit(struct store *st, struct error *e)
{
	return run_own(st, OWN_COMMIT, e);
}

/* Some failures, such as a full disk, have rolled back already. */
void
sqlite_rollback(struct store *st)
{
	struct error ignored;

	if (sqlite_in_transaction(st))
		(void)!run_own(st, OWN_ROLLBACK, &ignored);
}

enum err
sqlite_savepoint(struct store *st, struct error *e)
{
	return run_own(st, OWN_SAVEPOINT, e);
}

enum err
sqlite_release(struct store *st, struct error *e)
{
	return run_own(st, OWN_RELEASE, e);
}

enum err
sqlite_undo(struct store *st, struct error *e)
{
	enum err rc = run_own(st, OWN_UNDO, e);

	return rc == ERR_OK ? sqlite_release(st, e) : rc;
}

bool
sqlite_in_transaction(const struct store *st)
{
	return sqlite3_get_autocommit(st->db->sqlite) == 0;
}

int64_t
sqlite_watch(struct store *st)
{
	struct error ignored;
	sqlite3_stmt *stmt;
	int64_t version = -1;

	if (prepare_own(st, OWN_DATA_VERSION, &ignored) != ERR_OK)
		return -1;
	stmt = st->db->own[OWN_DATA_VERSION];
	if (sqlite_next(st, stmt, &ignored) == ROW_READ)
		version = sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return version;
}
