/* SPDX-License-Identifier: MIT */
/* import_read.c: reading a database of an older edition. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "import_impl.h"

static enum err
not_usable(const char *path, const char *why, struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, NULL, "%s: %s", path, why);
}

static bool
has_table(sqlite3 *db, const char *table)
{
	sqlite3_stmt *stmt = NULL;
	bool found;

	sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema"
	    " WHERE type = 'table' AND name = ?1", -1, &stmt, NULL);
	sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	found = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

/* Detects a file that was truncated, or changed while it was copied. */
static enum err
check_whole(sqlite3 *db, const char *path, struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &stmt,
	    NULL);
	bool good = false;

	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		good = strcmp((const char *)sqlite3_column_text(stmt, 0),
		    "ok") == 0;
	sqlite3_finalize(stmt);
	switch (good ? SQLITE_ROW : rc & 0xff) {
	case SQLITE_ROW:
		return good ? ERR_OK : not_usable(path, "it is damaged", e);
	case SQLITE_NOTADB:
		return not_usable(path, "it is not a database", e);
	case SQLITE_BUSY:
		return error_set(e, ERR_UNAVAILABLE, NULL, "%s is busy: stop "
		    "the service that uses it", path);
	default:
		return not_usable(path, sqlite3_errmsg(db), e);
	}
}

enum err
old_open(struct old *o, const char *path, struct arena *a, struct error *e)
{
	enum err rc;

	*o = (struct old){ .path = path, .arena = a };
	if (access(path, R_OK) != 0)
		return not_usable(path, strerror(errno), e);
	if (sqlite3_open_v2(path, &o->db, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return not_usable(path, sqlite3_errmsg(o->db), e);
	sqlite3_busy_timeout(o->db, 1000);
	if ((rc = check_whole(o->db, path, e)) != ERR_OK)
		return rc;
	if (has_table(o->db, "meta"))
		return not_usable(path, "it is a database of this edition: "
		    "copy it together with its key file", e);
	if (!has_table(o->db, "tokens"))
		return not_usable(path, "it has no table tokens", e);
	return ERR_OK;
}

void
old_close(struct old *o)
{
	sqlite3_finalize(o->stmt);
	sqlite3_close(o->db);
	o->stmt = NULL;
	o->db = NULL;
}

bool
old_start(struct old *o, const char *table)
{
	o->table = table;
	o->row = 0;
	o->error = (struct error){ 0 };
	if (!has_table(o->db, table))
		return false;
	if (sqlite3_prepare_v2(o->db, arena_printf(o->arena,
	    "SELECT * FROM %s ORDER BY rowid", table), -1, &o->stmt, NULL)
	    == SQLITE_OK)
		return true;
	old_fail(o, "*", sqlite3_errmsg(o->db));
	return true;
}

bool
old_next(struct old *o)
{
	int rc;

	if (o->error.code != ERR_OK)
		return false;
	o->row++;
	rc = sqlite3_step(o->stmt);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		old_fail(o, "*", sqlite3_errmsg(o->db));
	return rc == SQLITE_ROW;
}

enum err
old_end(struct old *o, struct error *e)
{
	sqlite3_finalize(o->stmt);
	o->stmt = NULL;
	if (o->error.code != ERR_OK)
		*e = o->error;
	return o->error.code;
}

void
old_fail(struct old *o, const char *column, const char *what)
{
	if (o->error.code == ERR_OK)
		error_set(&o->error, ERR_INVALID_VALUE, NULL,
		    "%s: %s, row %d, %s: %s", o->path, o->table, o->row,
		    column, what);
}

/* The column's place in the row; -1 when it is absent or NULL. */
static int
find(struct old *o, const char *column)
{
	for (int i = 0; i < sqlite3_column_count(o->stmt); i++)
		if (sqlite3_stricmp(sqlite3_column_name(o->stmt, i), column)
		    == 0)
			return sqlite3_column_type(o->stmt, i) == SQLITE_NULL
			    ? -1 : i;
	return -1;
}

bool
old_has(struct old *o, const char *column)
{
	return find(o, column) >= 0;
}

const char *
old_text(struct old *o, const char *column, const char *fallback)
{
	int i = find(o, column);

	if (i < 0)
		return fallback;
	if (sqlite3_column_type(o->stmt, i) == SQLITE_BLOB)
		old_fail(o, column, "found binary data; accepted: text");
	return arena_strdup(o->arena,
	    (const char *)sqlite3_column_text(o->stmt, i));
}

int64_t
old_int(struct old *o, const char *column, int64_t fallback)
{
	int i = find(o, column);

	if (i < 0)
		return fallback;
	if (sqlite3_column_type(o->stmt, i) != SQLITE_INTEGER) {
		old_fail(o, column, "found no whole number");
		return fallback;
	}
	return sqlite3_column_int64(o->stmt, i);
}

int64_t
old_time(struct old *o, const char *column)
{
	int i = find(o, column);
	int64_t when = 0;

	if (i < 0)
		return 0;
	if (sqlite3_column_type(o->stmt, i) == SQLITE_INTEGER)
		return sqlite3_column_int64(o->stmt, i);
	if (sqlite3_column_bytes(o->stmt, i) > 0 &&
	    !clock_parse(old_text(o, column, ""), &when))
		old_fail(o, column, "found no time; accepted: "
		    "YYYY-MM-DD HH:MM:SS");
	return when;
}
