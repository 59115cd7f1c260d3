/* SPDX-License-Identifier: MIT */
/* backup.c: copies of the database, and whether it is sound. */
#include "store_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store_impl.h"

enum err
store_check(struct store *st, struct error *e)
{
	return st->engine->check(st, e);
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
	if (rc == ERR_OK && (rc = st->engine->copy(st, tmp, e)) == ERR_OK)
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
