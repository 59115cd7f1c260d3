/* SPDX-License-Identifier: MIT */
/* link.c: addresses that an upstream names. */
#include "link.h"

#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "xalloc.h"

#define LINK_MAX	8192

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

static bool
has_ascii_host(CURLU *url)
{
	char *host = part(url, CURLUPART_HOST, 0);
	bool has = host != NULL && is_printable(host);

	curl_free(host);
	return has;
}

/* Without the blanks around it. */
static const char *
trimmed(const char *link, struct arena *a)
{
	size_t len;

	link += strspn(link, " \t\r\n");
	len = strlen(link);
	while (len > 0 && strchr(" \t\r\n", link[len - 1]) != NULL)
		len--;
	return arena_strndup(a, link, len);
}

static bool
set(CURLU *url, const char *base, const char *link)
{
	if (base != NULL &&
	    curl_url_set(url, CURLUPART_URL, base, 0) != CURLUE_OK)
		return false;
	return curl_url_set(url, CURLUPART_URL, link, CURLU_URLENCODE |
	    CURLU_DISALLOW_USER) == CURLUE_OK && is_http(url) &&
	    has_ascii_host(url);
}

const char *
link_resolve(const char *base, const char *link, struct arena *a)
{
	CURLU *u = xmade(curl_url());
	const char *copy = NULL;
	char *text = NULL;

	link = trimmed(link, a);
	if (*link != '\0' && strlen(link) <= LINK_MAX && set(u, base, link))
		text = part(u, CURLUPART_URL, 0);
	if (text != NULL && strlen(text) <= LINK_MAX && is_printable(text))
		copy = arena_strdup(a, text);
	curl_free(text);
	curl_url_cleanup(u);
	return copy;
}

const char *
link_escape(const char *s, struct arena *a)
{
	char *text = xmade(curl_easy_escape(NULL, s, 0));
	const char *copy = arena_strdup(a, text);

	curl_free(text);
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
link_same_origin(const char *one, const char *other)
{
	CURLU *a = xmade(curl_url()), *b = xmade(curl_url());
	bool same;

	same = curl_url_set(a, CURLUPART_URL, one, 0) == CURLUE_OK &&
	    curl_url_set(b, CURLUPART_URL, other, 0) == CURLUE_OK &&
	    same_part(a, b, CURLUPART_SCHEME, 0) &&
	    same_part(a, b, CURLUPART_HOST, 0) &&
	    same_part(a, b, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	curl_url_cleanup(a);
	curl_url_cleanup(b);
	return same;
}
