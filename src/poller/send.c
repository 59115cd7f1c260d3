/* SPDX-License-Identifier: MIT */
/* send.c: uploads and creates. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "call.h"
#include "challenge.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "content.h"
#include "download.h"
#include "env.h"
#include "health.h"
#include "job_call.h"
#include "leftover.h"
#include "log.h"
#include "poll.h"
#include "poller.h"
#include "provider.h"
#include "refresh.h"
#include "round.h"
#include "send.h"
#include "site.h"
#include "step.h"
#include "task_log.h"
#include "token_store.h"
#include "upstream.h"
#include "verdict.h"

static void
on_uploaded(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome outcome;

	job_end(job);
	job_answer(job, CALL_UPLOAD, r, &outcome);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_uploaded(&job->task, job_next_media(&job->task), &outcome,
		    &env, &change);
	decide(job, &change);
}

/* Its task ended meanwhile: what was begun for it is to end. */
static void
end_orphan(struct job *job, const struct outcome *o)
{
	struct error e;

	assert(job->orphan || job->decided);
	if (o->verdict == VERDICT_OK && o->id != NULL &&
	    leftover_add(job->poller->store, job->task.token_id, o->id, false,
	    &e) != ERR_OK)
		task_log(&job->task, LOG_LEVEL_WARN, "%s", e.text);
	if (job->orphan)
		job_orphan_end(job);
}

/* The server did it at once, and the result came along. */
static void
made(struct job *job, const struct outcome *o, const struct call_response *r)
{
	struct step_env env = job_env(job);
	struct task_change change;
	const char *why, *name = content_keep(job, r, &why);
	struct outcome bad = {
		.verdict = VERDICT_FAIL, .message = "The upstream's result is no video or image",
		.code = "upstream_error",
	};

	if (name != NULL) {
		step_made(&job->task, o, name, download_url(job, name), &env,
		    &change);
	} else {
		bad.log = why;
		step_created(&job->task, &bad, &env, &change);
	}
	decide(job, &change);
}

static void
on_created(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env;
	struct task_change change;
	struct outcome outcome;

	job_end(job);
	job_answer(job, CALL_CREATE, r, &outcome);
	if (job->orphan || job->decided) {
		content_drop(r);
		end_orphan(job, &outcome);
		return;
	}
	if (outcome.verdict == VERDICT_OK && r->payload) {
		made(job, &outcome, r);
		return;
	}
	content_drop(r);
	env = job_env(job);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_created(&job->task, &outcome, &env, &change);
	if (change.step == STEP_POLL && env.by_job)
		poll_plan(job, outcome.ask_after_ms);
	decide(job, &change);
}

/* Nothing was sent. */
static void
refuse(struct job *job, const struct error *cause)
{
	struct step_env env = job_env(job);
	struct outcome o = verdict_unsent(cause);
	struct task_change change;

	step_created(&job->task, &o, &env, &change);
	decide(job, &change);
}

static void
start(struct job *job, enum call call, transfer_fn *done)
{
	struct error e;

	if (job_call(job, call, done, &e) != ERR_OK)
		refuse(job, &e);
}

/* Its server fails: it goes back to the queue unasked. */
static void
give_back(struct job *job)
{
	static const struct outcome down = { .verdict = VERDICT_DOWN };
	struct step_env env = job_env(job);
	struct task_change change;

	step_created(&job->task, &down, &env, &change);
	decide(job, &change);
}

static void
mark(struct job *job, int *counter)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_creating(&job->task, &env, &change);
	decide(job, &change);
	job_mark(job, counter);
}

/* References go along with the create. */
static void
send_to_server(struct job *job)
{
	struct pool_token *pt = job->token;

	if (health_rests(pt))
		give_back(job);
	else if (pt->sending + pt->marked < MAX_SENDING &&
	    !reconcile_blocks(job))
		mark(job, &pt->marked);
	else
		job_later(job, LOOK_MS);
}

void
send_take(struct job *job)
{
	if (pool_token_by_job(job->token))
		send_to_server(job);
	else if (challenge_holds(job) || refresh_waits(job->token))
		job_later(job, LOOK_MS);
	else if (job->task.step == STEP_UPLOAD)
		start(job, CALL_UPLOAD, on_uploaded);
	else if (reconcile_blocks(job))
		job_later(job, LOOK_MS);
	else
		mark(job, &job->poller->marked);
}

void
send_marked(struct job *job)
{
	struct task_change change;
	struct step_env env;

	if (job_unmark(job)) {
		start(job, CALL_CREATE, on_created);
		return;
	}
	/* marked by a process that is no more */
	env = job_env(job);
	step_interrupted(&job->task, &env, &change);
	decide(job, &change);
}
