/* SPDX-License-Identifier: MIT */
/*
 * poll.c: asking for each job by itself, where the upstream has no list that
 * tells of all. No look waits for another one; those of many jobs are spread.
 */
#include <string.h>

#include "clock.h"
#include "commit.h"
#include "content.h"
#include "download.h"
#include "env.h"
#include "health.h"
#include "id.h"
#include "job_call.h"
#include "log.h"
#include "poll.h"
#include "poller.h"
#include "provider.h"
#include "step.h"
#include "task_log.h"
#include "upstream.h"

#define MOST_GROWTH	3.0	/* of the interval, while nothing moves */
#define LOOKS_TO_GROW	6	/* so many looks without progress add one interval */
#define MOST_WAIT_MS	1000	/* for a server that rests */
#define NEAR_END	70	/* per cent: from here on nothing is waited for longer */

/* Milliseconds until the next look. */
static int64_t
interval_of(const struct job *job, const struct token *token)
{
	double growth = 1 + (double)job->looks / LOOKS_TO_GROW;

	if (job->task.progress >= NEAR_END)
		growth = 1;
	if (growth > MOST_GROWTH)
		growth = MOST_GROWTH;
	return poller_pause(job->poller, token->terms->poll_interval *
	    growth);
}

/* The same, and some jitter; longer for a job that fails. */
static int64_t
pause_of(const struct job *job, const struct token *token)
{
	int64_t ms = server_health_backoff(job->fails,
	    interval_of(job, token), poller_pause(job->poller, 1));

	return ms - id_below((uint32_t)(ms / 5) + 1);
}

void
poll_plan(struct job *job, int64_t hint_ms)
{
	const struct token *token = pool_token_row(job->token);
	int64_t ms = hint_ms;

	if (token != NULL && (ms == 0 || job->fails > 0)) {
		ms = pause_of(job, token);
		ms = ms > hint_ms ? ms : hint_ms;
	}
	job->poll_ms = clock_mono_ms() + ms;
	job_queue(job);
}

/* After a start of this program all are due: they are spread over one interval. */
static void
plan_first(struct job *job)
{
	poll_plan(job, 0);
	job->poll_ms -= id_below((uint32_t)(job->poll_ms - clock_mono_ms()) +
	    1);
	job_queue(job);
}

/* ---- answers ---- */

static void
keep_result(struct job *job, const struct call_response *r)
{
	struct step_env env = job_env(job);
	struct outcome bad = { .verdict = VERDICT_FAIL };
	const char *name = content_keep(job, r, &bad.log);
	struct task_change change;

	if (name != NULL)
		step_downloaded(&job->task, name, download_url(job, name),
		    &env, &change);
	else
		step_content_failed(&job->task, &bad, &env, &change);
	decide(job, &change);
}

static void
tell_odd(struct pool_token *pt, const struct sighting *s)
{
	if (s->odd_status == NULL || pt->odd_told)
		return;
	pt->odd_told = true;
	log_info("token %lld: server reports the unknown status \"%s\", taken"
	    " as running", (long long)pt->id, s->odd_status);
}

static void
found(struct job *job, const struct sighting *s,
    const struct call_response *r)
{
	struct step_env env = job_env(job);
	struct task_change change;

	job->gone = job->refusals = 0;
	tell_odd(job->token, s);
	if (s->state == SEEN_DONE && s->payload)
		keep_result(job, r);
	else if (step_seen(&job->task, s, &env, &change))
		decide(job, &change);
	else
		job->looks++;
}

static void
not_found(struct job *job)
{
	struct step_env env = job_env(job);
	struct task_change change;

	if (job->gone++ == 0)
		job->gone_ms = env.clock_ms;
	if (step_gone(&job->task, job->gone, job->gone_ms, &env, &change))
		decide(job, &change);
}

static void
refused(struct job *job, const struct outcome *o)
{
	const struct sighting s = { .state = SEEN_FAILED,
	    .policy = o->policy, .message = o->message, .code = o->code };
	struct step_env env = job_env(job);
	struct task_change change;

	step_seen(&job->task, &s, &env, &change);
	decide(job, &change);
}

/* What the answer says about the token: a key that is refused switches it off. */
static void
note_token(struct pool_token *pt, const struct outcome *o)
{
	const struct token_change change = { .verdict = o->token.verdict };

	pool_token_change(pt, &change);
}

static void
on_polled(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct pool_token *pt = job->token;
	struct outcome o;

	job_end(job);
	job_answer(job, CALL_JOB, r, &o);
	note_token(pt, &o);
	poll_plan(job, o.verdict == VERDICT_OK ? o.ask_after_ms : o.retry_ms);
	switch ((int)o.verdict) {
	case VERDICT_OK:
		found(job, o.sightings, r);
		break;
	case VERDICT_GONE:
		not_found(job);
		break;
	case VERDICT_FAIL:
		refused(job, &o);
		break;
	default:
		task_log(&job->task, LOG_LEVEL_DEBUG, "could not be asked for:"
		    " %s", o.log != NULL ? o.log : "no reason");
		job->gone = 0;
		job->refusals += !o.down && !o.sick && !r->local;
		break;
	}
	content_drop(r);
}

/* ---- questions ---- */

static void
ask(struct job *job, struct pool_token *pt)
{
	struct error e;
	enum err rc = job_ask(job, CALL_JOB, health_asking(pt, job),
	    on_polled, &e);

	if (rc == ERR_NOT_FOUND) {
		pool_token_lost(pt, "The account was removed");
	} else if (rc != ERR_OK) {
		task_log(&job->task, LOG_LEVEL_ERROR, "%s", e.text);
		poll_plan(job, 0);
	}
}

void
poll_now(struct job *job)
{
	job->poll_ms = 1;
	job_queue(job);
}

/* Until the server may be asked again; a rest may end early, too. */
static int64_t
wait_of(const struct pool_token *pt)
{
	int64_t ms = pt->health.rest_ms - clock_mono_ms();

	return ms < LOOK_MS ? LOOK_MS : ms < MOST_WAIT_MS ? ms : MOST_WAIT_MS;
}

void
poll_take(struct job *job)
{
	if (job->poll_ms == 0)
		plan_first(job);
	else if (health_allows(job->token, job))
		ask(job, job->token);
	else
		job_later(job, wait_of(job->token));
}

void
polls_hasten(struct pool_token *pt)
{
	const struct token *token = pool_token_row(pt);
	int64_t now = clock_mono_ms();
	struct job *job;

	if (token == NULL)
		return;
	TAILQ_FOREACH(job, &pt->jobs, of_token) {
		if (job->fails == 0 || job->task.step != STEP_POLL)
			continue;
		job->poll_ms = now + id_below((uint32_t)interval_of(job,
		    token) + 1);
		job_queue(job);
	}
}
