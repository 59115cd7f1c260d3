/* SPDX-License-Identifier: MIT */
/* buf.c: a growing buffer with a limit. */
#include "buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

static char empty[1];		/* so that `data` is a string before the first byte */

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .data = empty, .max = max };
}

void
buf_clear(struct buf *b)
{
	if (b->cap > 0)
		free(b->data);
	buf_init(b, b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->cap > 0)
		b->data[0] = '\0';
}

/* Room for `len` more bytes and the NUL; false beyond the limit. */
static bool
reserve(struct buf *b, size_t len)
{
	size_t need, cap;

	assert(b->data != NULL && b->len <= b->max);	/* after buf_init */
	if (len > b->max - b->len)
		return false;
	need = b->len + len + 1;
	if (need <= b->cap)
		return true;
	for (cap = b->cap > 0 ? b->cap : 256; cap < need; cap *= 2)
		;
	b->data = xreallocarray(b->cap > 0 ? b->data : NULL, cap, 1);
	b->cap = cap;
	return true;
}

bool
buf_append(struct buf *b, const void *data, size_t len)
{
	if (!reserve(b, len))
		return false;
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool
buf_puts(struct buf *b, const char *s)
{
	return buf_append(b, s, strlen(s));
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if (!reserve(b, (size_t)n))
		return false;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return true;
}

void
buf_consume(struct buf *b, size_t len)
{
	assert(len <= b->len);
	if (len == 0)
		return;
	memmove(b->data, b->data + len, b->len - len + 1);
	b->len -= len;
}

char *
buf_take(struct buf *b)
{
	char *data = b->cap > 0 ? b->data : xcalloc(1, 1);

	buf_init(b, b->max);
	return data;
}
