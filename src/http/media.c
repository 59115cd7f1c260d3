/* SPDX-License-Identifier: MIT */
/* media.c: media types and header parameters (RFC 9110, sections 5.6.6 and 8.3.1). */
#include "media.h"

#include <string.h>
#include <strings.h>

#include "arena.h"

/* The length of `type/subtype` at the start of a value. */
static size_t
type_length(const char *value)
{
	size_t len = strcspn(value, ";");

	while (len > 0 && strchr(" \t", value[len - 1]) != NULL)
		len--;
	return len;
}

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

bool
media_is(const char *value, const char *type)
{
	size_t len;

	value = skip_blanks(value);
	len = type_length(value);
	return len == strlen(type) && strncasecmp(value, type, len) == 0;
}

bool
media_is_json(const char *value)
{
	const char *slash;
	size_t len;

	if (media_is(value, "application/json"))
		return true;
	value = skip_blanks(value);
	len = type_length(value);
	slash = memchr(value, '/', len);
	if (slash == NULL || slash == value)
		return false;
	return len - (size_t)(slash + 1 - value) > 5 &&
	    strncasecmp(value + len - 5, "+json", 5) == 0;
}

bool
media_is_text(const char *value)
{
	return strncasecmp(skip_blanks(value), "text/", 5) == 0;
}

/*
 * The quoted string after the quote at `s`, and where it ended; NULL when it
 * does not end. A backslash escapes only a quote or a backslash: browsers send
 * those of file names as they are.
 */
static char *
read_quoted(struct arena *a, const char *s, const char **end)
{
	char *out = arena_alloc(a, strlen(s) + 1);
	size_t used = 0;

	for (; *s != '"'; s++) {
		if (*s == '\0')
			return NULL;
		if (*s == '\\' && (s[1] == '"' || s[1] == '\\'))
			s++;
		out[used++] = *s;
	}
	*end = s + 1;
	return out;
}

static char *
read_value(struct arena *a, const char *s, const char **end)
{
	size_t len;

	s = skip_blanks(s);
	if (*s == '"')
		return read_quoted(a, s + 1, end);
	len = type_length(s);
	*end = s + len;
	return arena_strndup(a, s, len);
}

char *
media_param(struct arena *a, const char *value, const char *name)
{
	const char *p = value + strcspn(value, ";");

	while (*p == ';') {
		const char *start = skip_blanks(p + 1);
		size_t len = strcspn(start, "=; \t");
		char *found;

		p = skip_blanks(start + len);
		if (*p != '=') {
			p += strcspn(p, ";");
			continue;
		}
		if ((found = read_value(a, p + 1, &p)) == NULL)
			return NULL;
		if (len == strlen(name) && strncasecmp(start, name, len) == 0)
			return found;
		p += strcspn(p, ";");
	}
	return NULL;
}
