/* SPDX-License-Identifier: MIT */
/* text.c: what an upstream wrote, made fit for a log line or a client. */
#include "text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "json.h"
#include "provider.h"

#define TEXT_MAX	500
#define INPUT_MAX	8192	/* bytes that are looked at */
#define SECRET_MIN	4	/* a shorter key is no secret, and turns up anywhere */
#define QUOTED_MIN	12	/* shorter prompts turn up in any text */
#define PART_MIN	16	/* bytes of a secret's beginning that give it away, too */
#define MASK		"***"

/* ---- characters ---- */

size_t
text_character(const char *s, size_t len)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf5 ? 4 : 0;

	return n > 0 && n <= len && utf8_count(s, n) == 1 ? n : 0;
}

static uint32_t
code_point(const char *s, size_t n)
{
	uint32_t c = n == 1 ? (unsigned char)*s
	    : (unsigned char)*s & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/* C0, DEL, C1, and the marks that break, hide or reorder text. */
static bool
is_invisible(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad },
		{ 0x034f, 0x034f }, { 0x061c, 0x061c }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < NELEM(ranges); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* Only what can be seen, on one line, without two blanks in a row. */
static const char *
plain(struct arena *a, const char *s, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t used = 0, n;

	for (size_t i = 0; i < len; i += n > 0 ? n : 1) {
		n = text_character(s + i, len - i);
		if (s[i] != '\0' && strchr(" \t\r\n", s[i]) != NULL) {
			if (used > 0 && out[used - 1] != ' ')
				out[used++] = ' ';
		} else if (n > 0 && !is_invisible(code_point(s + i, n))) {
			memcpy(out + used, s + i, n);
			used += n;
		}
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return out;
}

/* ---- secrets ---- */

/* How much of the secret `s` begins with, in any case, if that is enough to give it away. */
static size_t
shown_of(const char *s, const char *secret)
{
	size_t n = 0, len = strlen(secret);

	while (n < len && tolower((unsigned char)s[n]) ==
	    tolower((unsigned char)secret[n]))
		n++;
	return n == len || n >= PART_MIN ? n : 0;
}

static const char *
mask(struct arena *a, const char *s, const char *secret)
{
	struct buf out;
	const char *copy;
	size_t n;

	buf_init(&out, strlen(MASK) * strlen(s) + 1);
	while (*s != '\0') {
		if ((n = shown_of(s, secret)) > 0)
			buf_puts(&out, MASK);
		else
			buf_append(&out, s, n = 1);
		s += n;
	}
	copy = arena_strdup(a, out.data);
	buf_clear(&out);
	return copy;
}

static const char *
cut(struct arena *a, const char *s)
{
	size_t n = strnlen(s, TEXT_MAX + 1);

	if (n > TEXT_MAX) {
		n = TEXT_MAX;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	while (n > 0 && s[n - 1] == ' ')
		n--;
	return n > 0 ? arena_strndup(a, s, n) : NULL;
}

/* What can be seen, without the secrets. */
static const char *
mask_all(struct arena *a, const char *s, size_t len,
    const char *const *secrets, size_t n)
{
	s = plain(a, s, len < INPUT_MAX ? len : INPUT_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *secret = secrets[i] == NULL ? "" :
		    plain(a, secrets[i], strlen(secrets[i]));

		if (strlen(secret) >= SECRET_MIN)
			s = mask(a, s, secret);
	}
	return s;
}

const char *
text_clean(struct arena *a, const char *s, size_t len,
    const char *const *secrets, size_t n)
{
	return cut(a, text_mask_words(a, mask_all(a, s, len, secrets, n)));
}

/* ---- of a call ---- */

static const char *
clean_for(const struct call_input *in, struct arena *a, const char *s,
    const char *prompt)
{
	const struct token *t = in->token;
	const char *const secrets[] = { t != NULL ? t->token : NULL,
	    t != NULL ? t->st : NULL, t != NULL ? t->rt : NULL,
	    prompt != NULL && strlen(prompt) >= QUOTED_MIN ? prompt : NULL };

	return s == NULL ? NULL : text_clean(a, s, strlen(s), secrets,
	    NELEM(secrets));
}

const char *
text_of_code(const struct call_input *in, struct arena *a, const char *s)
{
	const struct token *t = in->token;

	return s == NULL ? NULL : mask_all(a, s, strlen(s),
	    (const char *const []){ t->token, t->st, t->rt }, 3);
}

const char *
text_for_log(const struct call_input *in, struct arena *a, const char *s)
{
	return clean_for(in, a, s, in->task != NULL ? in->task->prompt : NULL);
}

/* Their own prompt is no secret to them. */
const char *
text_for_client(const struct call_input *in, struct arena *a, const char *s,
    bool policy)
{
	const char *text = clean_for(in, a, s, NULL);

	if (text == NULL || text_leaks(text))
		return NULL;
	return policy || text_is_about_content(text) ? text : NULL;
}
