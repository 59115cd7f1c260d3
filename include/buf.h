/* SPDX-License-Identifier: MIT */
/*
 * buf.h: a growing buffer of bytes that names its limit when it is made.
 *
 * The bytes are followed by a NUL that is not counted, so `data` of a buffer
 * with text is a string; `data` is never NULL after buf_init.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

struct buf {
	char	*data;
	size_t	 len;
	size_t	 cap;
	size_t	 max;
};

void	 buf_init(struct buf *b, size_t max);
void	 buf_clear(struct buf *b);		/* releases; b may be init'ed again */
void	 buf_reset(struct buf *b);		/* empties, keeps the memory */
/* false, and nothing changed, when `max` would be passed. */
bool	 buf_append(struct buf *b, const void *data, size_t len);
bool	 buf_puts(struct buf *b, const char *s);
bool	 buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Removes `len` (at most b->len) bytes from the front. */
void	 buf_consume(struct buf *b, size_t len);
/* The bytes, NUL-terminated, now the caller's to free(); the buffer is empty. */
char	*buf_take(struct buf *b);

#endif
