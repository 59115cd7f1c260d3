/* SPDX-License-Identifier: MIT */
/* text_words.c: words of a text that are, or may be, credentials. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "text.h"

#define MASK		"***"
#define NAME_MAX	64
/* No identifier of an upstream is as long; access and refresh tokens are longer. */
#define LONG_MIN	40
#define MARKED_MIN	10
#define VALUE_MIN	6
#define BETWEEN		" \"'`<>()[]{},;|"
#define LONG_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789-_.+/=~%"

/* What the word before says of this one. */
enum hint { HINT_NONE, HINT_BEARER, HINT_SECRET, HINT_KEY };

static bool
has_any(const char *name, const char *const *some, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(name, some[i]) != NULL)
			return true;
	return false;
}

/* What a value has that is called so. */
static enum hint
hint_of(const char *word, size_t len)
{
	static const char *const secret[] = { "passw", "pwd", "secret",
	    "cookie", "credential", "authorization", "signature" };
	static const char *const key[] = { "key", "token", "auth", "session",
	    "sig" };
	char name[NAME_MAX] = "";

	memcpy(name, word, len < NAME_MAX - 1 ? len : NAME_MAX - 1);
	if (strcasecmp(name, "bearer") == 0)
		return HINT_BEARER;
	return has_any(name, secret, NELEM(secret)) ? HINT_SECRET
	    : has_any(name, key, NELEM(key)) ? HINT_KEY : HINT_NONE;
}

static bool
has_digit(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (isdigit((unsigned char)s[i]))
			return true;
	return false;
}

/* A cut JSON Web Token, an OAuth token or a key. */
static bool
is_marked(const char *s, size_t len)
{
	return len >= MARKED_MIN && (memcmp(s, "eyJ", 3) == 0 ||
	    memcmp(s, "rt_", 3) == 0 || memcmp(s, "sk-", 3) == 0 ||
	    memcmp(s, "sk_", 3) == 0);
}

/* How many of `len` bytes stand before the first of `some`. */
static size_t
length_before(const char *s, size_t len, const char *some)
{
	size_t n = 0;

	while (n < len && strchr(some, s[n]) == NULL)
		n++;
	return n;
}

static void
put_part(struct buf *out, const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t n = strspn(s + i, LONG_CHARS);

		n = n < len - i ? n : len - i;
		if (n >= LONG_MIN)
			buf_puts(out, MASK);
		else
			buf_append(out, s + i, n);
		i += n;
		if (i < len)
			buf_append(out, s + i++, 1);
	}
}

/* Up to a part that is marked as a credential, wherever in the word that begins. */
static void
put_parts(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_marked(s + i, len - i) ||
		    (i > 0 && isalnum((unsigned char)s[i - 1])))
			continue;
		put_part(out, s, i);
		buf_puts(out, MASK);
		return;
	}
	put_part(out, s, len);
}

/* An address ends before its query and its fragment; who asks is left out. */
static void
put_address(struct buf *out, const char *s, size_t scheme, size_t len)
{
	size_t n = scheme + length_before(s + scheme, len - scheme, "?#");
	size_t host = scheme + length_before(s + scheme, n - scheme, "/");
	const char *at;

	put_part(out, s, scheme);
	at = memrchr(s + scheme, '@', host - scheme);
	if (at != NULL) {
		buf_puts(out, MASK "@");
		scheme = (size_t)(at + 1 - s);
	}
	put_parts(out, s + scheme, n - scheme);
}

/* Whether such a name makes the value a secret. */
static bool
is_value(enum hint hint, const char *s, size_t len)
{
	return hint == HINT_BEARER || hint == HINT_SECRET ||
	    (hint == HINT_KEY && len >= VALUE_MIN && has_digit(s, len));
}

static void
put_word(struct buf *out, const char *s, size_t len)
{
	const char *scheme = memmem(s, len, "://", 3);
	size_t name = length_before(s, len, "=:") + 1;	/* "name=", "name:" */

	if (scheme != NULL) {
		put_address(out, s, (size_t)(scheme + 3 - s), len);
	} else if (name < len &&
	    is_value(hint_of(s, name - 1), s + name, len - name)) {
		buf_append(out, s, name);
		buf_puts(out, MASK);
	} else {
		put_parts(out, s, len);
	}
}

/* "Authorization: Basic dXNlcjpwYXNz" */
static bool
is_basic(enum hint hint, const char *s, size_t len)
{
	return hint == HINT_SECRET && len == 5 &&
	    strncasecmp(s, "basic", 5) == 0;
}

struct scan {
	enum hint	 hint;		/* of the name that was read */
	bool		 sign;		/* ":" or "=" was read behind it */
	struct buf	 out;
};

static void
scan_word(struct scan *scan, const char *s, size_t len)
{
	bool sign = s[len - 1] == ':' || s[len - 1] == '=';

	if (len == 1 && sign) {
		buf_append(&scan->out, s, len);
		scan->sign = true;
	} else if (is_basic(scan->hint, s, len)) {
		buf_append(&scan->out, s, len);
		scan->hint = HINT_BEARER;
	} else if ((scan->sign || scan->hint == HINT_BEARER) &&
	    strncasecmp(s, "bearer", len) != 0 &&
	    is_value(scan->hint, s, len)) {
		buf_puts(&scan->out, MASK);
		scan->hint = HINT_NONE;
	} else {
		scan->sign = sign;
		scan->hint = hint_of(s, len - sign);
		put_word(&scan->out, s, len);
	}
}

const char *
text_mask_words(struct arena *a, const char *s)
{
	struct scan scan = { .hint = HINT_NONE };
	const char *copy;

	buf_init(&scan.out, strlen(MASK) * strlen(s) + 1);
	while (*s != '\0') {
		size_t len = strcspn(s, BETWEEN);

		if (len == 0)
			buf_append(&scan.out, s++, 1);
		else
			scan_word(&scan, s, len);
		s += len;
	}
	copy = arena_strdup(a, scan.out.data);
	buf_clear(&scan.out);
	return copy;
}
