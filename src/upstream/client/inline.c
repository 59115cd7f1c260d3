/* SPDX-License-Identifier: MIT */
/* inline.c: a file that comes inside a JSON text, cut out of it as it comes. */
#include "inline.h"

#include <ctype.h>
#include <string.h>

#include "attr.h"

void
inline_begin(struct inline_scan *s, inline_write *text, inline_write *file,
    void *arg)
{
	*s = (struct inline_scan){ .text = text, .file = file, .arg = arg };
}

/* ---- base64 ---- */

static bool
flush(struct inline_scan *s)
{
	size_t n = s->n_out;

	s->n_out = 0;
	return n == 0 || s->file(s->arg, s->out, n);
}

/* Of either alphabet (RFC 4648 sections 4 and 5); -1: none. */
static int
sextet(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static bool
decode(struct inline_scan *s, unsigned char c)
{
	int six = sextet(c);

	if (isspace(c))
		return true;
	if (c == '=') {
		s->ended = true;
		return true;
	}
	if (six < 0 || s->ended) {
		s->bad = true;
		return false;
	}
	s->bits = s->bits << 6 | (uint32_t)six;
	s->n_bits += 6;
	if (s->n_bits < 8)
		return true;
	s->n_bits -= 8;
	s->out[s->n_out++] = (unsigned char)(s->bits >> s->n_bits);
	return s->n_out < sizeof(s->out) || flush(s);
}

/* What a backslash and the byte behind it stand for; encoders write "\/" and "\u002B". */
static bool
decode_escape(struct inline_scan *s, unsigned char c)
{
	s->escaped = false;
	if (c == 'u') {
		s->unicode = 4;
		s->code = 0;
		return true;
	}
	return decode(s, strchr("nrtbf", c) != NULL ? ' ' : c);
}

static bool
decode_unicode(struct inline_scan *s, unsigned char c)
{
	if (!isxdigit(c)) {
		s->bad = true;
		return false;
	}
	s->code = s->code << 4 | (unsigned)(isdigit(c) ? c - '0'
	    : tolower(c) - 'a' + 10);
	if (--s->unicode > 0)
		return true;
	return decode(s, s->code < 0x80 ? (unsigned char)s->code : 0xff);
}

static bool
feed_file(struct inline_scan *s, char byte)
{
	unsigned char c = (unsigned char)byte;

	if (s->unicode > 0)
		return decode_unicode(s, c);
	if (s->escaped)
		return decode_escape(s, c);
	if (c == '\\') {
		s->escaped = true;
		return true;
	}
	if (c != '"')
		return decode(s, c);
	s->state = INLINE_OUTSIDE;
	s->head_len = 0;
	return flush(s) && s->text(s->arg, "\"", 1);
}

/* ---- strings ---- */

static bool
is_key(const struct inline_scan *s, const char *key)
{
	return s->head_len == strlen(key) &&
	    memcmp(s->head, key, s->head_len) == 0;
}

static bool
begins_data(const struct inline_scan *s)
{
	size_t n = s->head_len < 5 ? s->head_len : 5;

	return memcmp(s->head, "data:", n) == 0;
}

/* The file begins behind the comma of "data:video/mp4;base64,". */
static bool
is_data(const struct inline_scan *s)
{
	static const char end[] = ";base64,";
	size_t n = sizeof(end) - 1;

	return s->head_len > n && begins_data(s) &&
	    memcmp(s->head + s->head_len - n, end, n) == 0;
}

static bool
begin_file(struct inline_scan *s)
{
	s->state = INLINE_FILE;
	s->found = true;
	s->escaped = false;
	return true;
}

static bool
to_text(struct inline_scan *s)
{
	s->state = INLINE_TEXT;
	return s->text(s->arg, s->head, s->head_len);
}

/* The string is a key, or a short value: it stays where it is. */
static bool
end_string(struct inline_scan *s)
{
	bool heading = s->state == INLINE_HEADING;

	s->state = INLINE_OUTSIDE;
	s->before = '"';
	return (!heading || s->text(s->arg, s->head, s->head_len)) &&
	    s->text(s->arg, "\"", 1);
}

/* While it may still turn out to be the file, nothing goes to the text. */
static bool
feed_heading(struct inline_scan *s, char c)
{
	if (!s->escaped && c == '"')
		return end_string(s);
	s->escaped = !s->escaped && c == '\\';
	if (s->is_b64 && s->head_len == 0 && c != 'd' && c != 'h')
		return begin_file(s) && feed_file(s, c);
	s->head[s->head_len++] = c;
	if (s->head_len == sizeof(s->head))
		return to_text(s);
	return s->found || !is_data(s) || begin_file(s);
}

static bool
feed_text(struct inline_scan *s, char c)
{
	if (!s->escaped && c == '"')
		return end_string(s);
	s->escaped = !s->escaped && c == '\\';
	return s->text(s->arg, &c, 1);
}

static bool
feed_outside(struct inline_scan *s, char c)
{
	if (c == '"') {
		s->state = INLINE_HEADING;
		s->is_b64 = s->before == ':' && !s->found &&
		    is_key(s, "b64_json");
		s->head_len = 0;
	} else if (!isspace((unsigned char)c)) {
		/* of the string before a colon the head is the key */
		if (c != ':')
			s->head_len = 0;
		s->before = c;
	}
	return s->text(s->arg, &c, 1);
}

bool
inline_feed(struct inline_scan *s, const char *data, size_t len)
{
	static bool (*const feed[])(struct inline_scan *, char) = {
		[INLINE_OUTSIDE] = feed_outside,
		[INLINE_HEADING] = feed_heading,
		[INLINE_TEXT] = feed_text,
		[INLINE_FILE] = feed_file,
	};

	for (size_t i = 0; i < len; i++)
		if (!feed[s->state](s, data[i]))
			return false;
	return true;
}
