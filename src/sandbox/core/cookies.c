/* SPDX-License-Identifier: MIT */
/* cookies.c: names and values of the Cookie header. */
#include "cookies.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "arena.h"

struct cookie {
	const char	*name;
	size_t		 name_len;
	const char	*value;
	size_t		 value_len;
};

/* The next pair at `*at`, which moves on; what has no '=' is passed over. */
static bool
next_cookie(const char **at, struct cookie *out)
{
	const char *start, *equals;
	size_t len;

	if (*at == NULL)
		return false;
	for (;;) {
		start = *at + strspn(*at, "; \t");
		len = strcspn(start, ";");
		if (len == 0)
			return false;
		*at = start + len;
		if ((equals = memchr(start, '=', len)) != NULL)
			break;
	}
	while (len > 0 && (start[len - 1] == ' ' || start[len - 1] == '\t'))
		len--;
	out->name = start;
	out->name_len = (size_t)(equals - start);
	out->value = equals + 1;
	out->value_len = len > out->name_len ? len - out->name_len - 1 : 0;
	return true;
}

const char *
cookie_value(const char *header, const char *name, struct arena *a)
{
	struct cookie c;

	while (next_cookie(&header, &c))
		if (c.name_len == strlen(name) &&
		    memcmp(c.name, name, c.name_len) == 0)
			return arena_strndup(a, c.value, c.value_len);
	return NULL;
}

const char *
cookie_names(const char *header, struct arena *a)
{
	const char *names = NULL;
	struct cookie c;

	while (next_cookie(&header, &c))
		names = arena_printf(a, "%s%s%.*s", names != NULL ? names : "",
		    names != NULL ? ", " : "", (int)c.name_len, c.name);
	return names;
}
