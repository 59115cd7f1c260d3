/* SPDX-License-Identifier: MIT */
/*
 * content.c: the result of a job, from its server or from where that sends us,
 * into the cache. It goes to a file as it comes, and is gone on with where it
 * broke off.
 */
#include <string.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "content.h"
#include "download.h"
#include "env.h"
#include "file.h"
#include "job_call.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "step.h"
#include "task_log.h"
#include "upstream.h"
#include "verdict.h"

#define MAX_HOPS	5

void
content_drop(const struct call_response *r)
{
	if (r->sink != NULL)
		file_abort(r->sink);
}

const char *
content_keep(struct job *job, const struct call_response *r,
    const char **why)
{
	return download_commit(job, r->sink, job->task.task_id, why);
}

static void
succeed(struct job *job, const char *name)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_downloaded(&job->task, name, download_url(job, name), &env,
	    &change);
	decide(job, &change);
}

static void
fail(struct job *job, const struct outcome *o)
{
	struct step_env env = job_env(job);
	struct task_change change;

	task_log(&job->task, LOG_LEVEL_INFO, "no file yet: %s",
	    o->log != NULL ? o->log : "no reason");
	step_content_failed(&job->task, o, &env, &change);
	decide(job, &change);
}

static void
cannot_use(struct job *job, const char *why)
{
	const struct outcome o = { .verdict = VERDICT_OTHER, .log = why };

	fail(job, &o);
}

/* ---- another address for the same file ---- */

static void
on_asked_again(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome o;

	job_end(job);
	content_drop(r);
	job_answer(job, CALL_JOB, r, &o);
	if (o.verdict == VERDICT_OK && o.sightings->state == SEEN_DONE &&
	    (o.sightings->url != NULL || o.sightings->fetch_url != NULL)) {
		step_seen(&job->task, o.sightings, &env, &change);
		decide(job, &change);
		return;
	}
	o.verdict = VERDICT_EARLY;
	o.log = "the server names no other place";
	fail(job, &o);
}

/* ---- the exchange ---- */

static void ask(struct job *job, enum call call, transfer_fn *done);
static void on_content(void *arg, const struct call_response *r);

/* It is somewhere else. */
static void
follow(struct job *job, const struct outcome *o)
{
	if (++job->hops > MAX_HOPS) {
		cannot_use(job, "too many redirects");
		return;
	}
	job->location = arena_strdup(job->arena, o->location);
	job->stranger = o->stranger;
	ask(job, CALL_CONTENT, on_content);
}

static void
read_answer(struct job *job, const struct call_response *r)
{
	struct outcome o;

	content_drop(r);
	job_answer(job, CALL_CONTENT, r, &o);
	if (o.verdict == VERDICT_OK && o.location != NULL) {
		follow(job, &o);
	} else if (o.verdict == VERDICT_OK) {
		cannot_use(job, "it is empty");
	} else if (o.want_url && !job->link_renewed &&
	    job->task.upstream_id != NULL) {
		job->link_renewed = true;
		ask(job, CALL_JOB, on_asked_again);
	} else {
		fail(job, &o);
	}
}

static void
on_content(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	bool whole = r->transport == TRANSPORT_OK && r->status >= 200 &&
	    r->status <= 299;
	const char *why, *name;

	job_end(job);
	if (r->transport != TRANSPORT_OK && r->sink != NULL) {
		job_keep_partial(job, r->sink);
	}
	if (!whole || r->sink == NULL)
		read_answer(job, r);
	else if ((name = content_keep(job, r, &why)) != NULL)
		succeed(job, name);
	else
		cannot_use(job, why);
}

static void
lose(struct job *job, const struct error *e)
{
	struct outcome o = verdict_unsent(e);
	struct step_env env = job_env(job);
	struct task_change change;

	if (o.verdict == VERDICT_RETRY) {
		fail(job, &o);
		return;
	}
	step_account_lost(&job->task, arena_strdup(job->poller->arena,
	    e->text), &env, &change);
	decide(job, &change);
}

static void
ask(struct job *job, enum call call, transfer_fn *done)
{
	struct error e;

	if (job_ask(job, call, &job->poller->downloading, done, &e) != ERR_OK)
		lose(job, &e);
}

void
content_fetch(struct job *job)
{
	job->location = NULL;
	job->stranger = false;
	job->hops = 0;
	ask(job, CALL_CONTENT, on_content);
}
