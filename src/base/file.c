/* SPDX-License-Identifier: MIT */
/* file.c: files that are there whole or not at all. */
#include "file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "attr.h"
#include "id.h"
#include "log.h"

#define WRITEBACK	((int64_t)4 << 20)	/* bytes that may wait in memory */

static enum err
failed(struct error *e, const char *what, const char *path)
{
	return error_set(e, ERR_UNAVAILABLE, NULL, "cannot %s %s: %s", what,
	    path, strerror(errno));
}

static void
path_of(const struct file *f, const char *name, char out[640])
{
	snprintf(out, 640, "%s/%s", f->dir, name);
}

enum err
file_begin(struct file *f, const char *dir, struct error *e)
{
	char random[17], path[640];

	*f = (struct file){ .fd = -1 };
	if ((size_t)snprintf(f->dir, sizeof(f->dir), "%s", dir) >=
	    sizeof(f->dir))
		return error_set(e, ERR_INTERNAL, NULL,
		    "the path of the folder %s is too long", dir);
	id_hex(random, 16);
	snprintf(f->tmp, sizeof(f->tmp), ".tmp-%s", random);
	path_of(f, f->tmp, path);
	f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	return f->fd < 0 ? failed(e, "create a file in", dir) : ERR_OK;
}

/* Only starts the write early; an error is reported at the commit. */
static void
start_writeback(struct file *f)
{
	if (f->len - f->started < WRITEBACK)
		return;
	sync_file_range(f->fd, f->started, f->len - f->started,
	    SYNC_FILE_RANGE_WRITE);
	f->started = f->len;
}

enum err
file_write(struct file *f, const void *data, size_t len, struct error *e)
{
	const char *p = data;

	assert(f->fd >= 0);
	while (len > 0) {
		ssize_t n = write(f->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(e, "write to", f->dir);
		p += n;
		len -= (size_t)n;
		f->len += n;
	}
	start_writeback(f);
	return ERR_OK;
}

enum err
file_restart(struct file *f, struct error *e)
{
	if (ftruncate(f->fd, 0) != 0 || lseek(f->fd, 0, SEEK_SET) != 0)
		return failed(e, "empty a file in", f->dir);
	f->len = f->started = 0;
	return ERR_OK;
}

enum err
file_sync_dir(const char *dir, struct error *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err rc = ERR_OK;

	if (fd < 0)
		return failed(e, "open", dir);
	if (fsync(fd) != 0)
		rc = failed(e, "sync", dir);
	close(fd);
	return rc;
}

/* Of a file in a folder, not in one below. */
static bool
is_name(const char *name)
{
	return *name != '\0' && strchr(name, '/') == NULL;
}

enum err
file_commit_nosync(struct file *f, const char *name, struct error *e)
{
	char from[640], to[640];
	enum err rc = ERR_OK;

	assert(f->fd >= 0 && is_name(name));
	path_of(f, f->tmp, from);
	path_of(f, name, to);
	if (fsync(f->fd) != 0)
		rc = failed(e, "sync a file in", f->dir);
	else if (rename(from, to) != 0)
		rc = failed(e, "rename a file to", to);
	if (rc != ERR_OK)
		unlink(from);
	close(f->fd);
	f->fd = -1;
	return rc;
}

enum err
file_commit(struct file *f, const char *name, struct error *e)
{
	enum err rc;

	if ((rc = file_commit_nosync(f, name, e)) != ERR_OK)
		return rc;
	return file_sync_dir(f->dir, e);
}

enum err
file_adopt(const char *path, const char *dir, const char *name,
    struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err rc = ERR_OK;
	char to[640];

	assert(is_name(name));
	if (fd < 0)
		return failed(e, "open", path);
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	if (fsync(fd) != 0)
		rc = failed(e, "sync", path);
	else if (rename(path, to) != 0)
		rc = failed(e, "rename a file to", to);
	close(fd);
	return rc == ERR_OK ? file_sync_dir(dir, e) : rc;
}

void
file_abort(struct file *f)
{
	char path[640];

	if (f->fd < 0)
		return;
	path_of(f, f->tmp, path);
	close(f->fd);
	f->fd = -1;
	unlink(path);
}

/* Reads until `len` bytes or the end; -1 on failure. */
static ssize_t
read_all(int fd, char *data, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, data + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

enum err
file_load(const char *path, size_t max, struct arena *a, char **data,
    size_t *len, struct error *e)
{
	/* a FIFO must not block us before we see what it is */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	enum err rc = ERR_OK;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return failed(e, "open", path);
	if (fstat(fd, &st) != 0) {
		rc = failed(e, "stat", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max) {
		rc = error_set(e, ERR_INTERNAL, NULL,
		    "%s is no regular file of at most %zu bytes", path, max);
		goto out;
	}
	*data = arena_alloc(a, (size_t)st.st_size + 1);
	if ((got = read_all(fd, *data, (size_t)st.st_size)) < 0)
		rc = failed(e, "read", path);
	else
		*len = (size_t)got;
out:
	close(fd);
	return rc;
}

bool
file_is_lost(int err)
{
	static const int lasting[] = { ENOENT, EACCES, EPERM, ENOTDIR, EISDIR,
	    ELOOP, ENAMETOOLONG };

	for (size_t i = 0; i < NELEM(lasting); i++)
		if (err == lasting[i])
			return true;
	return false;
}

static bool
is_regular(FILE *f, int64_t *len)
{
	struct stat st;

	if (fstat(fileno(f), &st) != 0)
		return false;
	*len = (int64_t)st.st_size;
	errno = EISDIR;
	return S_ISREG(st.st_mode);
}

FILE *
file_open_read(const char *path, int64_t *len)
{
	FILE *f = fopen(path, "rbe");
	int cause;

	if (f == NULL || is_regular(f, len))
		return f;
	cause = errno;
	fclose(f);
	errno = cause;
	return NULL;
}

int
file_room(const char *dir, size_t len)
{
	struct file f;
	struct error e;
	int cause;

	errno = 0;
	if (file_begin(&f, dir, &e) != ERR_OK)
		return errno != 0 ? errno : EIO;
	cause = posix_fallocate(f.fd, 0, (off_t)len);
	file_abort(&f);
	return cause;
}

int
file_limit_raise(int needed)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return needed;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX)
		return INT_MAX;
	if ((int)limit.rlim_cur < needed)
		log_warn("only %d files may be open, and up to %d are needed: "
		    "raise LimitNOFILE= of the unit, or ulimit -n",
		    (int)limit.rlim_cur, needed);
	return (int)limit.rlim_cur;
}
