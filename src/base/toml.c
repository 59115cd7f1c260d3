/* SPDX-License-Identifier: MIT */
/* toml.c: reads TOML, as far as settings need it. */
#include "toml.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "json.h"

#define MAX_DEPTH	64
#define MAX_NUMBER	64	/* characters */

struct reader {
	const char	*at;
	const char	*end;		/* a NUL is there */
	const char	*name;
	int		 line;
	struct arena	*arena;
	const char	*table;		/* "" at the top, else "a.b." */
	struct error	*e;
};

static enum err
refuse(struct reader *r, const char *what)
{
	return error_set(r->e, ERR_INVALID_VALUE, NULL, "%s:%d: %s", r->name,
	    r->line, what);
}

static bool
starts(const struct reader *r, const char *s)
{
	return strncmp(r->at, s, strlen(s)) == 0;
}

static void
skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

static void
skip_comment(struct reader *r)
{
	if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
}

/* Past the end of the line, if there is one here. */
static bool
skip_newline(struct reader *r)
{
	if (starts(r, "\r\n"))
		r->at++;
	if (*r->at != '\n')
		return false;
	r->at++;
	r->line++;
	return true;
}

static enum err
end_of_line(struct reader *r)
{
	skip_blanks(r);
	skip_comment(r);
	if (r->at == r->end || skip_newline(r))
		return ERR_OK;
	return refuse(r, "there is more in the line than TOML allows");
}

/* ---- strings ---- */

static void
put_utf8(struct buf *b, unsigned long c)
{
	char out[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n] | c);
	buf_append(b, out, n);
}

static enum err
read_code_point(struct reader *r, size_t digits, struct buf *b)
{
	char hex[9] = "";
	unsigned long c;

	strncpy(hex, r->at, digits);
	if (strspn(hex, "0123456789abcdefABCDEF") != digits)
		return refuse(r, "\\u needs 4 hexadecimal digits, \\U 8");
	c = strtoul(hex, NULL, 16);
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return refuse(r, "a \\u that is no character");
	r->at += digits;
	put_utf8(b, c);
	return ERR_OK;
}

/* What follows a backslash. */
static enum err
read_escape(struct reader *r, bool many_lines, struct buf *b)
{
	static const char names[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
	const char *found = *r->at == '\0' ? NULL : strchr(names, *r->at);

	if (found != NULL) {
		buf_append(b, &values[found - names], 1);
		r->at++;
		return ERR_OK;
	}
	if (*r->at == 'u' || *r->at == 'U') {
		size_t digits = *r->at++ == 'u' ? 4 : 8;

		return read_code_point(r, digits, b);
	}
	skip_blanks(r);
	if (!many_lines || !skip_newline(r))
		return refuse(r, "a \\ that TOML does not know");
	do
		skip_blanks(r);
	while (skip_newline(r));
	return ERR_OK;
}

/* Where the string ends: its three quotes may be preceded by two of its own. */
static bool
at_close(const struct reader *r, const char *close)
{
	return starts(r, close) && (close[1] == '\0' || r->at[3] != *close);
}

static enum err
read_string(struct reader *r, const char *close, struct buf *b)
{
	bool many_lines = close[1] != '\0';

	r->at += strlen(close);
	if (many_lines)
		(void)skip_newline(r);
	while (!at_close(r, close)) {
		const char *start = r->at;

		if (r->at == r->end)
			return refuse(r, "a string without its end");
		if (*start == '\\' && *close == '"') {
			enum err rc;

			r->at++;
			if ((rc = read_escape(r, many_lines, b)) != ERR_OK)
				return rc;
			continue;
		}
		if (many_lines && skip_newline(r)) {
			buf_append(b, "\n", 1);
			continue;
		}
		if (((unsigned char)*start < ' ' && *start != '\t') ||
		    *start == 0x7f)
			return refuse(r, "a string with a control character, "
			    "or without its end");
		buf_append(b, r->at++, 1);
	}
	r->at += strlen(close);
	return ERR_OK;
}

static const char *
quote_at(const struct reader *r)
{
	static const char *const quotes[] = { "\"\"\"", "'''", "\"", "'" };

	for (size_t i = 0; i < NELEM(quotes); i++)
		if (starts(r, quotes[i]))
			return quotes[i];
	return NULL;
}

/* The string that begins here with that quote, in the arena. */
static enum err
take_string(struct reader *r, const char *quote, const char **out)
{
	struct buf b;
	enum err rc;

	buf_init(&b, (size_t)(r->end - r->at) * 4 + 16);
	rc = read_string(r, quote, &b);
	*out = arena_strdup(r->arena, b.data);
	buf_clear(&b);
	return rc;
}

/* ---- keys ---- */

static enum err
read_key_part(struct reader *r, const char **out)
{
	const char *quote = quote_at(r);
	size_t len;

	if (quote != NULL)
		return quote[1] != '\0' ? refuse(r, "no key") :
		    take_string(r, quote, out);
	len = strspn(r->at, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	if (len == 0)
		return refuse(r, "no key; accepted: [section] and "
		    "name = value");
	*out = arena_strndup(r->arena, r->at, len);
	r->at += len;
	return ERR_OK;
}

/* "a.b" of a, b or "a" . b. */
static enum err
read_key(struct reader *r, const char **out)
{
	const char *part = "";
	enum err rc;

	*out = "";
	for (;;) {
		skip_blanks(r);
		if ((rc = read_key_part(r, &part)) != ERR_OK)
			return rc;
		*out = **out == '\0' ? part : arena_printf(r->arena, "%s.%s",
		    *out, part);
		skip_blanks(r);
		if (*r->at != '.')
			return ERR_OK;
		r->at++;
	}
}

static enum err
read_table(struct reader *r)
{
	const char *close = starts(r, "[[") ? "]]" : "]";
	const char *key;
	enum err rc;

	r->at += strlen(close);
	if ((rc = read_key(r, &key)) != ERR_OK)
		return rc;
	if (!starts(r, close))
		return refuse(r, "a [section] without its end");
	r->at += strlen(close);
	r->table = arena_printf(r->arena, "%s.", key);
	return end_of_line(r);
}

/* ---- values ---- */

/* Past an array, which no setting has, whatever is in it. */
static enum err
skip_nested(struct reader *r)
{
	const char *ignored, *quote;
	int depth = 0;
	enum err rc;

	do {
		if (r->at == r->end)
			return refuse(r, "an array or table without its end");
		if ((quote = quote_at(r)) != NULL) {
			if ((rc = take_string(r, quote, &ignored)) != ERR_OK)
				return rc;
			continue;
		}
		if (*r->at == '#') {
			skip_comment(r);
			continue;
		}
		if (skip_newline(r))
			continue;
		if (strchr("[{", *r->at) != NULL && ++depth > MAX_DEPTH)
			return refuse(r, "too deeply nested");
		depth -= strchr("]}", *r->at) != NULL;
		r->at++;
	} while (depth > 0);
	return ERR_OK;
}

/* The digits without their underscores, which stand between two of them. */
static bool
plain_digits(const char *s, char out[MAX_NUMBER])
{
	size_t n = 0;

	for (size_t i = 0; s[i] != '\0'; i++) {
		if (s[i] != '_')
			out[n++] = s[i];
		else if (i == 0 || !isxdigit((unsigned char)s[i - 1]) ||
		    !isxdigit((unsigned char)s[i + 1]))
			return false;
	}
	out[n] = '\0';
	return n > 0;
}

static int
base_of(const char *digits)
{
	static const struct { const char *prefix; int base; } bases[] = {
		{ "0x", 16 }, { "0o", 8 }, { "0b", 2 },
	};

	for (size_t i = 0; i < NELEM(bases); i++)
		if (strncmp(digits, bases[i].prefix, 2) == 0)
			return bases[i].base;
	return 10;
}

/* "1979-05-27" and "07:32:00" are no numbers, nor is 0123 or 1. */
static bool
has_number_form(const char *s)
{
	s += *s == '+' || *s == '-';
	if (!isdigit((unsigned char)*s) || (*s == '0' &&
	    isdigit((unsigned char)s[1])))
		return false;
	s += strspn(s, "0123456789");
	if (*s == '.') {
		if (!isdigit((unsigned char)*++s))
			return false;
		s += strspn(s, "0123456789");
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '+' || *s == '-';
		if (!isdigit((unsigned char)*s))
			return false;
		s += strspn(s, "0123456789");
	}
	return *s == '\0';
}

static enum err
read_number(struct reader *r, const char *word, struct toml_value *v)
{
	char digits[MAX_NUMBER], *end;
	int base;

	v->kind = TOML_OTHER;
	if (!plain_digits(word, digits))
		return ERR_OK;
	base = base_of(digits);
	errno = 0;
	if (base != 10 || (has_number_form(digits) &&
	    strpbrk(digits, ".eE") == NULL)) {
		v->whole = strtoll(digits + (base == 10 ? 0 : 2), &end, base);
		v->number = (double)v->whole;
		v->kind = *end == '\0' && isxdigit((unsigned char)end[-1])
		    ? TOML_INT : TOML_OTHER;
	} else if (has_number_form(digits)) {
		v->number = strtod(digits, &end);
		v->kind = TOML_REAL;
	}
	return errno == ERANGE ? refuse(r, "a number that is too big")
	    : ERR_OK;
}

/* What is neither quoted nor nested: true, 12, 1979-05-27 07:32:00. */
static enum err
read_word(struct reader *r, struct toml_value *v)
{
	size_t len = strcspn(r->at, "#,}\r\n");
	const char *word;

	while (len > 0 && strchr(" \t", r->at[len - 1]) != NULL)
		len--;
	if (len == 0)
		return refuse(r, "a key without a value");
	if (len >= MAX_NUMBER)
		return refuse(r, "no value; strings need their quotes");
	word = arena_strndup(r->arena, r->at, len);
	if (strspn(word, "0123456789abcdefABCDEFxoTtruelsinZz_:.+- ") != len)
		return refuse(r, "no value; strings need their quotes");
	r->at += len;
	v->truth = strcmp(word, "true") == 0;
	if (v->truth || strcmp(word, "false") == 0) {
		v->kind = TOML_BOOL;
		return ERR_OK;
	}
	if (strchr("0123456789+-", *word) == NULL && strcmp(word, "inf") != 0 &&
	    strcmp(word, "nan") != 0)
		return refuse(r, "no value; strings need their quotes");
	return read_number(r, word, v);
}

static enum err
read_value(struct reader *r, struct toml_value *v)
{
	const char *quote = quote_at(r);

	if (quote != NULL) {
		v->kind = TOML_STRING;
		return take_string(r, quote, &v->text);
	}
	if (*r->at == '[') {
		v->kind = TOML_OTHER;
		return skip_nested(r);
	}
	return read_word(r, v);
}

static enum err read_inline_table(struct reader *r, const char *table,
    int depth, toml_fn *each, void *arg);

static enum err
read_pair(struct reader *r, const char *table, int depth, toml_fn *each,
    void *arg)
{
	struct toml_value v = { .line = r->line, .text = "" };
	enum err rc;

	if ((rc = read_key(r, &v.key)) != ERR_OK)
		return rc;
	v.key = arena_printf(r->arena, "%s%s", table, v.key);
	if (*r->at != '=')
		return refuse(r, "a key without =; accepted: name = value");
	r->at++;
	skip_blanks(r);
	if (*r->at == '{')
		return read_inline_table(r, arena_printf(r->arena, "%s.",
		    v.key), depth + 1, each, arg);
	if ((rc = read_value(r, &v)) != ERR_OK)
		return rc;
	return each(arg, &v, r->e);
}

/* { a = 1, b = { c = 2 } }, in one line and without a comma at its end. */
static enum err
read_inline_table(struct reader *r, const char *table, int depth,
    toml_fn *each, void *arg)
{
	enum err rc;

	if (depth > MAX_DEPTH)
		return refuse(r, "too deeply nested");
	r->at++;
	skip_blanks(r);
	if (*r->at == '}') {
		r->at++;
		return ERR_OK;
	}
	for (;;) {
		if ((rc = read_pair(r, table, depth, each, arg)) != ERR_OK)
			return rc;
		skip_blanks(r);
		if (*r->at != ',')
			break;
		r->at++;
	}
	if (*r->at != '}')
		return refuse(r, "an inline table without its end");
	r->at++;
	return ERR_OK;
}

static enum err
read_line(struct reader *r, toml_fn *each, void *arg)
{
	enum err rc = read_pair(r, r->table, 0, each, arg);

	return rc != ERR_OK ? rc : end_of_line(r);
}

enum err
toml_read(const char *text, size_t len, const char *name, struct arena *a,
    toml_fn *each, void *arg, struct error *e)
{
	struct reader r = {
		.at = text, .end = text + len, .name = name, .line = 1,
		.arena = a, .table = "", .e = e,
	};
	enum err rc = ERR_OK;

	if (utf8_count(text, len) < 0 || memchr(text, '\0', len) != NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%s: it is no text in UTF-8", name);
	if (starts(&r, "\xef\xbb\xbf"))
		r.at += 3;
	while (r.at < r.end && rc == ERR_OK) {
		skip_blanks(&r);
		if (*r.at == '[')
			rc = read_table(&r);
		else if (*r.at == '\0' || strchr("#\r\n", *r.at) != NULL)
			rc = end_of_line(&r);
		else
			rc = read_line(&r, each, arg);
	}
	return rc;
}
