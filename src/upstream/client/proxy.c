/* SPDX-License-Identifier: MIT */
/* proxy.c: the ways to write a proxy, and the one that libcurl reads. */
#include "proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "link.h"
#include "number.h"
#include "settings.h"
#include "token.h"
#include "xalloc.h"

#define TEXT_MAX	2048
#define HOST_MAX	253
#define WORD_MAX	255		/* of a user or a password: RFC 1929, section 2 */
#define HOST_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789-._"

struct proxy {
	const char	*scheme;
	const char	*host;
	int		 port;
	const char	*user;		/* literal; NULL: none */
	const char	*password;	/* literal; NULL: none */
};

static const char *const schemes[] = { "http", "https", "socks5", "socks5h" };

/* ---- host and port ---- */

/* The address in brackets, as RFC 5952 writes it; NULL when it is none. */
static const char *
address6(const char *s, size_t len, struct arena *a)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (len <= 2 || s[0] != '[' || s[len - 1] != ']' ||
	    inet_pton(AF_INET6, arena_strndup(a, s + 1, len - 2), &address) != 1)
		return NULL;
	(void)inet_ntop(AF_INET6, &address, text, sizeof(text));
	return arena_printf(a, "[%s]", text);
}

/*
 * libcurl takes any name that ends in a number for an IPv4 address, and reads
 * 010.1 as 8.0.0.1: here it has four decimal numbers or is none.
 */
static bool
is_odd_address4(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *last = dot != NULL ? dot + 1 : name;
	struct in_addr address;

	return (strspn(last, "0123456789") == strlen(last) ||
	    strncasecmp(last, "0x", 2) == 0) &&
	    inet_pton(AF_INET, name, &address) != 1;
}

static bool
is_name(const char *s, size_t len, struct arena *a)
{
	return len > 0 && len <= HOST_MAX && strspn(s, HOST_CHARS) >= len &&
	    isalnum((unsigned char)s[0]) != 0 &&
	    isalnum((unsigned char)s[len - 1]) != 0 &&
	    !is_odd_address4(arena_strndup(a, s, len));
}

static bool
read_host(const char *s, size_t len, struct arena *a, struct proxy *p)
{
	char *host;

	if ((p->host = address6(s, len, a)) != NULL)
		return true;
	if (!is_name(s, len, a))
		return false;
	host = arena_strndup(a, s, len);
	for (char *c = host; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	p->host = host;
	return true;
}

/* At most five digits; what follows them comes back, NULL when there are none. */
static const char *
read_port(const char *s, struct proxy *p)
{
	size_t len = strspn(s, "0123456789");
	int64_t port;

	if (len > 5 || !number_read_n(s, len, 1, 65535, &port))
		return NULL;
	p->port = (int)port;
	return s + len;
}

/* A slash may end a URL. */
static bool
is_end(const char *s)
{
	return *s == '\0' || strcmp(s, "/") == 0;
}

/* host:port; what follows comes back, NULL when it is something else. */
static const char *
read_host_port(const char *s, struct arena *a, struct proxy *p)
{
	size_t len;

	if (*s == '[')
		len = strcspn(s, "]") + 1;
	else
		len = strcspn(s, ":");
	if (len >= strlen(s) || s[len] != ':' || !read_host(s, len, a, p))
		return NULL;
	return read_port(s + len + 1, p);
}

/* ---- user and password ---- */

static bool
is_word(const char *s)
{
	size_t len = 0;

	for (; s[len] != '\0'; len++)
		if ((unsigned char)s[len] < ' ' || s[len] == 0x7f)
			return false;
	return len <= WORD_MAX;
}

/* Without the percent-encoding (RFC 3986, section 2.1); NULL when a NUL is in it. */
static const char *
decoded(const char *s, size_t len, struct arena *a)
{
	int n = 0;
	char *text = xmade(curl_easy_unescape(NULL,
	    arena_strndup(a, s, len), 0, &n));
	const char *copy;

	copy = strlen(text) == (size_t)n ? arena_strndup(a, text, (size_t)n) :
	    NULL;
	curl_free(text);
	return copy;
}

/* ---- the forms ---- */

/* user[:password]@host:port */
static bool
read_at(const char *s, struct arena *a, struct proxy *p)
{
	const char *at = strrchr(s, '@'), *end;
	size_t user;

	if (at == NULL || (end = read_host_port(at + 1, a, p)) == NULL ||
	    !is_end(end))
		return false;
	user = strcspn(s, ":@");
	if (user == 0 || (p->user = decoded(s, user, a)) == NULL ||
	    !is_word(p->user))
		return false;
	p->password = NULL;
	if (s[user] == ':' && s + user < at &&
	    ((p->password = decoded(s + user + 1,
	    (size_t)(at - s) - user - 1, a)) == NULL || !is_word(p->password)))
		return false;
	return s[user] == ':' || s + user == at;
}

/* host:port[:user:password]; only the user has no colons. */
static bool
read_colons(const char *s, struct arena *a, struct proxy *p)
{
	const char *end = read_host_port(s, a, p), *colon;

	p->user = p->password = NULL;
	if (end == NULL || is_end(end))
		return end != NULL;
	if (*end != ':' || (colon = strchr(end + 1, ':')) == NULL ||
	    colon == end + 1)
		return false;
	p->user = arena_strndup(a, end + 1, (size_t)(colon - end - 1));
	p->password = arena_strdup(a, colon + 1);
	return is_word(p->user) && is_word(p->password);
}

/* false: there is one that no proxy of ours has. */
static bool
skip_scheme(const char **s, struct proxy *p)
{
	const char *other = strstr(*s, "://");

	for (size_t i = 0; i < NELEM(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (strncasecmp(*s, schemes[i], len) != 0 ||
		    strncmp(*s + len, "://", 3) != 0)
			continue;
		p->scheme = schemes[i];
		*s += len + 3;
		return true;
	}
	return other == NULL || strcspn(*s, ":") < (size_t)(other - *s);
}

/* Without blanks around it. */
static const char *
trimmed(const char *text, struct arena *a)
{
	const char *s = text + strspn(text, " \t\r\n");
	size_t len = strlen(s);

	while (len > 0 && strchr(" \t\r\n", s[len - 1]) != NULL)
		len--;
	return arena_strndup(a, s, len);
}

static bool
read_proxy(const char *text, struct arena *a, struct proxy *p)
{
	const char *s;

	*p = (struct proxy){ .scheme = "http" };
	if (text == NULL || strlen(text) > TEXT_MAX)
		return false;
	s = trimmed(text, a);
	if (strncasecmp(s, "st5", 3) == 0 && (s[3] == ' ' || s[3] == '\t')) {
		p->scheme = "socks5";
		return read_colons(s + 3 + strspn(s + 3, " \t"), a, p);
	}
	return skip_scheme(&s, p) && (read_at(s, a, p) || read_colons(s, a, p));
}

static const char *
format(const struct proxy *p, const char *user, struct arena *a)
{
	return arena_printf(a, "%s://%s%s%s:%d", p->scheme, user,
	    *user != '\0' ? "@" : "", p->host, p->port);
}

enum err
proxy_parse(const char *text, const char *param, struct arena *a,
    const char **url, struct error *e)
{
	const char *user = "";
	struct proxy p;

	if (!read_proxy(text, a, &p))
		return error_set(e, ERR_INVALID_VALUE, param,
		    "not a proxy: accepted are scheme://[user:password@]"
		    "host:port and [scheme://]host:port[:user:password] with "
		    "http, https, socks5 or socks5h");
	if (p.user != NULL)
		user = link_escape(p.user, a);
	if (p.password != NULL)
		user = arena_printf(a, "%s:%s", user, link_escape(p.password, a));
	*url = format(&p, user, a);
	return ERR_OK;
}

const char *
proxy_mask(const char *text, struct arena *a)
{
	struct proxy p;

	if (!read_proxy(text, a, &p))
		return "***";
	return format(&p, p.user != NULL ? "***" : "", a);
}

/* ---- choosing ---- */

static const char *
normal(const char *text, struct arena *a)
{
	const char *url;
	struct error ignored;

	return proxy_parse(text, NULL, a, &url, &ignored) == ERR_OK ? url :
	    arena_strdup(a, text);
}

static bool
is_set(const char *s)
{
	return s != NULL && *s != '\0';
}

const char *
proxy_choose(const struct settings *s, const struct token *token,
    struct proxy_pool *pool, struct arena *a)
{
	const char *url;

	if (token != NULL && is_set(token->proxy_url))
		return normal(token->proxy_url, a);
	if (!s->proxy_enabled)
		return NULL;
	if (s->proxy_pool_enabled && pool != NULL &&
	    (url = proxy_pool_next(pool, a)) != NULL)
		return url;
	return is_set(s->proxy_url) ? normal(s->proxy_url, a) : NULL;
}
