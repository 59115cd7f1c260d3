/* SPDX-License-Identifier: MIT */
/* options_url.c: where a server is. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "arena.h"
#include "options.h"

#define MAX_URL		2048
#define MAX_HOST	253

/* RFC 3986: what may be in a host, and behind it. */
#define HOST_CHARS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"
#define PATH_CHARS	HOST_CHARS "/~!$&'()*+,;=:@%"

static enum err
bad(struct error *e, const char *what)
{
	return error_set(e, ERR_INVALID_VALUE, "base_url", "'base_url' %s",
	    what);
}

/* The text behind the scheme; NULL: it is another one. */
static const char *
read_scheme(const char *url, bool *https)
{
	*https = strncasecmp(url, "https://", 8) == 0;
	if (*https)
		return url + 8;
	return strncasecmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

/* The end of host name or bracketed IPv6 address; NULL: there is none. */
static const char *
skip_host(const char *s)
{
	size_t n;

	if (*s == '[') {
		n = strspn(s + 1, "0123456789abcdefABCDEF:.");
		return n > 0 && s[1 + n] == ']' ? s + n + 2 : NULL;
	}
	n = strspn(s, HOST_CHARS);
	return n <= MAX_HOST && strspn(s, ".") < n ? s + n : NULL;
}

/* Whether ":port" or nothing is there. */
static bool
skip_port(const char **s)
{
	const char *digits = *s + 1;
	long port = 0;
	size_t n;

	if (**s != ':')
		return true;
	n = strspn(digits, "0123456789");
	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++)
		port = port * 10 + (digits[i] - '0');
	*s = digits + n;
	return port >= 1 && port <= 65535;
}

static bool
is_local_name(const char *host)
{
	size_t len = strlen(host);

	if (len < 9 || strncasecmp(host + len - 9, "localhost", 9) != 0)
		return false;
	return len == 9 || host[len - 10] == '.';
}

/* Forms such as 127.1 or 0x7f.1 are addresses to resolvers, too. */
static bool
is_numeric(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last == NULL ? host : last + 1;
	return isdigit((unsigned char)*last) != 0;
}

/* Ignores the dot at the end of a fully qualified name. */
static const char *
without_dots(const char *host, struct arena *a)
{
	size_t len = strlen(host);

	while (len > 0 && host[len - 1] == '.')
		len--;
	return arena_strndup(a, host, len);
}

/* For literal addresses only; a host name is checked when it is resolved. */
static bool
is_private(const char *host, struct arena *a)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (*host == '[') {
		host = arena_strndup(a, host + 1, strlen(host) - 2);
		return inet_pton(AF_INET6, host, &v6.sin6_addr) != 1 ||
		    !address_is_global((struct sockaddr *)(void *)&v6);
	}
	host = without_dots(host, a);
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
		return !address_is_global(
		    (struct sockaddr *)(void *)&v4);
	return is_local_name(host) || is_numeric(host);
}

static enum err
check_reach(bool https, const char *host, bool allow_private,
    struct arena *a, struct error *e)
{
	if (allow_private)
		return ERR_OK;
	if (!https)
		return bad(e, "must begin with https://; http:// is accepted "
		    "only with the option allow_private");
	if (is_private(host, a))
		return bad(e, "names a private address; that is accepted only "
		    "with the option allow_private");
	return ERR_OK;
}

static const char *
lower(const char *s, size_t len, struct arena *a)
{
	char *copy = arena_strndup(a, s, len);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return copy;
}

enum err
openai_options_url(const char *url, bool allow_private, struct arena *a,
    const char **out, struct error *e)
{
	const char *host, *end, *path;
	size_t len;
	bool https;
	enum err rc;

	if (url == NULL || *url == '\0')
		return error_set(e, ERR_MISSING, "base_url",
		    "Missing required field: base_url");
	if (strlen(url) > MAX_URL)
		return bad(e, "must have at most 2048 characters");
	if ((host = read_scheme(url, &https)) == NULL)
		return bad(e, "must begin with https:// or http://");
	if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
		return bad(e, "must not hold a user or a password");
	if ((end = skip_host(host)) == NULL)
		return bad(e, "must name a host, in ASCII");
	path = end;
	if (!skip_port(&path))
		return bad(e, "must have a port of 1 to 65535, or none");
	if (*path != '\0' && (*path != '/' ||
	    path[strspn(path, PATH_CHARS)] != '\0'))
		return bad(e, "must be an address without query and fragment, "
		    "such as https://host:8000/v1");
	host = lower(host, (size_t)(end - host), a);
	if ((rc = check_reach(https, host, allow_private, a, e)) != ERR_OK)
		return rc;
	for (len = strlen(path); len > 0 && path[len - 1] == '/'; len--)
		continue;
	*out = arena_printf(a, "%s://%s%.*s%.*s", https ? "https" : "http",
	    host, (int)(path - end), end, len > 0 ? (int)len : 3,
	    len > 0 ? path : "/v1");
	return ERR_OK;
}
