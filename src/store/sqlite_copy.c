/* SPDX-License-Identifier: MIT */
/* sqlite_copy.c: copies of a SQLite database, and whether it is sound. */
#include <stdio.h>
#include <string.h>

#include "sqlite.h"
#include "store_impl.h"

/* The first column of the first row of `sql`, in `out`; "" when there is none. */
static enum err
first_text(sqlite3 *db, const char *sql, char *out, size_t size,
    struct error *e)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	*out = '\0';
	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		snprintf(out, size, "%s",
		    (const char *)sqlite3_column_text(stmt, 0));
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK && rc != SQLITE_DONE)
		sqlite_failure(db, rc, e);
	sqlite3_finalize(stmt);
	return rc == SQLITE_OK || rc == SQLITE_DONE ? ERR_OK : e->code;
}

static enum err
check(sqlite3 *db, const char *path, struct error *e)
{
	char text[256];
	enum err rc;

	if ((rc = first_text(db, "PRAGMA integrity_check(1)", text,
	    sizeof(text), e)) != ERR_OK)
		return rc;
	if (strcmp(text, "ok") != 0) {
		text[strcspn(text, "\n")] = '\0';
		return error_set(e, ERR_INTERNAL, NULL, "database %s is "
		    "damaged: %s; restore a backup", path, text);
	}
	if ((rc = first_text(db, "PRAGMA foreign_key_check", text,
	    sizeof(text), e)) == ERR_OK && *text != '\0')
		rc = error_set(e, ERR_INTERNAL, NULL, "database %s: a row of "
		    "%s refers to one that is not there", path, text);
	return rc;
}

enum err
sqlite_check(struct store *st, struct error *e)
{
	return check(st->db->sqlite, st->path, e);
}

/*
 * Copies in one step: with WAL it reads one snapshot and stops no writer. A copy in
 * several steps restarts with each commit of another process.
 */
static enum err
copy(sqlite3 *from, sqlite3 *to, struct error *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (b == NULL)
		return sqlite_failure(to, sqlite3_errcode(to), e);
	sqlite3_backup_step(b, -1);
	rc = sqlite3_backup_finish(b);
	return rc == SQLITE_OK ? ERR_OK : sqlite_failure(to, rc, e);
}

/* Copies into a new temporary file; it needs no journal and no fsync until it gets its name. */
enum err
sqlite_copy(struct store *st, const char *path, struct error *e)
{
	sqlite3 *to = NULL;
	enum err rc = ERR_OK;

	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL)
	    != SQLITE_OK)
		rc = error_set(e, ERR_UNAVAILABLE, NULL,
		    "cannot open %s: %s", path, sqlite3_errmsg(to));
	if (rc == ERR_OK) {
		sqlite3_exec(to, "PRAGMA journal_mode = OFF;"
		    "PRAGMA synchronous = OFF", NULL, NULL, NULL);
		rc = copy(st->db->sqlite, to, e);
	}
	/* a copy in WAL mode would leave files beside it */
	if (rc == ERR_OK)
		sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
		    NULL);
	if (rc == ERR_OK)
		rc = check(to, path, e);
	sqlite3_close(to);
	return rc;
}
