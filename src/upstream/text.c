/* text.c: what an upstream wrote, made fit for a log line or a client. */
#include "text.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "json.h"

#define TEXT_MAX	500
/* No identifier of an upstream is as long; access and refresh tokens are longer. */
#define SECRET_MIN	40
#define SECRET_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789-_.+/=~"

/* The bytes of the well-formed character at `s` (RFC 3629); 0 when there is none. */
static size_t
char_length(const char *s, size_t len)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 :
	    c < 0xf5 ? 4 : 0;

	return n > 0 && n <= len && utf8_count(s, n) == 1 ? n : 0;
}

/* C0, DEL, C1, and the marks that break or reorder lines. */
static bool
is_control(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;

	if (n == 1)
		return c < 0x20 || c == 0x7f;
	if (n == 2)
		return c == 0xc2 && (unsigned char)s[1] < 0xa0;
	return n == 3 && (memcmp(s, "\xe2\x80\xa8", 3) == 0 ||
	    memcmp(s, "\xe2\x80\xa9", 3) == 0 ||
	    memcmp(s, "\xe2\x80\xae", 3) == 0);
}

/* The length of a word at `s` that may be a credential, else 0. */
static size_t
secret_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] != '\0' && strchr(SECRET_CHARS, s[n]) != NULL)
		n++;
	if (n >= SECRET_MIN)
		return n;
	/* a cut JSON Web Token, an OAuth token or a key */
	if (n >= 10 && (memcmp(s, "eyJ", 3) == 0 ||
	    memcmp(s, "rt_", 3) == 0 || memcmp(s, "sk-", 3) == 0))
		return n;
	return 0;
}

const char *
text_clean(struct arena *a, const char *s, size_t len)
{
	char line[TEXT_MAX + 1];
	const char *end = s + len;
	bool word = false;		/* the one before belonged to a word */
	size_t used = 0, n;

	for (; s < end; s += n > 0 ? n : 1) {
		bool blank = *s == ' ' || *s == '\n' || *s == '\t';

		n = word ? 0 : secret_length(s, (size_t)(end - s));
		if (n > 0) {
			if (used + 3 > TEXT_MAX)
				break;
			memcpy(line + used, "***", 3);
			used += 3;
			continue;
		}
		n = char_length(s, (size_t)(end - s));
		if (blank) {
			word = false;
			if (used > 0 && used < TEXT_MAX && line[used - 1] != ' ')
				line[used++] = ' ';
		} else if (n > 0 && !is_control(s, n)) {
			if (used + n > TEXT_MAX)
				break;
			word = strchr(SECRET_CHARS, *s) != NULL;
			memcpy(line + used, s, n);
			used += n;
		}
	}
	while (used > 0 && line[used - 1] == ' ')
		used--;
	return used > 0 ? arena_strndup(a, line, used) : NULL;
}
