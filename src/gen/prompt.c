/* SPDX-License-Identifier: MIT */
/* prompt.c: shots, remix links and mentions inside a prompt. */
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "blank.h"
#include "buf.h"

#define DIGITS		"0123456789"
#define HEX		DIGITS "abcdef"
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define WORD		LETTERS DIGITS "_"
#define NAME		LETTERS DIGITS "._-"
#define HOST		LETTERS DIGITS ".-:"
#define BLANKS		" \t\r\n\v\f"
/* What may follow a link's path; quotes, brackets and other scripts end it. */
#define URL_TAIL	LETTERS DIGITS "-._~!$&*+,;=:@/?#%"
#define SENTENCE_END	".,;:!?"

#define POST_LEN	34	/* "s_" and 32 hex digits */
#define MENTIONS_MAX	100

struct span {
	const char	*start;
	const char	*end;
};

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static const char *
trimmed(struct span s, struct arena *a)
{
	return blank_trim(arena_strndup(a, s.start, (size_t)(s.end - s.start)),
	    a);
}

/* The length of the mark that begins at `s`; 0: there is none. */
static size_t
mark_length(const char *s)
{
	size_t n, fraction;

	if (*s != '[' || (n = strspn(s + 1, DIGITS)) == 0)
		return 0;
	n++;
	if (s[n] == '.') {
		if ((fraction = strspn(s + n + 1, DIGITS)) == 0)
			return 0;
		n += 1 + fraction;
	}
	return s[n] == 's' && s[n + 1] == ']' ? n + 2 : 0;
}

/* The next mark from `s` on; false, and an empty span at the text's end, without one. */
static bool
next_mark(const char *s, struct span *mark)
{
	for (; *s != '\0'; s++) {
		size_t len;

		s += strcspn(s, "[");
		if ((len = mark_length(s)) > 0) {
			*mark = (struct span){ s, s + len };
			return true;
		}
		if (*s == '\0')
			break;
	}
	*mark = (struct span){ s, s };
	return false;
}

bool
prompt_is_storyboard(const char *prompt)
{
	struct span mark;

	return next_mark(prompt, &mark);
}

static size_t
count_marks(const char *prompt)
{
	struct span mark = { prompt, prompt };
	size_t n = 0;

	while (next_mark(mark.end, &mark))
		n++;
	return n;
}

enum err
prompt_storyboard(const char *prompt, struct arena *a, struct storyboard *out,
    struct error *e)
{
	struct span mark, next;
	bool more = next_mark(prompt, &mark);

	out->instructions = trimmed((struct span){ prompt, mark.start }, a);
	out->shots = arena_array(a, count_marks(prompt), sizeof(*out->shots));
	out->n_shots = 0;
	for (; more; mark = next) {
		struct shot *shot = &out->shots[out->n_shots++];

		more = next_mark(mark.end, &next);
		shot->seconds_text = arena_strndup(a, mark.start + 1,
		    (size_t)(mark.end - mark.start) - strlen("[s]"));
		shot->seconds = strtod(shot->seconds_text, NULL);
		shot->text = trimmed((struct span){ mark.end, next.start }, a);
		if (*shot->text == '\0')
			return error_set(e, ERR_INVALID_VALUE, "prompt",
			    "Shot %zu of the storyboard has no text",
			    out->n_shots);
	}
	return ERR_OK;
}

const char *
prompt_format_storyboard(const struct storyboard *s, struct arena *a)
{
	const char *copy;
	struct buf b;

	buf_init(&b, (size_t)-1 / 4);	/* the request's own limit is far below */
	buf_puts(&b, "current timeline:\n");
	for (size_t i = 0; i < s->n_shots; i++)
		buf_printf(&b, "%sShot %zu:\nduration: %ssec\nScene: %s",
		    i > 0 ? "\n\n" : "", i + 1, s->shots[i].seconds_text,
		    s->shots[i].text);
	if (*s->instructions != '\0')
		buf_printf(&b, "\n\ninstructions:\n%s", s->instructions);
	copy = arena_strndup(a, b.data, b.len);
	buf_clear(&b);
	return copy;
}

/* The next post id at or after `s`; more digits than 32 make another word. */
static bool
next_post(const char *s, struct span *post)
{
	for (; (s = strstr(s, "s_")) != NULL; s++)
		if (strspn(s + 2, HEX) == POST_LEN - 2) {
			*post = (struct span){ s, s + POST_LEN };
			return true;
		}
	return false;
}

const char *
prompt_find_post(const char *text, struct arena *a)
{
	struct span post;

	return next_post(text, &post) ?
	    arena_strndup(a, post.start, POST_LEN) : NULL;
}

/* `s` without `suffix` if that ends the text between `floor` and `s`, else `s`. */
static const char *
before(const char *floor, const char *s, const char *suffix)
{
	size_t len = strlen(suffix);

	if ((size_t)(s - floor) < len || strncasecmp(s - len, suffix, len) != 0)
		return s;
	return s - len;
}

/* The link "[http[s]://]host/p/<post>[?tail]" around a post, not before `floor`; else the post. */
static struct span
link_around(const char *floor, struct span post)
{
	const char *path = before(floor, post.start, "/p/");
	const char *host = path, *scheme;

	if (path == post.start)
		return post;
	while (host > floor && is_one_of(host[-1], HOST))
		host--;
	if (host == path)
		return post;
	if ((scheme = before(floor, host, "https://")) == host)
		scheme = before(floor, host, "http://");
	post.start = scheme;
	if (is_one_of(*post.end, "?#/")) {
		post.end += strspn(post.end, URL_TAIL);
		while (is_one_of(post.end[-1], SENTENCE_END))
			post.end--;
	}
	return post;
}

/* Appends with runs of blanks as one, and none at the start. */
static char *
append_words(const char *start, char *out, struct span s)
{
	for (; s.start < s.end; s.start++) {
		if (!is_one_of(*s.start, BLANKS))
			*out++ = *s.start;
		else if (out > start && out[-1] != ' ')
			*out++ = ' ';
	}
	return out;
}

const char *
prompt_remove_posts(const char *text, struct arena *a)
{
	char *copy = arena_alloc(a, strlen(text) + 1);
	const char *rest = text;
	char *end = copy;
	struct span post;

	while (next_post(rest, &post)) {
		post = link_around(rest, post);
		end = append_words(copy, end, (struct span){ rest, post.start });
		rest = post.end;
		/* a blank replaces what was cut out, so that the rest cannot form another id */
		if (end > copy && is_one_of(end[-1], WORD) &&
		    is_one_of(*rest, WORD))
			*end++ = ' ';
	}
	end = append_words(copy, end, (struct span){ rest, rest + strlen(rest) });
	*end = '\0';
	return blank_trim(copy, a);
}

static bool
is_known(const char *const *names, size_t n, struct span name)
{
	size_t len = (size_t)(name.end - name.start);

	for (size_t i = 0; i < n; i++)
		if (strncmp(names[i], name.start, len) == 0 &&
		    names[i][len] == '\0')
			return true;
	return false;
}

size_t
prompt_mentions(const char *prompt, struct arena *a, const char ***names)
{
	struct span name = { prompt, prompt };
	size_t n = 0;

	*names = arena_array(a, MENTIONS_MAX, sizeof(**names));
	while (n < MENTIONS_MAX && (name.start = strchr(name.end, '@')) != NULL) {
		bool bounded = name.start == prompt ||
		    !is_one_of(name.start[-1], NAME);

		name.start++;
		name.end = name.start + strspn(name.start, NAME);
		if (bounded && name.end > name.start &&
		    !is_known(*names, n, name))
			(*names)[n++] = arena_strndup(a, name.start,
			    (size_t)(name.end - name.start));
	}
	return n;
}
