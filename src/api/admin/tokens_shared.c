/* SPDX-License-Identifier: MIT */
/* tokens_shared.c: what the handlers of tokens share. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "proxy.h"
#include "solver.h"
#include "token_claims.h"
#include "tokens.h"

#define NAMES		5	/* tried for an account without one */

enum err
token_probe_check(const struct account_result *r, struct error *e)
{
	if (r->verdict == ACCOUNT_REFUSED && r->expired)
		return error_set(e, ERR_INVALID_VALUE, "token",
		    "The access token has expired");
	if (r->verdict == ACCOUNT_BLOCKED && r->country != NULL)
		return error_set(e, ERR_INVALID_VALUE, "token",
		    "The upstream does not serve the country it is asked from"
		    "%s%.8s; use a proxy elsewhere",
		    *r->country != '\0' ? ": " : "", r->country);
	return ERR_OK;
}

struct account_order
token_order(struct req *rq, const struct token *t, enum account_work work)
{
	return (struct account_order){
		.work = work,
		.conf = api_of(rq)->conf,
		.token = t,
		.proxy = proxy_choose(&api_of(rq)->settings, t,
		    api_of(rq)->app->proxies, rq->arena),
		.max_names = work == ACCOUNT_USERNAME ? NAMES : 0,
		.solver = solver_current(api_of(rq)->app->solver,
		    &api_of(rq)->settings, rq->arena),
	};
}

enum err
token_ask(struct req *rq, const struct account_order *o,
    struct account_result *out, struct error *e)
{
	int64_t sent_ms = clock_now_ms();
	enum err rc;

	if ((rc = upstream_enter(rq, e)) != ERR_OK)
		return rc;
	account_run(o, rq->arena, out);
	if (out->challenge)
		solver_invalidate(api_of(rq)->app->solver, sent_ms);
	upstream_leave(rq);
	return ERR_OK;
}

enum err
token_no_answer(const struct account_result *r, struct error *e)
{
	switch (r->verdict) {
	case ACCOUNT_OK:
	case ACCOUNT_REFUSED:
	case ACCOUNT_UNCHANGED:
		return ERR_OK;
	case ACCOUNT_TIMEOUT:
		return error_set(e, ERR_GENERATION_TIMEOUT, NULL,
		    "Upstream timeout");
	case ACCOUNT_BLOCKED:
	case ACCOUNT_UNREACHABLE:
		break;
	}
	return error_set(e, ERR_UPSTREAM, NULL, "%.300s",
	    r->reason != NULL ? r->reason : "The upstream cannot be reached");
}

/* ---- storing ---- */

enum err
token_check_new(struct req *rq, const struct token *t, struct error *e)
{
	int64_t same, id = 0;
	enum err rc;

	if ((rc = token_find_same(api_of(rq)->store, t, &same, e)) != ERR_OK ||
	    (rc = token_find_email(api_of(rq)->store, t->email, &id, e))
	    != ERR_OK)
		return rc;
	if (same == 0 && id == 0)
		return ERR_OK;
	if (token_is_server(t))
		return error_set(e, ERR_CONFLICT, "base_url", "This server is "
		    "stored with the same key already: %.300s", t->base_url);
	return error_set(e, ERR_CONFLICT, "token",
	    "Token already exists for email: %.254s", t->email);
}

/* Copies the facts that the upstream gave into the row. */
static void
tell_row(struct token *t, const struct account_result *r,
    struct arena *a)
{
	const struct account_facts *f = &r->facts;

	if (f->email != NULL && *f->email != '\0')
		t->email = arena_strdup(a, f->email);
	if (f->name != NULL && *f->name != '\0')
		t->name = arena_strdup(a, f->name);
	if (f->username != NULL)
		t->username = arena_strdup(a, f->username);
	if (f->has_plan) {
		t->plan_type = arena_strdup(a, f->plan_type);
		t->plan_title = arena_strdup(a, f->plan_title);
		t->subscription_end = f->subscription_end;
	}
	if (f->has_sora2) {
		t->sora2_supported = f->sora2_supported;
		t->sora2_invite_code = arena_strdup(a, f->invite_code);
		t->sora2_redeemed_count = f->redeemed_count;
		t->sora2_total_count = f->total_count;
	}
	if (r->quota.known && r->quota.remaining >= 0)
		t->sora2_remaining_count = r->quota.remaining;
	if (r->change.sora2_cooldown_until > 0)
		t->sora2_cooldown_until = r->change.sora2_cooldown_until;
}

/* Stores what the server was found to be, and when to ask it again. */
static enum err
store_found(struct req *rq, int64_t id, const struct account_result *r,
    struct error *e)
{
	return token_set_found(api_of(rq)->store, id, r->found,
	    r->found != NULL ? SERVER_ASKED_S : SERVER_SILENT_S, e);
}

enum err
token_store_new(struct req *rq, struct token *t,
    const struct account_result *r, struct error *e)
{
	enum err rc;

	tell_row(t, r, rq->arena);
	rc = token_add(api_of(rq)->store, t, e);
	return rc != ERR_OK || !token_is_server(t) ? rc
	    : store_found(rq, t->id, r, e);
}

enum err
token_store_told(struct req *rq, const struct token *t,
    const struct account_result *r, struct error *e)
{
	if (token_is_server(t))
		return store_found(rq, t->id, r, e);
	return token_set_facts(api_of(rq)->store, t->id, &r->facts, &r->quota,
	    e);
}
