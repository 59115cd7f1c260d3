/* SPDX-License-Identifier: MIT */
/* caption.c: breaks text at blanks, and long words where they are too long. */
#include "caption.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"

static size_t
character_len(const char *s)
{
	size_t len = 1;

	while ((s[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

/* The bytes of the line that begins at `s`. */
static size_t
line_len(const char *s, size_t columns)
{
	size_t len = 0, last_blank = 0;

	for (size_t i = 0; i < columns; i++) {
		if (s[len] == '\0')
			return len;
		if (is_blank(s[len]))
			last_blank = len;
		len += character_len(s + len);
	}
	if (s[len] == '\0' || is_blank(s[len]) || last_blank == 0)
		return len;
	return last_blank;
}

char *
caption_wrap(const char *text, size_t columns, size_t lines, struct arena *a)
{
	char *out = arena_alloc(a, strlen(text) + lines + 1), *to = out;

	for (size_t n = 0; n < lines; n++) {
		size_t len;

		while (*text != '\0' && is_blank(*text))
			text++;
		if (*text == '\0')
			break;
		if (n > 0)
			*to++ = '\n';
		len = line_len(text, columns);
		for (size_t i = 0; i < len; i++)
			*to++ = is_blank(text[i]) ? ' ' : text[i];
		text += len;
	}
	*to = '\0';
	return out;
}
