/* SPDX-License-Identifier: MIT */
/* json_check.c: JSON of requests, by the letter of RFC 8259. */
#include "json_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BOM	"\xef\xbb\xbf"

struct scan {
	const char	*start;		/* of the text, for errors */
	const char	*p;
	const char	*end;
	size_t		 values;	/* that may still come */
	int		 depth;
	const char	*why;		/* what is wrong at `p` */
};

static bool
fail(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

static bool
is_next(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static bool
take(struct scan *s, char c)
{
	if (!is_next(s, c))
		return false;
	s->p++;
	return true;
}

static void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' ||
	    *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

/* ---- strings ---- */

/* The value of "uXXXX" at `p`; -1 when it is none. */
static int
unit_at(const char *p, const char *end)
{
	static const char digits[] = "0123456789abcdef";
	int value = 0;

	if (end - p < 5 || *p != 'u')
		return -1;
	for (int i = 1; i <= 4; i++) {
		int c = p[i] >= 'A' && p[i] <= 'F' ? p[i] + 32 : p[i];
		const char *digit = c == '\0' ? NULL : strchr(digits, c);

		if (digit == NULL)
			return -1;
		value = value * 16 + (int)(digit - digits);
	}
	return value;
}

static bool
scan_unit(struct scan *s)
{
	int unit = unit_at(s->p, s->end), low;

	if (unit < 0)
		return fail(s, "a \\u without four hexadecimal digits");
	if (unit == 0)
		return fail(s, "a NUL character");
	if (unit >= 0xd800 && unit <= 0xdbff) {
		low = s->end - s->p > 6 && s->p[5] == '\\' ?
		    unit_at(s->p + 6, s->end) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return fail(s, "half of a surrogate pair");
		s->p += 6;
	} else if (unit >= 0xdc00 && unit <= 0xdfff) {
		return fail(s, "half of a surrogate pair");
	}
	s->p += 5;
	return true;
}

static bool
scan_escape(struct scan *s)
{
	if (is_next(s, 'u'))
		return scan_unit(s);
	if (s->p == s->end || *s->p == '\0' ||
	    strchr("\"\\/bfnrt", *s->p) == NULL)
		return fail(s, "an unknown escape");
	s->p++;
	return true;
}

static bool
scan_string(struct scan *s)
{
	if (!take(s, '"'))
		return fail(s, "a string is expected");
	while (s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < 0x20)
			return fail(s, "a raw control character in a string");
		if (*s->p++ == '\\' && !scan_escape(s))
			return false;
	}
	return take(s, '"') || fail(s, "a string does not end");
}

/* ---- numbers and words ---- */

static bool
skip_digits(struct scan *s)
{
	const char *before = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > before;
}

/* 1e999 has no value, and would be printed as null. */
static bool
is_finite(const char *digits, size_t len)
{
	char copy[JSON_MAX_NUMBER + 1];

	memcpy(copy, digits, len);
	copy[len] = '\0';
	return isfinite(strtod(copy, NULL));
}

static bool
scan_number(struct scan *s)
{
	const char *start = s->p;

	take(s, '-');
	if (take(s, '0')) {
		if (skip_digits(s))
			return fail(s, "a number begins with 0");
	} else if (!skip_digits(s)) {
		return fail(s, "a value is expected");
	}
	if (take(s, '.') && !skip_digits(s))
		return fail(s, "a digit is expected");
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '-'))
			take(s, '+');
		if (!skip_digits(s))
			return fail(s, "a digit is expected");
	}
	if (s->p - start > JSON_MAX_NUMBER)
		return fail(s, "a number has more than 63 characters");
	return is_finite(start, (size_t)(s->p - start)) ||
	    fail(s, "a number is out of range");
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return fail(s, "a value is expected");
	s->p += len;
	return true;
}

/* ---- values ---- */

static bool scan_value(struct scan *s);

static bool
scan_array(struct scan *s)
{
	skip_blanks(s);
	if (take(s, ']'))
		return true;
	do {
		if (!scan_value(s))
			return false;
	} while (take(s, ','));
	return take(s, ']') || fail(s, "a comma or ] is expected");
}

static bool
scan_member(struct scan *s)
{
	skip_blanks(s);
	if (!scan_string(s))
		return false;
	skip_blanks(s);
	if (!take(s, ':'))
		return fail(s, "a colon is expected");
	return scan_value(s);
}

static bool
scan_object(struct scan *s)
{
	skip_blanks(s);
	if (take(s, '}'))
		return true;
	do {
		if (!scan_member(s))
			return false;
	} while (take(s, ','));
	return take(s, '}') || fail(s, "a comma or } is expected");
}

static bool
scan_nested(struct scan *s)
{
	bool object = *s->p == '{', fine;

	if (++s->depth > JSON_MAX_DEPTH)
		return fail(s, "nested deeper than 64 levels");
	s->p++;
	fine = object ? scan_object(s) : scan_array(s);
	s->depth--;
	return fine;
}

/* A value and the blanks around it. */
static bool
scan_value(struct scan *s)
{
	bool fine;

	skip_blanks(s);
	if (s->values-- == 0) {
		s->values = 0;
		return fail(s, "more values than a request may have");
	}
	switch (s->p < s->end ? *s->p : '\0') {
	case '{':
	case '[':
		fine = scan_nested(s);
		break;
	case '"':
		fine = scan_string(s);
		break;
	case 't':
		fine = scan_word(s, "true");
		break;
	case 'f':
		fine = scan_word(s, "false");
		break;
	case 'n':
		fine = scan_word(s, "null");
		break;
	default:
		fine = scan_number(s);
	}
	if (fine)
		skip_blanks(s);
	return fine;
}

enum err
json_check(const char *data, size_t len, size_t max_values, size_t *values,
    struct error *e)
{
	struct scan s = {
		.start = data, .p = data, .end = data + len,
		.values = max_values,
	};

	*values = 0;
	if (utf8_count(data, len) < 0)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: not valid UTF-8");
	if (len >= strlen(BOM) && memcmp(data, BOM, strlen(BOM)) == 0)
		s.p += strlen(BOM);
	if (scan_value(&s) && s.p < s.end)
		fail(&s, "something follows the JSON");
	*values = max_values - s.values;
	if (s.why == NULL)
		return ERR_OK;
	return error_set(e, ERR_INVALID_BODY, NULL,
	    "Malformed request body: not valid JSON at byte %zu: %s",
	    (size_t)(s.p - s.start) + 1, s.why);
}

/* ---- members as text ---- */

bool
json_next_member(const char **at, const char *end, struct json_member *out)
{
	struct scan s = { .p = *at, .end = end, .values = SIZE_MAX };

	if ((size_t)(end - s.p) >= strlen(BOM) &&
	    memcmp(s.p, BOM, strlen(BOM)) == 0)
		s.p += strlen(BOM);
	skip_blanks(&s);
	if (!take(&s, '{') && !take(&s, ','))
		return false;
	skip_blanks(&s);
	out->name = s.p;
	if (!scan_string(&s))
		return false;		/* the object is empty */
	out->name_len = (size_t)(s.p - out->name);
	skip_blanks(&s);
	if (!take(&s, ':'))
		return false;
	skip_blanks(&s);
	out->value = s.p;
	if (!scan_value(&s))
		return false;
	*at = s.p;
	while (s.p > out->value && strchr(" \t\r\n", s.p[-1]) != NULL)
		s.p--;
	out->value_len = (size_t)(s.p - out->value);
	return true;
}

bool
json_member_is(const struct json_member *m, const char *name)
{
	size_t len = strlen(name);
	cJSON *decoded;
	bool same;

	if (memchr(m->name, '\\', m->name_len) == NULL)
		return m->name_len == len + 2 &&
		    memcmp(m->name + 1, name, len) == 0;
	decoded = cJSON_ParseWithLength(m->name, m->name_len);
	same = decoded != NULL && strcmp(decoded->valuestring, name) == 0;
	cJSON_Delete(decoded);
	return same;
}
