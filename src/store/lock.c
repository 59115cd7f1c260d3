/* SPDX-License-Identifier: MIT */
/*
 * lock.c: the lock between users and migration of a database. Each connection holds a
 * shared lock on a file beside the database (locks on the database itself are SQLite's);
 * a migration holds it exclusively.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_impl.h"

/* As SQLite does with its own files: gives the lock file the owner of the database. */
static void
give_to_owner(int fd, const char *database)
{
	struct stat st;

	if (geteuid() == 0 && stat(database, &st) == 0 &&
	    fchown(fd, st.st_uid, st.st_gid) != 0)
		return;		/* then only root can migrate, and the error says so */
}

static enum err
open_lock(const char *database, int *fd, struct error *e)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.lock", database);
	*fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return error_set(e, ERR_INTERNAL, NULL, "cannot open %s: %s",
		    path, strerror(errno));
	give_to_owner(*fd, database);
	return ERR_OK;
}

static enum err
take(struct store *st, int how, struct error *e)
{
	const char *path = st->path;
	enum err rc;

	if ((rc = open_lock(path, &st->lock_fd, e)) != ERR_OK)
		return rc;
	if (flock(st->lock_fd, how | LOCK_NB) == 0)
		return ERR_OK;
	if (errno != EWOULDBLOCK)
		return error_set(e, ERR_INTERNAL, NULL,
		    "cannot lock %s.lock: %s", path, strerror(errno));
	return error_set(e, ERR_UNAVAILABLE, NULL, how == LOCK_EX
	    ? "database %s is in use: a worker, the poller or another "
	    "sora2apictl works with it; stop the service first"
	    : "database %s is being migrated; try again when that is done",
	    path);
}

enum err
store_lock_shared(struct store *st, struct error *e)
{
	return take(st, LOCK_SH, e);
}

enum err
store_lock_alone(struct store *st, struct error *e)
{
	return take(st, LOCK_EX, e);
}

void
store_unlock(struct store *st)
{
	if (st->lock_fd >= 0)
		close(st->lock_fd);
	st->lock_fd = -1;
}
