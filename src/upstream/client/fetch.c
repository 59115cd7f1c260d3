/* SPDX-License-Identifier: MIT */
/* fetch.c: a client's URL, without lending the client our network. */
#include "fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "arena.h"
#include "clock.h"
#include "exchange.h"
#include "resolve.h"
#include "xalloc.h"

#define MAX_REDIRECTS	5
#define MAX_ADDRESSES	3		/* of a host, tried one after the other */
#define CONNECT_TIMEOUT	5000L		/* ms, for each of them */

struct fetch {
	const struct fetch_limits *limits;
	const char	*param;
	const char	*dir;
	struct arena	*arena;
	CURLU		*url;		/* of the hop */
	char		*host;		/* its, without brackets; libcurl's memory */
	char		*port;
	const struct sockaddr *pinned;	/* the one address that may be connected to */
};

static enum err refuse(const struct fetch *f, struct error *e, const char *fmt,
    ...) PRINTF_LIKE(3, 4);

/* Words for the client; they never tell what a name resolved to. */
static enum err
refuse(const struct fetch *f, struct error *e, const char *fmt, ...)
{
	char reason[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	if (f->param == NULL)
		return error_set(e, ERR_INVALID_IMAGE_URL, NULL,
		    "The URL could not be fetched: %s", reason);
	return error_set(e, ERR_INVALID_IMAGE_URL, f->param,
	    "The URL in '%s' could not be fetched: %s", f->param, reason);
}

static int64_t
left_ms(const struct fetch *f)
{
	return f->limits->deadline_ms - clock_mono_ms();
}

/* ---- the URL ---- */

static void
replace_part(struct fetch *f, char **part, CURLUPart what, unsigned flags)
{
	curl_free(*part);
	*part = NULL;
	if (curl_url_get(f->url, what, part, flags) != CURLUE_OK)
		*part = NULL;
}

static bool
is_http(struct fetch *f)
{
	char *scheme = NULL;
	bool http;

	replace_part(f, &scheme, CURLUPART_SCHEME, 0);
	http = scheme != NULL &&
	    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
	curl_free(scheme);
	return http;
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0' && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* Takes port and host, the latter without the brackets of an IPv6 address. */
static bool
take_host(struct fetch *f)
{
	size_t len;

	replace_part(f, &f->port, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	replace_part(f, &f->host, CURLUPART_HOST, 0);
	if (f->host == NULL || f->port == NULL)
		return false;
	len = strlen(f->host);
	if (len > 2 && f->host[0] == '[' && f->host[len - 1] == ']') {
		memmove(f->host, f->host + 1, len - 2);
		f->host[len - 2] = '\0';
	}
	return true;
}

/*
 * Goes to `url`, which may be relative to where we are. A name that is not
 * ASCII is refused, for libcurl's conversion goes by the process's locale.
 */
static enum err
url_go(struct fetch *f, const char *url, unsigned flags, struct error *e)
{
	CURLUcode code = curl_url_set(f->url, CURLUPART_URL, url,
	    flags | CURLU_DISALLOW_USER);

	if (code == CURLUE_USER_NOT_ALLOWED)
		return refuse(f, e, "it has a user name or password");
	if (code == CURLUE_UNSUPPORTED_SCHEME ||
	    (code == CURLUE_OK && !is_http(f)))
		return refuse(f, e, "only http and https are supported");
	if (code != CURLUE_OK || !take_host(f))
		return refuse(f, e, "it is not a valid URL");
	if (!is_ascii(f->host))
		return refuse(f, e, "its host must be in ASCII (xn--...)");
	return ERR_OK;
}

/* ---- the address ---- */

/* Every address of the host is checked, not just the one to be used. */
static enum err
resolve(struct fetch *f, struct addrinfo **out, struct error *e)
{
	switch (resolve_host(f->host, f->port, f->limits->deadline_ms, out)) {
	case RESOLVE_OK:
		break;
	case RESOLVE_FAILED:
		return refuse(f, e, "its host was not found");
	case RESOLVE_TIMED_OUT:
		return refuse(f, e, "timed out");
	}
	if (f->limits->allow_private)
		return ERR_OK;
	for (const struct addrinfo *ai = *out; ai != NULL; ai = ai->ai_next)
		if (!address_is_global(ai->ai_addr))
			return refuse(f, e, "its address is not public");
	return ERR_OK;
}

static bool
same_address(const struct sockaddr *a, const struct sockaddr *b)
{
	struct sockaddr_in6 a6, b6;
	struct sockaddr_in a4, b4;

	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET) {
		memcpy(&a4, a, sizeof(a4));
		memcpy(&b4, b, sizeof(b4));
		return a4.sin_port == b4.sin_port &&
		    a4.sin_addr.s_addr == b4.sin_addr.s_addr;
	}
	memcpy(&a6, a, sizeof(a6));
	memcpy(&b6, b, sizeof(b6));
	return a6.sin6_port == b6.sin6_port &&
	    memcmp(&a6.sin6_addr, &b6.sin6_addr, sizeof(a6.sin6_addr)) == 0;
}

/* The last gate: whatever libcurl came to believe, no other socket is opened. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	const struct fetch *f = arg;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !same_address(f->pinned, &to->addr))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/*
 * Binds the connection to `ai`, while the Host header and TLS keep the name.
 * Through a proxy that is what the proxy is told, a SOCKS or an HTTP one; the
 * latter only in a CONNECT, so it must allow that for http's port, too. The
 * proxy itself is the operator's, so its own address is not checked.
 */
static struct curl_slist *
pin(struct fetch *f, CURL *curl, const struct addrinfo *ai)
{
	char address[64], target[96];
	struct curl_slist *list;

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, address, sizeof(address),
	    NULL, 0, NI_NUMERICHOST) != 0)
		return NULL;
	/* "HOST:PORT:to:port", the empty ones matching any. */
	snprintf(target, sizeof(target), ai->ai_family == AF_INET6 ?
	    "::[%s]:%s" : "::%s:%s", address, f->port);
	list = xmade(curl_slist_append(NULL, target));
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, list);
	f->pinned = ai->ai_addr;
	curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
	if (f->limits->proxy == NULL || f->limits->proxy[0] == '\0') {
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION,
		    on_open_socket);
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, f);
	}
	return list;
}

/* ---- one request ---- */

static enum err
explain(struct fetch *f, const struct exchange *x, CURLcode code,
    int64_t allowed, struct error *e)
{
	if (x->fault == EXCHANGE_DISK)
		return error_set(e, ERR_UNAVAILABLE, NULL, "%s", x->reason);
	if (x->fault == EXCHANGE_TOO_LARGE)
		return refuse(f, e, "more than %lld bytes",
		    (long long)allowed);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return refuse(f, e, "timed out");
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return refuse(f, e, "its certificate is not valid");
	if (!x->sent)
		return refuse(f, e, "its server cannot be reached");
	return refuse(f, e, "its server broke off");
}

static CURLcode
perform(struct fetch *f, struct exchange *x, CURL *curl,
    const struct call_request *rq, const struct addrinfo *ai)
{
	struct curl_slist *pinned = NULL;
	int64_t left = left_ms(f);
	CURLcode code;

	if ((code = exchange_begin(x, curl, rq)) != CURLE_OK)
		return code;
	if ((pinned = pin(f, curl, ai)) == NULL)
		return CURLE_COULDNT_RESOLVE_HOST;
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	do
		code = curl_easy_perform(curl);
	while (exchange_again(x, code));
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, NULL);
	curl_slist_free_all(pinned);
	return code;
}

/*
 * Asks one address. `*reached` is false when another address of the same host
 * may do better.
 */
static enum err
ask(struct fetch *f, const char *url, const struct addrinfo *ai,
    struct call_response *r, bool *reached, struct error *e)
{
	struct header agent = { "User-Agent", "sora2api" };	/* many refuse to serve nobody */
	struct call_request rq = { .method = "GET", .url = url,
	    .headers = &agent, .n_headers = 1, .sink_dir = f->dir,
	    .label = "client_url",
	    .reach = REACH_ANY,		/* resolve() looked at it, and pin() binds to that */
	    .max_sink = *f->limits->budget, .proxy = f->limits->proxy };
	CURL *curl = xmade(curl_easy_init());
	enum err rc = ERR_OK;
	struct exchange x;
	CURLcode code;

	code = perform(f, &x, curl, &rq, ai);
	exchange_result(&x, code, f->arena, r);
	if (code != CURLE_OK)
		rc = explain(f, &x, code, rq.max_sink, e);
	*reached = x.sent || code == CURLE_OPERATION_TIMEDOUT;
	if ((*f->limits->budget -= x.received) < 0)
		*f->limits->budget = 0;
	exchange_end(&x);
	curl_easy_cleanup(curl);
	return rc;
}

static enum err
ask_any(struct fetch *f, const char *url, const struct addrinfo *ai,
    struct call_response *r, struct error *e)
{
	bool reached = false;
	enum err rc;

	for (int n = 1;; n++, ai = ai->ai_next) {
		if (left_ms(f) <= 0)
			return refuse(f, e, "timed out");
		if (*f->limits->budget <= 0)
			return refuse(f, e, "its size is over the limit");
		rc = ask(f, url, ai, r, &reached, e);
		if (reached || ai->ai_next == NULL || n == MAX_ADDRESSES)
			return rc;
	}
}

/* One hop: the answer's file is in r->sink. */
static enum err
hop(struct fetch *f, struct call_response *r, struct error *e)
{
	struct addrinfo *addresses = NULL;
	char *url = NULL;
	enum err rc;

	if ((rc = resolve(f, &addresses, e)) != ERR_OK)
		goto out;
	replace_part(f, &url, CURLUPART_URL, 0);
	if (url == NULL)
		rc = refuse(f, e, "it is not a valid URL");
	else
		rc = ask_any(f, url, addresses, r, e);
out:
	curl_free(url);
	if (addresses != NULL)
		freeaddrinfo(addresses);
	return rc;
}

/* Where the answer sends us, or NULL. */
static const char *
redirect_of(const struct call_response *r)
{
	switch (r->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return response_header(r, "Location");
	default:
		return NULL;
	}
}

static enum err
follow(struct fetch *f, const char *url, struct file *out, struct error *e)
{
	struct call_response r = { 0 };
	enum err rc = url_go(f, url, 0, e);

	for (int redirects = 0; rc == ERR_OK; redirects++) {
		const char *to;

		if ((rc = hop(f, &r, e)) != ERR_OK)
			return rc;
		if (r.status == 200) {
			*out = *r.sink;
			return ERR_OK;
		}
		file_abort(r.sink);
		if ((to = redirect_of(&r)) == NULL)
			return refuse(f, e, "HTTP status %ld", r.status);
		if (redirects == MAX_REDIRECTS)
			return refuse(f, e, "more than %d redirects",
			    MAX_REDIRECTS);
		rc = url_go(f, to, CURLU_URLENCODE, e);
	}
	return rc;
}

enum err
fetch_url(const char *url, const char *param,
    const struct fetch_limits *limits, const char *dir, struct file *out,
    struct error *e)
{
	struct fetch f = { .limits = limits, .param = param, .dir = dir };
	enum err rc;

	assert(dir != NULL && limits->budget != NULL);
	*out = (struct file){ .fd = -1 };
	f.url = xmade(curl_url());
	f.arena = arena_new();
	rc = follow(&f, url, out, e);
	arena_free(f.arena);
	curl_free(f.host);
	curl_free(f.port);
	curl_url_cleanup(f.url);
	return rc;
}
