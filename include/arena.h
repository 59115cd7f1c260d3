/* SPDX-License-Identifier: MIT */
/*
 * arena.h: memory of one request or one step of a task.
 *
 * Nothing taken from an arena is freed on its own; all goes at arena_reset or
 * arena_free. Out of memory ends the process, so no call here can fail. An
 * arena belongs to one thread at a time.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

#include "attr.h"

struct arena;

struct arena	*arena_new(void);
void		 arena_free(struct arena *a);
/* Empties it; keeps one block of at most 64 KiB, so that the next user like the last takes no memory. */
void		 arena_reset(struct arena *a);

/*
 * Calls release(object) when the arena is reset or freed: for what a library made and
 * the arena's owner still needs. In reverse order of the calls.
 */
void		 arena_own(struct arena *a, void *object, void (*release)(void *));

/* `size` zeroed bytes, aligned for any type; a size of 0 gives a unique address. */
void		*arena_alloc(struct arena *a, size_t size);
/* An array of `count` zeroed elements; an overflow of the product is fatal. */
void		*arena_array(struct arena *a, size_t count, size_t size);
/*
 * Room for one more element behind `n`: the array itself, or a copy of twice the
 * size when n is 0 or a power of two. To be called once for each element.
 */
void		*arena_grow(struct arena *a, void *array, size_t n, size_t size);
char		*arena_strdup(struct arena *a, const char *s);	/* NULL gives NULL */
char		*arena_strndup(struct arena *a, const char *s, size_t len);
char		*arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
