/* SPDX-License-Identifier: MIT */
/* xalloc.c: the one place that decides what being out of memory means. */
#include "xalloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

#define FIRST_CAP	16

void *
xmade(void *made)
{
	if (made == NULL)
		fatal("out of memory");
	return made;
}

void *
xcalloc(size_t count, size_t size)
{
	return xmade(calloc(count, size));
}

void *
xreallocarray(void *array, size_t count, size_t size)
{
	return xmade(reallocarray(array, count, size));
}

char *
xstrdup(const char *s)
{
	return s == NULL ? NULL : xmade(strdup(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return xmade(text);
}

void *
xgrow(void *array, size_t n, size_t *cap, size_t size)
{
	assert(n <= *cap);
	if (n < *cap)
		return array;
	*cap = *cap > 0 ? 2 * *cap : FIRST_CAP;
	return xreallocarray(array, *cap, size);
}
