/* SPDX-License-Identifier: MIT */
/*
 * solver.h: credentials of the operator's challenge solver: cookies, and the
 * user agent they belong to. They go with requests to the upstream while they
 * are valid.
 *
 * All processes share them through one file beside the spool, sealed with the
 * key file; they are never in the database. A second file is the lock of the one
 * who asks the solver, and tells those who waited what came of it.
 */
#ifndef SOLVER_H
#define SOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "upstream.h"

struct arena;
struct seal;
struct settings;
struct solver;

#define SOLVER_LIFETIME	600	/* s that credentials are valid */

struct solver_credentials {	/* strings live in the arena given */
	const char	*cookies;	/* the value of a Cookie header; never shown or logged */
	int		 n_cookies;
	const char	*user_agent;
	int64_t		 fetched_ms;	/* Unix time */
};

/* ---- the call; pure ---- */

/* GET `api_url`, with the service's path behind it if it has none; `anew`: not from the service's cache. */
void	solver_build(const char *api_url, bool anew, struct arena *a, struct call_request *out);
/*
 * Reads the answer. ERR_UPSTREAM with a reason fit for the operator when it holds
 * no credentials. out->fetched_ms is `now_ms`.
 */
MUST_CHECK enum err solver_parse(const struct call_response *r, int64_t now_ms, struct arena *a,
    struct solver_credentials *out, struct error *e);

/* ---- the state; any thread, any process ---- */

/* `dir` is the spool; it and `seal` are borrowed. */
struct solver *solver_new(const char *dir, const struct seal *seal);
void	solver_free(struct solver *s);		/* NULL is fine */

/* Whether the operator wants a solver and said where it is. */
bool	solver_is_on(const struct settings *settings);
bool	solver_is_valid(const struct solver_credentials *c, int64_t now_ms);
/* The stored ones, valid or not; false when there are none. */
bool	solver_load(struct solver *s, struct arena *a, struct solver_credentials *out);
/* What a request of now is to carry; NULL: none, or the solver is off. */
const struct solver_credentials *solver_current(struct solver *s, const struct settings *settings,
	    struct arena *a);
MUST_CHECK enum err solver_store(struct solver *s, const struct solver_credentials *c,
    struct error *e);
void	solver_clear(struct solver *s);
/*
 * A request that was sent at `sent_ms` met a challenge: credentials from before
 * are worth nothing.
 */
void	solver_invalidate(struct solver *s, int64_t sent_ms);
/* Whether a file of the spool is one of the state's that is still needed. */
bool	solver_needs_file(const char *name, int64_t age);

/* ---- asking, one at a time ---- */

/* The descriptor that holds the lock, for solver_end; -1 while another one asks; -2: it cannot be used. */
int	solver_try_begin(struct solver *s);
/* Notes what came of it for those who wait (rc ERR_OK: it is stored), and lets the next one ask. */
void	solver_end(struct solver *s, int lock, enum err rc, const struct error *e);
/*
 * Asks and stores, and waits for the answer; who comes while another one asks
 * waits for that answer and shares it. ERR_UPSTREAM, ERR_UNAVAILABLE (our disk).
 */
MUST_CHECK enum err solver_refresh(struct solver *s, const char *api_url, struct arena *a,
    struct solver_credentials *out, struct error *e);

#endif
