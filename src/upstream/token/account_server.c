/* account_server.c: whether a server answers, what it is, and which models it has. */
#include <string.h>

#include "account_impl.h"
#include "arena.h"
#include "backend.h"
#include "server_ask.h"

/* What is asked next once an answer was read; the end when nothing more is needed. */
static void go_on(struct account_job *j, enum server_question asked);

static void
finish(struct account_job *j)
{
	j->result.status = j->status;
	j->result.found = server_found(&j->findings, j->arena);
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
	server_read(j->question, j->token.backend, r, j->arena, &j->findings);
	/* who has no description of itself has not failed */
	if ((j->unsent || j->question != ASK_OPENAPI) && !is_answer(j, r))
		return;
	go_on(j, j->question);
}

static void
ask(struct account_job *j, enum server_question q)
{
	struct call_request rq;

	j->question = q;
	server_build(q, j->token.backend, j->token.token, j->arena, &rq);
	seq_send_request(j, &rq, on_answer);
}

static void
go_on(struct account_job *j, enum server_question asked)
{
	bool known = j->findings.preset != NULL ||
	    strcmp(j->token.backend->preset, "auto") != 0;

	if (asked == ASK_MODELS && !known)
		ask(j, ASK_OPENAPI);
	else if (asked != ASK_UNKNOWN && (!known || !j->findings.has_list))
		ask(j, ASK_UNKNOWN);
	else
		finish(j);
}

void
seq_server(struct account_job *j)
{
	if (strcmp(j->token.backend->preset, "auto") != 0)
		j->findings.preset = j->token.backend->preset;
	ask(j, ASK_MODELS);
}
