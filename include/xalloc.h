/* SPDX-License-Identifier: MIT */
/*
 * xalloc.h: memory of the heap that cannot be refused: out of memory is logged and ends
 * the process, which its supervisor starts anew. So no caller has an error path for it.
 * What these return is freed with free(3). Thread-safe.
 */
#ifndef XALLOC_H
#define XALLOC_H

#include <stddef.h>

#include "attr.h"

/* `count` zeroed elements of `size` bytes; an overflow of the product is fatal. */
void	*xcalloc(size_t count, size_t size);
/* As reallocarray(3). */
void	*xreallocarray(void *array, size_t count, size_t size);
char	*xstrdup(const char *s);	/* NULL gives NULL */
char	*xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
/*
 * Room for one more element of `size` bytes behind `n` of `*cap`: the array itself, or
 * moved to twice its size. To begin with, array is NULL and *cap is 0.
 */
void	*xgrow(void *array, size_t n, size_t *cap, size_t size);
/* What a library's maker returned: `made` itself, or the end of the process when it is NULL. */
void	*xmade(void *made);

#endif
