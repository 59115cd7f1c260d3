/* SPDX-License-Identifier: MIT */
/* public_ask.c: the account that asks for public data, and what its answer means. */
#include <string.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "log.h"
#include "proxy.h"
#include "public.h"
#include "solver.h"
#include "token_store.h"

/*
 * One exchange. A call that cannot be built is the client's fault: names that the client
 * sent are in its URL.
 */
static enum err
exchange(struct req *rq, const struct call_input *in, struct call_response *r,
    struct outcome *out, struct error *e)
{
	const struct provider *provider = provider_find(in->token->provider);
	struct app *app = api_of(rq)->app;
	struct call_request request = { 0 };
	enum err rc;

	if (provider == NULL)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The upstream of this account has no such data");
	if ((rc = provider_build(provider, in, rq->arena, &request, e)) != ERR_OK)
		return rc;
	request.proxy = proxy_choose(&api_of(rq)->settings, in->token,
	    app->proxies, rq->arena);
	client_perform(&request, rq->arena, r);
	provider_parse(provider, in, r, 0, clock_now(), rq->arena, out);
	if (out->challenge)
		solver_invalidate(app->solver, clock_now_ms() - r->elapsed_ms);
	return ERR_OK;
}

/* A server without the newer list has the older one. */
static bool
lacks_path(const struct call_input *in, const struct call_response *r)
{
	return in->call == CALL_TASKS && !in->old_paths &&
	    (r->status == 404 || r->status == 410);
}

static enum err
ask(struct req *rq, struct call_input *in, struct outcome *out,
    struct error *e)
{
	struct call_response r = { 0 };
	enum err rc;

	if ((rc = upstream_enter(rq, e)) != ERR_OK)
		return rc;
	rc = exchange(rq, in, &r, out, e);
	if (rc == ERR_OK && lacks_path(in, &r)) {
		in->old_paths = true;
		rc = exchange(rq, in, &r, out, e);
	}
	upstream_leave(rq);
	return rc;
}

/* Logs the status and the upstream's message, which the client does not get. */
static void
log_answer(const struct req *rq, const struct token *t,
    const struct outcome *out)
{
	const char *operation = rq->route->operation;

	if (out->log == NULL)
		return;
	if (out->cause == ERR_UPSTREAM || out->cause == ERR_GENERATION_TIMEOUT)
		log_warn("token %lld: %s: %s", (long long)t->id, operation,
		    out->log);
	else
		log_info("token %lld: %s: %s", (long long)t->id, operation,
		    out->log);
}

/* A failure to store it is logged and does not change the answer. */
static void
note(struct req *rq, const struct token *t, const struct outcome *out)
{
	const struct settings *s = &api_of(rq)->settings;
	struct error e;

	log_answer(rq, t, out);
	if (out->token.verdict == TOKEN_FINE && out->token.cooled_until == 0 &&
	    out->token.sora2_cooldown_until == 0 &&
	    out->token.remaining_plus_1 == 0)
		return;
	if (token_answered(api_of(rq)->store, t, &out->token,
	    s->at_auto_refresh, s->error_ban_threshold, &e) != ERR_OK)
		log_warn("token %lld: %s", (long long)t->id, e.text);
}

enum err
public_answer_as(struct req *rq, struct resp *rs, const struct token *t,
    enum call call, const struct lookup *l, bool old_paths, struct error *e)
{
	struct outcome outcome = { 0 };
	const struct settings *settings;
	struct call_input in;
	const char *body;
	enum err rc;

	if (token_is_server(t))
		return error_set(e, ERR_INVALID_VALUE, "token_id",
		    "This token is a server, not an account of sora");
	if ((rc = api_settings(api_of(rq), &settings, e)) != ERR_OK)
		return rc;
	in = (struct call_input){
		.call = call, .conf = api_of(rq)->conf, .token = t,
		.lookup = l, .old_paths = old_paths,
		.solver = solver_current(api_of(rq)->app->solver, settings,
		    rq->arena),
	};
	if ((rc = ask(rq, &in, &outcome, e)) != ERR_OK)
		return rc;
	note(rq, t, &outcome);
	if (outcome.json == NULL)
		return outcome_error(&outcome, clock_now(), e);
	body = json_print(outcome.json, rq->arena);
	resp_body(rs, 200, "application/json", body, strlen(body));
	return ERR_OK;
}

enum err
public_answer(struct req *rq, struct resp *rs, enum call call,
    const struct lookup *l, int64_t token_id, struct error *e)
{
	struct store *st = api_of(rq)->store;
	struct token t;
	enum err rc;

	rc = token_id > 0 ? token_load(st, token_id, rq->arena, &t, e)
	    : token_pick(st, provider_with(FACET_PUBLIC)->facts.name,
	    rq->arena, &t, e);
	if (rc != ERR_OK)
		return rc;
	return public_answer_as(rq, rs, &t, call, l, false, e);
}
