/* SPDX-License-Identifier: MIT */
/*
 * holder.h: whether a piece of work still runs, told by a lock that it holds. The
 * kernel gives the lock back when the process ends, however it ends; a clock has no
 * say in it. Works between all processes of a host that see the file. Any thread.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Locks a byte of that file, which is made when it is missing: `*id`, a random
 * number above 0. Returns a descriptor, to be closed when the work has ended; -1,
 * with errno, when there can be none.
 */
int	holder_begin(const char *path, int64_t *id);
/* Whether that byte is locked; true, too, when that cannot be found out. */
bool	holder_lives(const char *path, int64_t id);

#endif
