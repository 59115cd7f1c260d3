/* SPDX-License-Identifier: MIT */
/* shared.c: memory that processes share. */
#include "shared.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

/* The file has another version's layout, or is something else. */
static bool
is_foreign(int fd, const struct stat *st, size_t size, uint64_t magic)
{
	uint64_t found = 0;

	return st->st_size != (off_t)size ||
	    pread(fd, &found, sizeof(found), 0) != (ssize_t)sizeof(found) ||
	    found != magic;
}

static bool
fill(int fd, size_t size, uint64_t magic)
{
	int rc = posix_fallocate(fd, 0, (off_t)size);

	if (rc != 0) {
		errno = rc;
		return false;
	}
	return pwrite(fd, &magic, sizeof(magic), 0) == (ssize_t)sizeof(magic);
}

/* Called with the file locked: fills a new file, replaces one of another layout. */
static bool
prepare(const char *path, int fd, size_t size, uint64_t magic, bool *again)
{
	struct stat st, named;

	if (fstat(fd, &st) != 0)
		return false;
	*again = stat(path, &named) != 0 || named.st_ino != st.st_ino;
	if (*again)
		return true;
	if (st.st_size == 0)
		return fill(fd, size, magic);
	*again = is_foreign(fd, &st, size, magic);
	return !*again || unlink(path) == 0;
}

static int
open_file(const char *path, size_t size, uint64_t magic)
{
	bool again = true;
	int fd = -1;

	while (again) {
		if (fd >= 0)
			close(fd);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX) != 0 ||
		    !prepare(path, fd, size, magic, &again)) {
			int cause = errno;

			close(fd);
			errno = cause;
			return -1;
		}
	}
	flock(fd, LOCK_UN);
	return fd;
}

static bool
map(struct shared *s, int flags)
{
	s->data = mmap(NULL, s->size, PROT_READ | PROT_WRITE, flags, s->fd, 0);
	return s->data != MAP_FAILED;
}

bool
shared_open(struct shared *s, const char *path, size_t size, uint64_t magic)
{
	int cause = 0;

	assert(size >= sizeof(magic) && magic != 0);
	*s = (struct shared){ .size = size, .fd = -1 };
	if (*path != '\0' && (s->fd = open_file(path, size, magic)) >= 0 &&
	    map(s, MAP_SHARED))
		return true;
	cause = errno;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (!map(s, MAP_PRIVATE | MAP_ANONYMOUS))
		fatal("out of memory");
	errno = cause;
	return false;
}

void
shared_close(struct shared *s)
{
	if (s->data != NULL)
		munmap(s->data, s->size);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct shared){ .fd = -1 };
}
