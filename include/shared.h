/* SPDX-License-Identifier: MIT */
/*
 * shared.h: memory that processes share: a file that each of them maps.
 *
 * Its contents begin with a number that stands for their layout. The space is
 * taken when the file is made, so that a disk that fills up later does not end
 * the process that writes to it (SIGBUS).
 */
#ifndef SHARED_H
#define SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shared {
	void		*data;		/* `size` bytes; the first eight are the number, or 0 in private */
	size_t		 size;
	int		 fd;		/* of the file, for locks; -1: private memory */
};

/*
 * Maps the file, which is made of zeros when it is missing (mode 0600) and made
 * anew when it has another size or number. When that fails, or `path` is "", it is
 * private memory of zeros: false then, with the cause in errno. shared_close in
 * any case.
 */
bool	shared_open(struct shared *s, const char *path, size_t size, uint64_t magic);
void	shared_close(struct shared *s);

#endif
