/* SPDX-License-Identifier: MIT */
/* holder.c: whether a piece of work still runs. */
#include "holder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "id.h"

/* Of that descriptor, so that two of one process are told apart as well. */
static struct flock
lock_of(int64_t id)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = id, .l_len = 1 };
}

int
holder_begin(const char *path, int64_t *id)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct flock lock;
	uint32_t random[2];

	if (fd < 0)
		return -1;
	do {
		id_random(random, sizeof(random));
		*id = ((int64_t)(random[0] >> 2) << 32 | random[1]) + 1;
		lock = lock_of(*id);
		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return fd;
	} while (errno == EAGAIN || errno == EACCES);
	close(fd);
	return -1;
}

bool
holder_lives(const char *path, int64_t id)
{
	struct flock lock = lock_of(id);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool lives;

	if (fd < 0)
		return errno != ENOENT;
	lives = fcntl(fd, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
	close(fd);
	return lives;
}
