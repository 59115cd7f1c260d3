/* SPDX-License-Identifier: MIT */
/* call.c: calls of an upstream that belong to a token, and to no task. */
#include "call.h"

#include <stdlib.h>

#include "arena.h"
#include "challenge.h"
#include "client.h"
#include "clock.h"
#include "credential.h"
#include "poller.h"
#include "provider.h"
#include "token_store.h"
#include "upstream.h"
#include "xalloc.h"

struct upstream_call {
	struct poller	*poller;
	struct arena	*arena;		/* of the token, and of an outcome that nobody keeps */
	struct arena	*into;
	struct transfer	*transfer;
	struct call_input in;
	struct credential with;
	int64_t		 token_id;
	call_fn		*done;
	void		*arg;
};

enum err
call_prepare(struct poller *p, const struct call_input *in, struct arena *a,
    struct call_request *out, struct credential *with, struct error *e)
{
	enum err rc;

	*out = (struct call_request){ 0 };
	rc = provider_build(provider_find(in->token->provider), in, a, out, e);
	if (rc != ERR_OK)
		return rc;
	out->proxy = poller_proxy(p, in->token, a);
	*with = credential_of(p, in->token);
	return ERR_OK;
}

static void
forget(struct upstream_call *c)
{
	arena_free(c->arena);
	free(c);
}

static void
on_answer(void *arg, const struct call_response *r)
{
	struct upstream_call *c = arg;
	struct poller *p = c->poller;
	struct call_answer answer = { .response = r, .with = c->with };
	struct outcome *o = &answer.outcome;

	provider_parse(provider_find(c->in.token->provider), &c->in, r, 0, clock_now(),
	    c->into != NULL ? c->into : c->arena, o);
	if (o->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
	answer.late = !credential_judges(pool_token_of(p, c->token_id), &c->with,
	    o);
	c->done(c->arg, &answer);
	forget(c);
}

static enum err
load_token(struct upstream_call *c, struct error *e)
{
	struct token *token;

	if (c->in.token != NULL)
		return ERR_OK;
	token = arena_alloc(c->arena, sizeof(*token));
	c->in.token = token;
	return token_load_any(c->poller->store, c->token_id, c->arena, token,
	    e);
}

struct upstream_call *
upstream_call(struct poller *p, int64_t token_id,
    const struct call_input *in, struct arena *into, call_fn *done,
    void *arg, struct error *e)
{
	struct upstream_call *c = xcalloc(1, sizeof(*c));
	struct call_request request;

	*c = (struct upstream_call){
		.poller = p, .arena = arena_new(), .into = into, .in = *in,
		.token_id = token_id, .done = done, .arg = arg,
	};
	c->in.conf = p->conf;
	c->in.solver = poller_solver(p, c->arena);
	if (load_token(c, e) != ERR_OK || call_prepare(p, &c->in, c->arena,
	    &request, &c->with, e) != ERR_OK) {
		forget(c);
		return NULL;
	}
	c->transfer = client_start(p->client, &request, on_answer, c);
	return c;
}

void
upstream_call_cancel(struct upstream_call *c)
{
	if (c == NULL)
		return;
	transfer_cancel(c->transfer);
	forget(c);
}
