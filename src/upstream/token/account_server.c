/* SPDX-License-Identifier: MIT */
/* account_server.c: whether a server answers, what it is, and which models it has. */
#include <assert.h>

#include "account_impl.h"
#include "arena.h"
#include "attr.h"

/* What is asked next once an answer was read; the end when nothing more is needed. */
static void go_on(struct account_job *j);

static void
finish(struct account_job *j)
{
	j->result.status = j->status;
	j->result.found = j->provider->server->found(&j->findings,
	    j->arena);
	seq_done(j);
}

static void
fail(struct account_job *j, enum verdict verdict, const char *why)
{
	const struct outcome o = { .verdict = verdict, .message = why,
	    .log = why };

	seq_fail(j, &o);
}

/* Whether the answer says that there is a server, and that it takes the key. */
static bool
is_answer(struct account_job *j, const struct call_response *r)
{
	if (j->unsent || r->transport != TRANSPORT_OK) {
		fail(j, VERDICT_RETRY, j->timed_out
		    ? "The server did not answer in time"
		    : "The server cannot be reached");
		return false;
	}
	if (r->status == 401 || r->status == 403) {
		fail(j, VERDICT_REFRESH, "The server refused the key");
		return false;
	}
	if (r->status >= 500 || r->status == 429) {
		fail(j, VERDICT_RETRY, arena_printf(j->arena,
		    "The server answered with status %ld", r->status));
		return false;
	}
	return true;
}

static void
on_answer(void *arg, const struct call_response *r)
{
	struct account_job *j = arg;

	j->transfer = NULL;
	if (!j->unsent) {
		j->status = r->status;
		j->transport = r->transport;
		j->timed_out = r->timed_out;
	}
	j->provider->server->hear(&j->token, r, j->arena, &j->findings);
	if ((j->unsent || !j->findings.may_fail) && !is_answer(j, r))
		return;
	go_on(j);
}

static void
go_on(struct account_job *j)
{
	struct call_request rq;

	if (j->provider->server->ask(&j->token, &j->findings, j->arena, &rq))
		seq_send_request(j, &rq, on_answer);
	else
		finish(j);
}

/* Taken at its word; as all orders, this one ends from client_wait. */
static void
on_nothing(void *arg, const struct call_response *r UNUSED)
{
	struct account_job *j = arg;

	j->transfer = NULL;
	j->result.found = "{}";
	seq_done(j);
}

void
seq_server(struct account_job *j)
{
	static const struct call_request nowhere = { .method = "GET",
	    .url = "", .reach = REACH_PUBLIC };

	assert(j->provider != NULL);
	if (j->provider->server != NULL)
		go_on(j);
	else
		j->transfer = client_start(j->client, &nowhere, on_nothing, j);
}
