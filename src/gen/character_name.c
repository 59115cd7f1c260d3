/* SPDX-License-Identifier: MIT */
/* character_name.c: the names of a new character. */
#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "character_request.h"

#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789._-"
#define NAME_MAX_LEN	30
#define DEFAULT_NAME	"character"
#define DISPLAY_MAX	100	/* characters */
#define DEFAULT_DISPLAY	"Character"
#define RANDOM_TRIES	5
#define TIME_TAIL	1000000	/* the last six digits */

/* The part of a suggestion after its last dot, of the characters that names have. */
static const char *
suggested(const char *hint, struct arena *a)
{
	const char *dot = hint != NULL ? strrchr(hint, '.') : NULL;
	char *name;
	size_t n = 0;

	if (hint == NULL)
		return DEFAULT_NAME;
	if (dot != NULL)
		hint = dot + 1;
	name = arena_alloc(a, strlen(hint) + 1);
	for (; *hint != '\0'; hint++)
		if (strchr(NAME_CHARS, *hint) != NULL)
			name[n++] = *hint;
	return n > 0 ? name : DEFAULT_NAME;
}

static const char *
with_tail(const char *name, const char *tail, struct arena *a)
{
	int room = NAME_MAX_LEN - (int)strlen(tail);

	return arena_printf(a, "%.*s%s", room, name, tail);
}

const char *
character_username(const char *wanted, const char *hint, int attempt,
    unsigned random, int64_t now, struct arena *a)
{
	const char *name = wanted != NULL ? wanted : suggested(hint, a);

	if (attempt == 0 && wanted != NULL)
		return wanted;
	if (attempt <= RANDOM_TRIES)
		return with_tail(name, arena_printf(a, "%03u", random % 1000),
		    a);
	if (attempt > RANDOM_TRIES + 1)
		return NULL;
	return with_tail(name, arena_printf(a, "%06" PRId64,
	    now % TIME_TAIL), a);
}

const char *
character_display_name(const char *wanted, const char *hint, struct arena *a)
{
	size_t len = 0;
	long count = 0;

	if (wanted != NULL)
		return wanted;
	if (hint == NULL || hint[strspn(hint, " ")] == '\0')
		return DEFAULT_DISPLAY;
	/* a byte that does not continue a character begins one (RFC 3629) */
	for (; hint[len] != '\0'; len++)
		if (((unsigned char)hint[len] & 0xc0) != 0x80 &&
		    ++count > DISPLAY_MAX)
			break;
	return arena_strndup(a, hint, len);
}
