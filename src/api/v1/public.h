/* SPDX-License-Identifier: MIT */
/*
 * public.h: the routes that pass on public data of the upstream. Private to
 * src/api.
 *
 *	public_query.c	the parameters
 *	public_ask.c	the account that asks, the exchange, and what it means
 *	public.c	profiles, posts, search, feed, prompts
 *	public_tasks.c	what belongs to one account
 */
#ifndef API_PUBLIC_H
#define API_PUBLIC_H

#include "api/api.h"
#include "provider.h"

/* ---- public_query.c; a parameter without a value counts as absent ---- */

/* Text of at most `max` characters; `*out` stays as it is when absent. ERR_INVALID_VALUE. */
MUST_CHECK enum err query_string(const struct req *rq, const char *name, int max,
    const char **out, struct error *e);
/* ERR_MISSING when absent or blank. */
MUST_CHECK enum err query_required(const struct req *rq, const char *name, int max,
    const char **out, struct error *e);
/* "limit", 1 to 100. */
MUST_CHECK enum err query_limit(const struct req *rq, int *out, struct error *e);
/* "token_id", from 1; 0 when absent. */
MUST_CHECK enum err query_token_id(const struct req *rq, int64_t *out, struct error *e);
/* A name that is a segment of the path: 1 to `max` characters and no slash. */
MUST_CHECK enum err query_segment(const char *segment, const char *name, int max,
    struct error *e);

/* ---- public_ask.c ---- */

/*
 * Asks with the account `token_id`, or with any that can (0), and answers.
 * ERR_NOT_FOUND, ERR_RATE_LIMIT, ERR_UPSTREAM, ERR_GENERATION_TIMEOUT, ERR_NO_TOKEN;
 * ERR_UNAVAILABLE when too many requests wait for the upstream.
 */
MUST_CHECK enum err public_answer(struct req *rq, struct resp *rs, enum call call,
    const struct lookup *l, int64_t token_id, struct error *e);
/* The same with that token; `old_paths` as in struct call_input. */
MUST_CHECK enum err public_answer_as(struct req *rq, struct resp *rs, const struct token *t,
    enum call call, const struct lookup *l, bool old_paths, struct error *e);

#endif
