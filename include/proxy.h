/* SPDX-License-Identifier: MIT */
/*
 * proxy.h: what a request goes through on its way to the upstream.
 *
 * A proxy is written, in settings, with tokens and in the pool's file, as one of
 *
 *	scheme://[user[:password]@]host:port
 *	[scheme://]host:port[:user:password]
 *	st5 host:port[:user:password]
 *
 * with http, https, socks5 or socks5h for the scheme; without one http is meant,
 * by st5 socks5. An IPv6 address stands in brackets. User and password are
 * percent-encoded in the first form and literal in the others. Stored, and told
 * to libcurl, is the first form.
 */
#ifndef PROXY_H
#define PROXY_H

#include <stddef.h>

#include "error.h"

struct arena;
struct proxy_pool;
struct settings;
struct token;

/* The first form of `text`; ERR_INVALID_VALUE with `param` (NULL is fine), which never quotes it. Pure. */
MUST_CHECK enum err proxy_parse(const char *text, const char *param, struct arena *a,
    const char **url, struct error *e);
/* The first form, with three stars for user and password; only stars for what is no proxy. */
const char	*proxy_mask(const char *text, struct arena *a);

/* ---- the pool: a file with one proxy in each line ---- */

/*
 * Blank lines, lines that begin with "#" and lines that are no proxy are
 * skipped. A file that is not there is an empty pool. It is read at the first
 * use and again when it changed, which is looked for at most once a second. Any
 * thread.
 */
struct proxy_pool *proxy_pool_new(const char *path);
void		 proxy_pool_free(struct proxy_pool *p);
/* The next proxy in the file's order, the first again after the last; NULL when there is none. */
const char	*proxy_pool_next(struct proxy_pool *p, struct arena *a);
size_t		 proxy_pool_count(struct proxy_pool *p);
/* Reads the file again and begins with its first proxy. */
void		 proxy_pool_rewind(struct proxy_pool *p);

/*
 * The proxy for one request: the token's own, else the pool's next, else the
 * common one, the last two if they are switched on; NULL for none. `token` NULL:
 * a request of no token; `pool` NULL: there is none. What is set but is no
 * proxy is returned as it is, so that the request fails and is not sent without.
 */
const char	*proxy_choose(const struct settings *s, const struct token *token,
		    struct proxy_pool *pool, struct arena *a);

#endif
