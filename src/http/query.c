/* SPDX-License-Identifier: MIT */
/* query.c: percent-encoding and application/x-www-form-urlencoded. */
#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "url.h"

#define MAX_PAIRS	1000

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that "%XX" at `s` stands for; -1 when it is no valid escape. */
static int
escape_value(const char *s, size_t len)
{
	int high, low;

	if (len < 3 || s[0] != '%')
		return -1;
	high = hex_value(s[1]);
	low = hex_value(s[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Replaces each valid %XX of the string in place; the length after. */
static size_t
url_unescape(char *s, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		int byte = escape_value(s + i, len - i);

		if (byte >= 0)
			i += 2;
		s[used++] = byte >= 0 ? (char)byte : s[i];
	}
	s[used] = '\0';
	return used;
}

int
url_text_ok(const char *s, size_t len)
{
	return memchr(s, '\0', len) == NULL && utf8_count(s, len) >= 0;
}

char *
url_decode_segment(struct arena *a, const char *s, size_t len)
{
	char *copy;

	for (size_t i = 0; i < len; i++)
		if (s[i] == '%' && escape_value(s + i, len - i) < 0)
			return NULL;
	copy = arena_strndup(a, s, len);
	len = url_unescape(copy, len);
	return url_text_ok(copy, len) ? copy : NULL;
}

/* A name or a value, in its place; NULL when it is no text. What follows it is overwritten. */
static const char *
decode_piece(char *s, size_t len)
{
	for (char *p = s; (p = memchr(p, '+', len - (size_t)(p - s))); p++)
		*p = ' ';
	len = url_unescape(s, len);
	return url_text_ok(s, len) ? s : NULL;
}

static bool
decode_pair(char *s, size_t len, struct param *out)
{
	char *eq = memchr(s, '=', len);
	size_t name_len = eq == NULL ? len : (size_t)(eq - s);

	out->name = decode_piece(s, name_len);
	out->value = eq == NULL ? "" : decode_piece(eq + 1, len - name_len - 1);
	return out->name != NULL && out->value != NULL;
}

static size_t
count_pairs(const char *s, size_t len)
{
	size_t n = 1;

	for (size_t i = 0; i < len; i++)
		n += s[i] == '&';
	return n;
}

enum err
url_decode_form(struct arena *a, char *s, size_t len, const char *what,
    const struct param **out, size_t *n, struct error *e)
{
	char *end = s + len;
	struct param *params;
	size_t used = 0;

	*n = 0;
	if (count_pairs(s, len) > MAX_PAIRS)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed %s: more than %d fields", what, MAX_PAIRS);
	params = arena_array(a, count_pairs(s, len), sizeof(*params));
	while (s < end) {
		char *amp = memchr(s, '&', (size_t)(end - s));
		size_t pair = (size_t)((amp == NULL ? end : amp) - s);

		if (pair > 0 && !decode_pair(s, pair, &params[used++]))
			return error_set(e, ERR_INVALID_BODY, NULL,
			    "Malformed %s: not valid UTF-8 without NUL", what);
		s += pair + 1;
	}
	*out = params;
	*n = used;
	return ERR_OK;
}
