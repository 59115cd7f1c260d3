/* SPDX-License-Identifier: MIT */
/* answer_json.c: odd JSON made plain, for cJSON to read. */
#include "answer_json.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "buf.h"
#include "text.h"

#define MOST_DEPTH	256		/* cJSON recurses */
#define MOST_VALUES	100000		/* cJSON takes some 80 bytes for each */
#define EXACT_DIGITS	15		/* of a number that a double holds for sure */
#define NUMBER_MAX	63		/* bytes; as cJSON */
#define GROWTH		4		/* times as long at most: "[" may become "null" */
#define UNKNOWN		"\xef\xbf\xbd"	/* U+FFFD */

struct reader {
	const char	*at;
	const char	*end;
	int		 depth;
	int		 values;
	struct buf	 out;
};

static size_t
blank_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (isspace((unsigned char)s[n]) || s[n] == '\0'))
		n++;
	return n;
}

/* What is nested too deep is left out. */
static void
put(struct reader *r, const char *s, size_t len)
{
	if (r->depth <= MOST_DEPTH)
		buf_append(&r->out, s, len);
}

static void
put_unknown(struct reader *r)
{
	put(r, UNKNOWN, strlen(UNKNOWN));
}

static void
copy(struct reader *r, size_t len)
{
	put(r, r->at, len);
	r->at += len;
}

static size_t
left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/* ---- strings ---- */

/* The code of "\u0041" at `s`; -1 when there is none. */
static long
code_at(const char *s, const char *end)
{
	char digits[5] = "";

	if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	memcpy(digits, s + 2, 4);
	for (int i = 0; i < 4; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return -1;
	return strtol(digits, NULL, 16);
}

static void
copy_code(struct reader *r)
{
	long code = code_at(r->at, r->end), next;

	if (code > 0 && (code < 0xd800 || code > 0xdfff)) {
		copy(r, 6);
		return;
	}
	next = code >= 0xd800 && code <= 0xdbff ? code_at(r->at + 6, r->end)
	    : -1;
	if (next >= 0xdc00 && next <= 0xdfff) {
		copy(r, 12);
		return;
	}
	put_unknown(r);
	r->at += code < 0 ? 2 : 6;
}

static void
copy_escape(struct reader *r)
{
	if (left(r) > 1 && r->at[1] == 'u') {
		copy_code(r);
	} else if (left(r) > 1 && r->at[1] != '\0' &&
	    strchr("\"\\/bfnrt", r->at[1]) != NULL) {
		copy(r, 2);
	} else {
		put_unknown(r);
		r->at++;
	}
}

static void
copy_character(struct reader *r)
{
	size_t n = *r->at == '\0' ? 0 : text_character(r->at, left(r));

	if (n > 0) {
		copy(r, n);
	} else {
		put_unknown(r);
		r->at++;
	}
}

static size_t
plain_length(const struct reader *r)
{
	size_t n = 0;

	while (n < left(r) && (unsigned char)r->at[n] < 0x80 &&
	    r->at[n] != '\0' && r->at[n] != '"' && r->at[n] != '\\')
		n++;
	return n;
}

/* False when it does not end. */
static bool
copy_string(struct reader *r)
{
	copy(r, 1);
	while (r->at < r->end) {
		copy(r, plain_length(r));
		if (r->at == r->end)
			break;
		if (*r->at == '"') {
			copy(r, 1);
			return true;
		}
		if (*r->at == '\\')
			copy_escape(r);
		else
			copy_character(r);
	}
	return false;
}

/* ---- numbers and words ---- */

static bool
is_whole(const char *s, size_t len)
{
	if (len > 0 && *s == '-')
		s++, len--;
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return len > 0;
}

static bool
is_number(const char *s, size_t len)
{
	char text[NUMBER_MAX + 1], *end;

	if (len > NUMBER_MAX)
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	return isfinite(strtod(text, &end)) && *end == '\0';
}

static void
copy_number(struct reader *r, size_t len)
{
	bool whole = is_whole(r->at, len);
	size_t digits = len - (*r->at == '-');

	if (whole && digits > EXACT_DIGITS) {
		put(r, "\"", 1);
		copy(r, len);
		put(r, "\"", 1);
	} else if (whole || is_number(r->at, len)) {
		copy(r, len);
	} else {
		put(r, "null", 4);
		r->at += len;
	}
}

static bool
is_word_of(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' &&
	    strchr("+-._", c) != NULL);
}

/* As some programs write what is no number. */
static bool
is_no_number(const char *s, size_t len)
{
	static const char *const words[] = { "NaN", "nan", "-NaN", "Infinity",
	    "-Infinity", "inf", "-inf" };

	for (size_t i = 0; i < NELEM(words); i++)
		if (len == strlen(words[i]) && memcmp(s, words[i], len) == 0)
			return true;
	return false;
}

/* A word that nobody knows is left for cJSON to refuse. */
static void
copy_word(struct reader *r)
{
	const char *s = r->at;
	size_t len = 0;

	while (len < left(r) && is_word_of(s[len]))
		len++;
	if (is_no_number(s, len)) {
		put(r, "null", 4);
		r->at += len;
	} else if (isdigit((unsigned char)*s) || (*s == '-' && len > 1 &&
	    isdigit((unsigned char)s[1]))) {
		copy_number(r, len);
	} else {
		copy(r, len > 0 ? len : 1);
	}
}

/* ---- the value ---- */

static void
open_value(struct reader *r)
{
	r->values++;
	if (r->depth == MOST_DEPTH)
		put(r, "null", 4);
	r->depth++;
	copy(r, 1);
}

static void
close_value(struct reader *r)
{
	copy(r, 1);
	r->depth--;
}

/* False when a string does not end. */
static bool
copy_next(struct reader *r)
{
	switch (*r->at) {
	case '"':
		return copy_string(r);
	case '{':
	case '[':
		open_value(r);
		return true;
	case '}':
	case ']':
		close_value(r);
		return true;
	case ',':
		r->values++;
		copy(r, 1);
		return true;
	}
	copy_word(r);
	return true;
}

static bool
copy_value(struct reader *r)
{
	do
		if (r->at == r->end || !copy_next(r) ||
		    r->values > MOST_VALUES)
			return false;
	while (r->depth > 0);
	return true;
}

/* Prose may begin with a word or a number of JSON: only behind braces anything goes. */
static bool
ends_well(const struct reader *r, char first)
{
	return first == '{' || first == '[' ||
	    blank_length(r->at, left(r)) == left(r);
}

bool
answer_json_is_whole(const cJSON *item)
{
	return cJSON_IsNumber(item) && item->valuedouble >= 0 &&
	    item->valuedouble < 1e15 &&
	    (double)(int64_t)item->valuedouble >= item->valuedouble;
}

size_t
answer_json_begin(const char *data, size_t len)
{
	size_t mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	return mark + blank_length(data + mark, len - mark);
}

cJSON *
answer_json(const char *data, size_t len)
{
	size_t skip = answer_json_begin(data, len);
	struct reader r = { .at = data + skip, .end = data + len };
	cJSON *json = NULL;

	buf_init(&r.out, GROWTH * len + GROWTH);
	if (copy_value(&r) && ends_well(&r, data[skip]))
		json = cJSON_ParseWithLength(r.out.data, r.out.len);
	buf_clear(&r.out);
	return json;
}
