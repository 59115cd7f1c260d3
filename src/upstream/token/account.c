/* SPDX-License-Identifier: MIT */
/* account.c: a job: its calls, its warnings and its end. */
#include "account_impl.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "xalloc.h"

static void
free_job(struct account_job *j)
{
	if (j->own_arena)
		arena_free(j->arena);
	free(j);
}

void
account_cancel(struct account_job *j)
{
	if (j == NULL)
		return;
	if (j->transfer != NULL)
		transfer_cancel(j->transfer);
	free_job(j);
}

void
seq_done(struct account_job *j)
{
	j->result.warnings = j->warnings;
	j->done(j->arg, &j->result);
	free_job(j);
}

/* ---- what an outcome means ---- */

static enum account_verdict
judge(const struct account_job *j, const struct outcome *o)
{
	if (j->unsent)
		return j->timed_out ? ACCOUNT_TIMEOUT : ACCOUNT_REFUSED;
	if (j->transport != TRANSPORT_OK)
		return j->timed_out ? ACCOUNT_TIMEOUT : ACCOUNT_UNREACHABLE;
	if (o->challenge || o->country != NULL)
		return ACCOUNT_BLOCKED;
	if (o->verdict == VERDICT_FAIL || o->verdict == VERDICT_REFRESH)
		return ACCOUNT_REFUSED;
	return ACCOUNT_UNREACHABLE;
}

static const char *
reason_of(const struct outcome *o)
{
	return o->message != NULL ? o->message :
	    "The upstream gave no answer that can be used";
}

void
seq_note(struct account_job *j, const struct outcome *o)
{
	struct account_result *r = &j->result;

	r->verdict = judge(j, o);
	r->status = j->status;
	r->reason = reason_of(o);
	r->log = o->log != NULL ? o->log : r->reason;
	r->expired = o->expired;
	r->country = o->country;
	r->challenge = o->challenge;
}

void
seq_fail(struct account_job *j, const struct outcome *o)
{
	seq_note(j, o);
	seq_done(j);
}

void
seq_warn(struct account_job *j, const char *what, const struct outcome *o)
{
	struct account_result *r = &j->result;

	if (r->n_warnings < ACCOUNT_WARNINGS)
		j->warnings[r->n_warnings++] = arena_printf(j->arena, "%s: %s",
		    what, reason_of(o));
}

/* ---- calls ---- */

static void
on_answer(void *arg, const struct call_response *r)
{
	struct account_job *j = arg;
	struct outcome o = { 0 };

	j->transfer = NULL;
	if (j->unsent) {
		o.verdict = VERDICT_FAIL;
		o.message = o.log = j->refusal;
	} else {
		j->status = r->status;
		j->transport = r->transport;
		j->timed_out = r->timed_out;
		provider_parse(j->provider, &j->in, r, 0, clock_now(),
		    j->arena, &o);
	}
	j->read(j, &o);
}

/*
 * A call that cannot be sent ends as others do, from client_wait: a request
 * without an address fails there at once.
 */
static void
refuse(struct account_job *j, struct call_request *rq, const char *why)
{
	*rq = (struct call_request){ .method = "GET", .url = "",
	    .reach = REACH_PUBLIC };
	j->status = 0;
	j->unsent = true;
	j->refusal = arena_strdup(j->arena, why);
}

/* As much time as is left of the whole. */
static bool
limit_time(const struct account_job *j, struct call_request *rq)
{
	int64_t left = j->order.deadline_ms - clock_mono_ms();

	if (j->order.deadline_ms == 0)
		return true;
	if (rq->timeout <= 0 || left < (int64_t)rq->timeout * 1000)
		rq->timeout = (int)((left + 999) / 1000);
	return left > 0;
}

void
seq_send(struct account_job *j, enum call call, seq_read_fn *read)
{
	struct call_request rq = { 0 };
	struct error e;

	j->in.call = call;
	j->read = read;
	j->unsent = j->timed_out = false;
	if (j->provider == NULL) {
		refuse(j, &rq, "There is no provider of that name");
	} else if (provider_build(j->provider, &j->in,
	    j->arena, &rq, &e) != ERR_OK) {
		refuse(j, &rq, e.text);
	} else if (!limit_time(j, &rq)) {
		refuse(j, &rq, "The upstream did not answer in time");
		j->timed_out = true;
	}
	rq.proxy = j->unsent ? NULL : j->order.proxy;
	j->transfer = client_start(j->client, &rq, on_answer, j);
}

void
seq_send_request(struct account_job *j, struct call_request *rq,
    transfer_fn *done)
{
	j->unsent = j->timed_out = !limit_time(j, rq);
	if (j->unsent)
		refuse(j, rq, "The upstream did not answer in time");
	rq->proxy = j->unsent ? NULL : j->order.proxy;
	j->transfer = client_start(j->client, rq, done, j);
}

/* ---- beginning ---- */

/* Of a server; what the order's token says was read before, and so can be again. */
static void
copy_server(struct account_job *j, const struct token *t)
{
	struct error e;

	j->token.base_url = arena_strdup(j->arena, t->base_url);
	j->token.options = arena_strdup(j->arena, t->options);
	j->token.models = arena_strdup(j->arena, t->models);
	(void)!token_read_terms(&j->token, j->arena, &e);
}

static void
copy_order(struct account_job *j, const struct account_order *o)
{
	const struct token *t = o->token;
	struct arena *a = j->arena;

	j->order = *o;
	j->order.proxy = arena_strdup(a, o->proxy);
	j->order.invite_code = arena_strdup(a, o->invite_code);
	j->token = (struct token){
		.id = t->id, .sora2_supported = t->sora2_supported,
		.provider = t->provider != NULL ?
		    arena_strdup(a, t->provider) : provider_usual()->name,
		.token = arena_strdup(a, t->token),
		.st = arena_strdup(a, t->st), .rt = arena_strdup(a, t->rt),
		.client_id = arena_strdup(a, t->client_id),
	};
	if (t->base_url != NULL)
		copy_server(j, t);
	j->provider = provider_find(j->token.provider);
	j->order.token = &j->token;
	if (o->solver != NULL) {
		j->solver = (struct solver_credentials){
			.cookies = arena_strdup(a, o->solver->cookies),
			.user_agent = arena_strdup(a, o->solver->user_agent),
		};
		j->order.solver = &j->solver;
	}
	j->in = (struct call_input){ .conf = o->conf, .token = &j->token,
	    .solver = j->order.solver };
	j->names_left = o->max_names;
	j->result.jwt_email = "";
	j->result.facts.sora2_supported = -1;
}

static void
begin(struct account_job *j)
{
	switch (j->order.work) {
	case ACCOUNT_PROBE:
		if (token_is_server(&j->token))
			seq_server(j);
		else
			seq_probe(j);
		return;
	case ACCOUNT_ACTIVATE:
		seq_activate(j);
		return;
	case ACCOUNT_USERNAME:
		seq_username(j);
		return;
	case ACCOUNT_REFRESH:
		seq_refresh(j);
		return;
	case ACCOUNT_CONVERT_ST:
		seq_convert_st(j);
		return;
	case ACCOUNT_CONVERT_RT:
		seq_convert_rt(j);
		return;
	}
}

struct account_job *
seq_start(struct client *c, const struct account_order *o, struct arena *a,
    account_fn *done, void *arg)
{
	struct account_job *j = xcalloc(1, sizeof(*j));

	assert(o->conf != NULL && o->token != NULL && done != NULL);
	j->client = c;
	j->own_arena = a == NULL;
	j->arena = a != NULL ? a : arena_new();
	j->done = done;
	j->arg = arg;
	copy_order(j, o);
	begin(j);
	return j;
}

struct account_job *
account_start(struct client *c, const struct account_order *o,
    account_fn *done, void *arg)
{
	return seq_start(c, o, NULL, done, arg);
}
