/* SPDX-License-Identifier: MIT */
/*
 * relist.c: finding a task whose create was interrupted in the list of a server
 * that is otherwise asked for each job. The list has other people's jobs, too:
 * a task is found when no more jobs can be it than tasks are looked for.
 */
#include <string.h>

#include "arena.h"
#include "call.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "health.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "reach.h"
#include "round.h"
#include "round_impl.h"
#include "step.h"
#include "task_log.h"

#define MAX_PAGES	10

static bool
is_lost(const struct pool_token *pt, const struct job *job)
{
	return !job->decided && job->task.step == STEP_RECONCILE &&
	    job->task.step_ms <= pt->round->started_ms;
}

static void
end(struct pool_token *pt)
{
	const struct token *token = pool_token_row(pt);

	round_drop(pt);
	round_at(pt, clock_mono_ms() + poller_pause(pt->poller,
	    token != NULL ? token->terms->poll_interval : 5));
}

/* ---- what was listed ---- */

static bool
can_be(const struct pool_token *pt, const struct job *job,
    const struct sighting *s)
{
	return pt->provider->is_its(&pt->round->token, &job->task, s) &&
	    (s->created_at == 0 || s->created_at >= reconcile_since(pt, &job->task)) &&
	    !reconcile_claimed(pt, s->upstream_id);
}

/* How many lost tasks the same jobs can be: they are alike. */
static size_t
lost_alike(const struct pool_token *pt, const struct sighting *s)
{
	const struct job *job;
	size_t n = 0;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		n += is_lost(pt, job) && can_be(pt, job, s);
	return n;
}

/* The first of the jobs that can be it; NULL: none, or there are too many. */
static const struct sighting *
pick(const struct pool_token *pt, const struct job *job)
{
	const struct round *round = pt->round;
	const struct sighting *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < round->n_seen; i++) {
		if (!can_be(pt, job, &round->seen[i]))
			continue;
		if (n++ == 0)
			first = &round->seen[i];
	}
	return n > 0 && n <= lost_alike(pt, first) ? first : NULL;
}

static void
settle(struct pool_token *pt, struct job *job)
{
	struct step_env env = job_env(job);
	const struct sighting *s = pick(pt, job);
	struct task_change change;

	/* what came later was not looked at */
	job->asked_ms = env.clock_ms = pt->round->started_ms;
	if (s != NULL && !reconcile_being_sent(pt, job->task.prompt)) {
		reconcile_take(pt, s->upstream_id);
		task_log(&job->task, LOG_LEVEL_INFO,
		    "found at the upstream as %s", s->upstream_id);
		step_found(&job->task, arena_strdup(pt->poller->arena,
		    s->upstream_id), &env, &change);
		decide(job, &change);
	} else if (step_not_found(&job->task, &env, &change)) {
		decide(job, &change);
	}
}

static void
finish(struct pool_token *pt)
{
	struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_lost(pt, job))
			settle(pt, job);
	end(pt);
}

/* Copies of what the page shows; true when all later ones are too old. */
static bool
take_page(struct pool_token *pt, const struct outcome *o)
{
	struct round *round = pt->round;
	const struct job *job;
	int64_t oldest = 0;

	for (size_t i = 0; i < o->n_sightings; i++) {
		const struct sighting *s = &o->sightings[i];

		round->seen = arena_grow(round->arena, round->seen,
		    round->n_seen, sizeof(*round->seen));
		round->seen[round->n_seen++] = *s;
		if (s->created_at != 0 &&
		    (oldest == 0 || s->created_at < oldest))
			oldest = s->created_at;
	}
	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_lost(pt, job) && (oldest == 0 ||
		    reconcile_since(pt, &job->task) <= oldest))
			return false;
	return true;
}

/* ---- the exchange ---- */

static void ask(struct pool_token *pt);

static void
on_listed(void *arg, struct call_answer *answer)
{
	struct pool_token *pt = arg;
	struct round *round = pt->round;
	const struct outcome *o = &answer->outcome;

	round->call = NULL;
	reach_note(pt, answer->response);
	round->now = response_date(answer->response);
	health_note_list(pt, o);
	/* there is no such list, or none that can be read */
	if (o->verdict == VERDICT_GONE || answer->response->too_large) {
		finish(pt);
		return;
	}
	if (o->verdict != VERDICT_OK) {
		log_info("token %lld: job list could not be read: %s",
		    (long long)pt->id, o->log != NULL ? o->log : "no reason");
		end(pt);
		return;
	}
	if (!take_page(pt, o) && o->cursor != NULL &&
	    ++round->pages < MAX_PAGES) {
		round->cursor = o->cursor;
		ask(pt);
		return;
	}
	finish(pt);
}

static void
ask(struct pool_token *pt)
{
	struct round *round = pt->round;
	const struct call_input in = { .call = CALL_JOBS,
	    .token = &round->token, .cursor = round->cursor };
	struct error e;

	/* pages stay until all are read */
	round->call = upstream_call(pt->poller, pt->id, &in, round->arena,
	    on_listed, pt, &e);
	if (round->call != NULL)
		return;
	log_error("token %lld: job list could not be read: %s",
	    (long long)pt->id, e.text);
	end(pt);
}

void
relist_start(struct pool_token *pt)
{
	if (health_rests(pt))
		round_at(pt, clock_mono_ms() + LOOK_MS);
	else if (round_new(pt) != NULL)
		ask(pt);
	else
		end(pt);
}
