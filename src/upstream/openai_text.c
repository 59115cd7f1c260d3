/* openai_text.c: what a server wrote, without what nobody else may read. */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "buf.h"
#include "openai.h"
#include "text.h"

#define MOST	4096		/* bytes of a message that are looked at */
#define KEY_MIN	4		/* a shorter key is no secret, and turns up anywhere */

/* The end of the word at `s`. */
static size_t
word_length(const char *s)
{
	return strcspn(s, " \t\r\n\"'<>()[]{},;");
}

/* A URL ends before its query and its fragment. */
static size_t
shown_length(const char *word, size_t len)
{
	const char *scheme = strstr(word, "://");
	size_t n;

	if (scheme == NULL || (size_t)(scheme - word) >= len)
		return len;
	n = strcspn(word, "?#");
	return n < len ? n : len;
}

static void
put_word(struct buf *out, const char *word, size_t len, const char *key)
{
	const char *at = key == NULL ? NULL : strstr(word, key);
	size_t before;

	if (at == NULL || (size_t)(at - word) + strlen(key) > len) {
		buf_append(out, word, shown_length(word, len));
		return;
	}
	before = (size_t)(at - word);
	buf_append(out, word, before);
	buf_puts(out, "***");
	len -= before + strlen(key);
	buf_append(out, at + strlen(key), shown_length(at + strlen(key), len));
}

/* The words of `s`, those behind "Bearer" excepted. */
static void
put_words(struct buf *out, const char *s, const char *key)
{
	bool bearer = false;

	while (*s != '\0') {
		size_t len = word_length(s);

		if (len == 0) {
			buf_append(out, s++, 1);
			continue;
		}
		if (bearer)
			buf_puts(out, "***");
		else
			put_word(out, s, len, key);
		bearer = len == 6 && strncasecmp(s, "bearer", 6) == 0;
		s += len;
	}
}

const char *
openai_clean(const struct openai_answer *ans, const char *s)
{
	const char *key = ans->in->token->token, *text;
	struct buf out;

	if (s == NULL)
		return NULL;
	if (key != NULL && strlen(key) < KEY_MIN)
		key = NULL;
	buf_init(&out, 2 * MOST);
	put_words(&out, arena_strndup(ans->a, s, strnlen(s, MOST)), key);
	text = text_clean(ans->a, out.data, out.len);
	buf_clear(&out);
	return text;
}
