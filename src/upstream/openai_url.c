/* openai_url.c: addresses of a server, and what it says is one. */
#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "openai.h"

#define URL_MAX	8192

const char *
openai_address(const struct backend *b, struct arena *a, const char *path)
{
	return arena_printf(a, "%s%s", b->base_url, path);
}

const char *
openai_segment(const char *s, struct arena *a)
{
	const char *copy;
	char *text;

	if (s == NULL || *s == '\0' || strcmp(s, ".") == 0 ||
	    strcmp(s, "..") == 0)
		return NULL;
	if ((text = curl_easy_escape(NULL, s, 0)) == NULL)
		fatal("out of memory");
	copy = arena_strdup(a, text);
	curl_free(text);
	return copy;
}

static char *
part(CURLU *url, CURLUPart what, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(url, what, &text, flags) == CURLUE_OK ? text
	    : NULL;
}

static bool
is_http(CURLU *url)
{
	char *scheme = part(url, CURLUPART_SCHEME, 0);
	bool is = scheme != NULL && (strcmp(scheme, "https") == 0 ||
	    strcmp(scheme, "http") == 0);

	curl_free(scheme);
	return is;
}

/* Only what can stand in a request line. */
static bool
is_printable(const char *s)
{
	while ((unsigned char)*s > ' ' && (unsigned char)*s < 0x7f)
		s++;
	return *s == '\0';
}

const char *
openai_resolve(const char *base, const char *url, struct arena *a)
{
	CURLU *u = curl_url();
	const char *copy = NULL;
	char *text = NULL;

	if (u == NULL)
		fatal("out of memory");
	if (strlen(url) <= URL_MAX && is_printable(url) &&
	    curl_url_set(u, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER)
	    == CURLUE_OK && is_http(u))
		text = part(u, CURLUPART_URL, 0);
	if (text != NULL && strlen(text) <= URL_MAX)
		copy = arena_strdup(a, text);
	curl_free(text);
	curl_url_cleanup(u);
	return copy;
}

static bool
same_part(CURLU *one, CURLU *other, CURLUPart what, unsigned flags)
{
	char *a = part(one, what, flags), *b = part(other, what, flags);
	bool same = a != NULL && b != NULL && strcasecmp(a, b) == 0;

	curl_free(a);
	curl_free(b);
	return same;
}

bool
openai_same_origin(const char *one, const char *other)
{
	CURLU *a = curl_url(), *b = curl_url();
	bool same;

	if (a == NULL || b == NULL)
		fatal("out of memory");
	same = curl_url_set(a, CURLUPART_URL, one, 0) == CURLUE_OK &&
	    curl_url_set(b, CURLUPART_URL, other, 0) == CURLUE_OK &&
	    same_part(a, b, CURLUPART_SCHEME, 0) &&
	    same_part(a, b, CURLUPART_HOST, 0) &&
	    same_part(a, b, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	curl_url_cleanup(a);
	curl_url_cleanup(b);
	return same;
}
