/* SPDX-License-Identifier: MIT */
/* arena.c: blocks that grow by doubling, released together. */
#include "arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "xalloc.h"

#define FIRST_BLOCK	512
#define LARGEST_BLOCK	(256 * 1024)
#define LARGEST_KEPT	(64 * 1024)

struct block {
	struct block	*next;
	size_t		 size;
	size_t		 used;
	alignas(max_align_t) unsigned char data[];
};

struct owned {
	struct owned	*next;
	void		*object;
	void		(*release)(void *);
};

struct arena {
	struct block	*head;		/* the newest, and but for very large objects the largest */
	struct owned	*owned;		/* lives in the blocks */
};

static struct block *
block_new(size_t size, struct block *next)
{
	struct block *b = xmade(malloc(sizeof(*b) + size));

	b->next = next;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = xmade(malloc(sizeof(*a)));

	a->head = block_new(FIRST_BLOCK, NULL);
	a->owned = NULL;
	return a;
}

void
arena_reset(struct arena *a)
{
	struct block *b;

	for (; a->owned != NULL; a->owned = a->owned->next)
		a->owned->release(a->owned->object);
	while (a->head->next != NULL && a->head->size > LARGEST_KEPT) {
		b = a->head;
		a->head = b->next;
		free(b);
	}
	while ((b = a->head->next) != NULL) {
		a->head->next = b->next;
		free(b);
	}
	a->head->used = 0;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->head);
	free(a);
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->head;
	void *p;

	if (size > SIZE_MAX / 2)
		fatal("out of memory");
	size = (size + align) & ~(align - 1);	/* never 0 */
	if (b->size - b->used < size) {
		size_t grown = b->size * 2;

		if (grown > LARGEST_BLOCK)
			grown = LARGEST_BLOCK;
		b = a->head = block_new(size > grown ? size : grown, b);
	}
	p = b->data + b->used;
	b->used += size;
	return memset(p, 0, size);
}

void
arena_own(struct arena *a, void *object, void (*release)(void *))
{
	struct owned *o = arena_alloc(a, sizeof(*o));

	assert(object != NULL && release != NULL);
	*o = (struct owned){ a->owned, object, release };
	a->owned = o;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	return arena_alloc(a, size != 0 && count > SIZE_MAX / size ? SIZE_MAX :
	    count * size);
}

void *
arena_grow(struct arena *a, void *array, size_t n, size_t size)
{
	void *grown;

	if (n != 0 && (n & (n - 1)) != 0)
		return array;
	grown = arena_array(a, n == 0 ? 1 : 2 * n, size);
	if (n > 0)
		memcpy(grown, array, n * size);
	return grown;
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		fatal("vsnprintf: bad format");
	s = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
