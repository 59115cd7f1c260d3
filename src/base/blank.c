/* SPDX-License-Identifier: MIT */
/* blank.c: what stands for nothing in a text. */
#include "blank.h"

#include <string.h>

#include "arena.h"
#include "attr.h"

static const char *const blanks[] = {
	" ", "\t", "\n", "\v", "\f", "\r",
	"\xc2\x85", "\u00a0", "\u1680", "\u180e",
	"\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
	"\u2007", "\u2008", "\u2009", "\u200a",
	"\u200b", "\u200c", "\u200d", "\u200e", "\u200f",
	"\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u3000", "\ufeff",
};

/* Bytes of the blank at the beginning of [s, end); 0: none. */
static size_t
first_blank(const char *s, const char *end)
{
	for (size_t i = 0; i < NELEM(blanks); i++) {
		size_t len = strlen(blanks[i]);

		if ((size_t)(end - s) >= len &&
		    memcmp(s, blanks[i], len) == 0)
			return len;
	}
	return 0;
}

static size_t
last_blank(const char *s, const char *end)
{
	for (size_t i = 0; i < NELEM(blanks); i++) {
		size_t len = strlen(blanks[i]);

		if ((size_t)(end - s) >= len &&
		    memcmp(end - len, blanks[i], len) == 0)
			return len;
	}
	return 0;
}

const char *
blank_trim(const char *s, struct arena *a)
{
	const char *end = s + strlen(s);
	size_t len;

	while ((len = first_blank(s, end)) > 0)
		s += len;
	while ((len = last_blank(s, end)) > 0)
		end -= len;
	return arena_strndup(a, s, (size_t)(end - s));
}
