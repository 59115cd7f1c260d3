/* SPDX-License-Identifier: MIT */
/* job_call.c: calls of an upstream for a job. */
#include "job_call.h"

#include "arena.h"
#include "call.h"
#include "challenge.h"
#include "character_steps.h"
#include "client.h"
#include "clock.h"
#include "conf.h"
#include "credential.h"
#include "env.h"
#include "file.h"
#include "health.h"
#include "leftover.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "reach.h"
#include "refresh.h"
#include "site.h"
#include "task_log.h"
#include "token_store.h"
#include "upstream.h"
#include "verdict.h"

size_t
job_next_media(const struct task *t)
{
	size_t i;

	for (i = 0; i < t->n_media && t->media[i].upstream_id != NULL; i++)
		;
	return i;
}

static enum err
job_input(struct job *job, enum call call, struct arena *a,
    struct call_input *in, struct error *e)
{
	struct poller *p = job->poller;
	struct token *token = arena_alloc(a, sizeof(*token));
	enum err rc;

	*in = (struct call_input){
		.call = call, .conf = p->conf, .token = token,
		.task = &job->task, .solver = poller_solver(p, a),
		.watermark_free = p->settings.watermark_free_enabled,
		.spool_dir = p->site->spool_dir,
		.want_url = job->task.step == STEP_DOWNLOAD,
		.location = job->location, .stranger = job->stranger,
		.have = job->partial != NULL ? job->partial->len : 0,
	};
	if ((rc = token_load_any(p->store, job->task.token_id, a, token, e))
	    != ERR_OK)
		return rc;
	if (call == CALL_UPLOAD) {
		in->media = &job->task.media[job_next_media(&job->task)];
		in->media_path = arena_printf(a, "%s/%s", p->site->spool_dir,
		    in->media->file);
	}
	if (job->task.character_options != NULL)
		character_input(job, call, a, in);
	return ERR_OK;
}

void
job_answer(struct job *job, enum call call, const struct call_response *r,
    struct outcome *out)
{
	struct poller *p = job->poller;
	struct call_input in;
	struct error e;

	*out = (struct outcome){ .verdict = VERDICT_OTHER };
	if (job_input(job, call, p->arena, &in, &e) != ERR_OK)
		out->log = arena_strdup(p->arena, e.text);
	else
		provider_parse(provider_find(in.token->provider), &in, r,
		    call == CALL_JOB ? job->refusals : job->task.attempts,
		    poller_env(p).now_ms / 1000, p->arena, out);
	credential_judges(job->token, &job->with, out);
	if (pool_token_by_job(job->token))
		health_note(job, call, out);
	reach_note(job->token, r);
	if ((call == CALL_JOB || call == CALL_CAMEO_STATUS) &&
	    (out->verdict == VERDICT_OK || out->verdict == VERDICT_GONE))
		job->asked_ms = poller_clock(p) - r->elapsed_ms;
	job->challenged = out->challenge;
	if (out->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
}

bool
job_refused(struct job *job, const struct outcome *o)
{
	return o->verdict == VERDICT_REFRESH &&
	    refresh_begin(job->token);
}

enum err
job_ask(struct job *job, enum call call, int *counter, transfer_fn *done,
    struct error *e)
{
	struct poller *p = job->poller;
	struct arena *a = arena_new();
	struct call_request request;
	struct call_input in;
	enum err rc;

	if ((rc = job_input(job, call, a, &in, e)) == ERR_OK)
		rc = call_prepare(p, &in, a, &request, &job->with, e);
	if (rc == ERR_OK) {
		if (call == CALL_CONTENT && job->partial != NULL)
			request.resume = job->partial;
		job_begin(job, client_start(p->client, &request, done, job),
		    counter);
		if (request.resume != NULL)	/* it was taken over */
			job_keep_partial(job, NULL);
	}
	arena_free(a);
	return rc;
}

void
job_fetch(struct job *job, struct call_request *rq, int *counter,
    transfer_fn *done)
{
	struct poller *p = job->poller;
	struct arena *a = arena_new();
	struct token token;
	struct error e;

	/* same way out as the task's other calls; no credential goes along */
	if (token_load_any(p->store, job->task.token_id, a, &token, &e)
	    == ERR_OK)
		rq->proxy = poller_proxy(p, &token, a);
	job_begin(job, client_start(p->client, rq, done, job), counter);
	arena_free(a);
}

/* A server is one for itself; it may take as long as a whole job takes. */
static int *
sending_of(struct job *job)
{
	return pool_token_by_job(job->token) ? &job->token->sending
	    : &job->poller->sending;
}

enum err
job_call(struct job *job, enum call call, transfer_fn *done, struct error *e)
{
	return job_ask(job, call, sending_of(job), done, e);
}
