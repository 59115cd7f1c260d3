/* query.c: one use of a prepared statement. */
#include "query.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "seal.h"
#include "store_impl.h"

static enum err
busy(const char *path, struct error *e)
{
	error_set(e, ERR_UNAVAILABLE, NULL, "database %s is busy", path);
	e->retry_after = 1;
	return e->code;
}

enum err
store_busy(struct store *st, struct error *e)
{
	return busy(sqlite3_db_filename(st->db, "main"), e);
}

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
store_failure(sqlite3 *db, int rc, struct error *e)
{
	const char *path = sqlite3_db_filename(db, "main");

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return busy(path, e);
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

struct query
query_begin(struct store *st, sqlite3_stmt **stmt)
{
	struct query q = { .store = st };

	if (*stmt == NULL)
		(void)!statement_compile(st, stmt, &q.error);
	q.stmt = *stmt;
	return q;
}

struct query
query_once(struct store *st, const char *sql)
{
	struct query q = { .store = st, .once = true };
	int rc = sqlite3_prepare_v2(st->db, sql, -1, &q.stmt, NULL);

	if (rc != SQLITE_OK)
		store_failure(st->db, rc, &q.error);
	return q;
}

static void
check(struct query *q, int rc)
{
	if (rc != SQLITE_OK && q->error.code == ERR_OK)
		store_failure(q->store->db, rc, &q->error);
}

void
query_int(struct query *q, int parameter, int64_t value)
{
	check(q, sqlite3_bind_int64(q->stmt, parameter, value));
}

void
query_int_or_null(struct query *q, int parameter, int64_t value)
{
	if (value != 0)
		query_int(q, parameter, value);
}

void
query_real(struct query *q, int parameter, double value)
{
	check(q, sqlite3_bind_double(q->stmt, parameter, value));
}

void
query_text(struct query *q, int parameter, const char *text)
{
	if (text != NULL)
		check(q, sqlite3_bind_text(q->stmt, parameter, text, -1,
		    SQLITE_STATIC));
}

void
query_blob(struct query *q, int parameter, const void *data, size_t len)
{
	check(q, sqlite3_bind_blob64(q->stmt, parameter, data, len,
	    SQLITE_STATIC));
}

void
query_secret_or_none(struct query *q, int parameter, const char *column,
    const char *text, struct arena *a)
{
	unsigned char *blob;
	size_t len;

	if (text == NULL)
		return;
	seal_wrap(q->store->seal, column, text, strlen(text), a, &blob, &len);
	query_blob(q, parameter, blob, len);
}

void
query_secret(struct query *q, int parameter, const char *column,
    const char *text, struct arena *a)
{
	if (text != NULL && *text != '\0')
		query_secret_or_none(q, parameter, column, text, a);
}

bool
query_next(struct query *q)
{
	int rc;

	if (q->error.code != ERR_OK)
		return false;
	q->column = 0;
	errno = 0;	/* after a failed COMMIT this is the only trace */
	rc = sqlite3_step(q->stmt);
	store_waited(q->store);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		check(q, rc);
	return rc == SQLITE_ROW;
}

int64_t
query_get_int(struct query *q)
{
	return sqlite3_column_int64(q->stmt, q->column++);
}

int64_t
query_get_int_or(struct query *q, int64_t when_null)
{
	int column = q->column++;

	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL
	    ? when_null : sqlite3_column_int64(q->stmt, column);
}

double
query_get_real(struct query *q)
{
	return sqlite3_column_double(q->stmt, q->column++);
}

const char *
query_get_text(struct query *q, struct arena *a)
{
	int column = q->column++;

	return arena_strdup(a,
	    (const char *)sqlite3_column_text(q->stmt, column));
}

size_t
query_get_blob(struct query *q, const void **data)
{
	int column = q->column++;

	*data = sqlite3_column_blob(q->stmt, column);
	return (size_t)sqlite3_column_bytes(q->stmt, column);
}

const char *
query_get_secret(struct query *q, const char *column, struct arena *a)
{
	const void *blob;
	size_t len = query_get_blob(q, &blob);
	char *text = NULL;

	if (blob == NULL || q->error.code != ERR_OK)
		return NULL;
	if (seal_unwrap(q->store->seal, column, blob, len, a, &text,
	    &q->error) != ERR_OK)
		return NULL;
	return text;
}

void
query_fail(struct query *q, enum err code, const char *param,
    const char *text)
{
	if (q->error.code == ERR_OK)
		error_set(&q->error, code, param, "%s", text);
}

enum err
query_end(struct query *q, struct error *e)
{
	if (q->once) {
		sqlite3_finalize(q->stmt);
		q->stmt = NULL;
	} else if (q->stmt != NULL) {
		sqlite3_reset(q->stmt);
		sqlite3_clear_bindings(q->stmt);
	}
	if (q->error.code != ERR_OK)
		*e = q->error;
	return q->error.code;
}

enum err
query_run(struct query *q, struct error *e)
{
	while (query_next(q))
		;
	return query_end(q, e);
}

int
query_changes(const struct query *q)
{
	return sqlite3_changes(q->store->db);
}
