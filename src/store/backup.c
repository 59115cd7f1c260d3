/* backup.c: copies of the database, and whether it is sound. */
#include "store_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "query.h"
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
		store_failure(db, rc, e);
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
store_check(struct store *st, struct error *e)
{
	return check(st->db, sqlite3_db_filename(st->db, "main"), e);
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
		return store_failure(to, sqlite3_errcode(to), e);
	sqlite3_backup_step(b, -1);
	rc = sqlite3_backup_finish(b);
	return rc == SQLITE_OK ? ERR_OK : store_failure(to, rc, e);
}

/* Copies into a new temporary file; it needs no journal and no fsync until it gets its name. */
static enum err
copy_to(struct store *st, const char *path, struct error *e)
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
		rc = copy(st->db, to, e);
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

/* The folder of `path`, in `dir`, and its name there. */
static enum err
split(const char *path, char *dir, size_t size, const char **name,
    struct error *e)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	*name = slash == NULL ? path : slash + 1;
	if (**name == '\0')
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%s is no name of a file", path);
	if (len >= size || strlen(*name) > 200)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the path %.100s... is too long", path);
	if (slash == NULL)
		snprintf(dir, size, ".");
	else
		snprintf(dir, size, "%.*s", len == 0 ? 1 : (int)len, path);
	return ERR_OK;
}

static enum err
check_target(const char *database, const char *path, bool replace,
    struct error *e)
{
	struct stat source, target;

	if (lstat(path, &target) != 0)
		return ERR_OK;
	if (stat(database, &source) == 0 &&
	    source.st_dev == target.st_dev && source.st_ino == target.st_ino)
		return error_set(e, ERR_CONFLICT, NULL,
		    "%s is the database itself", path);
	if (!S_ISREG(target.st_mode))
		return error_set(e, ERR_CONFLICT, NULL,
		    "%s exists and is no file", path);
	return replace ? ERR_OK : error_set(e, ERR_CONFLICT, NULL,
	    "%s exists already; nothing was changed", path);
}

/* link(2) never replaces a file that another process made meanwhile. */
static enum err
give_name(struct file *f, const char *tmp, const char *name, bool replace,
    struct error *e)
{
	char path[800];

	if (replace)
		return file_commit(f, name, e);
	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	if (fsync(f->fd) != 0 || link(tmp, path) != 0)
		return error_set(e, errno == EEXIST ? ERR_CONFLICT
		    : ERR_UNAVAILABLE, NULL, "cannot make %s: %s", path,
		    strerror(errno));
	file_abort(f);
	return file_sync_dir(f->dir, e);
}

static enum err
backup(struct store *st, const char *dir, const char *name, bool replace,
    struct error *e)
{
	struct file f = { .fd = -1 };
	char tmp[600];
	enum err rc;

	if ((rc = file_begin(&f, dir, e)) != ERR_OK)
		return rc;
	snprintf(tmp, sizeof(tmp), "%s/%s", f.dir, f.tmp);
	if (fchmod(f.fd, 0600) != 0)
		rc = error_set(e, ERR_UNAVAILABLE, NULL, "cannot make %s: %s",
		    tmp, strerror(errno));
	if (rc == ERR_OK && (rc = copy_to(st, tmp, e)) == ERR_OK)
		rc = give_name(&f, tmp, name, replace, e);
	file_abort(&f);
	return rc;
}

enum err
store_backup(const struct store_conf *conf, const char *path, bool replace,
    struct error *e)
{
	struct store *st = NULL;
	const char *name;
	char dir[512];
	int version;
	enum err rc;

	if ((rc = split(path, dir, sizeof(dir), &name, e)) != ERR_OK ||
	    (rc = check_target(conf->path, path, replace, e)) != ERR_OK)
		return rc;
	if ((rc = store_must_exist(conf->path, e)) != ERR_OK ||
	    (rc = store_connect(conf, false, &st, e)) != ERR_OK)
		return rc;
	if ((rc = store_recognise(st, &version, e)) == ERR_OK &&
	    (rc = store_read_key_check(st, e)) == ERR_OK)
		rc = backup(st, dir, name, replace, e);
	store_close(st);
	return rc;
}
