/* SPDX-License-Identifier: MIT */
/*
 * round.c: reading a token's lists, for all its tasks at once: first those
 * of videos, then that of images, each only if the token has such tasks.
 */
#include <string.h>

#include "arena.h"
#include "call.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "env.h"
#include "id.h"
#include "log.h"
#include "meter.h"
#include "poller.h"
#include "provider.h"
#include "reach.h"
#include "refresh.h"
#include "round.h"
#include "round_impl.h"
#include "step.h"
#include "verdict.h"

#define MAX_PAGES	400
#define MAX_PAUSE_MS	30000	/* between rounds that fail */

/*
 * A job that this round can speak of: it was with the upstream when the lists
 * were asked for. One that left the first list is looked for in the second.
 */
static bool
is_asked_for(const struct pool_token *pt, const struct job *job)
{
	return !job->decided &&
	    (job->task.kind == TASK_IMAGE) == pt->round->images &&
	    round_lists(job) && (job->task.step == STEP_RESOLVE ||
	    job->task.step_ms <= pt->round->started_ms);
}

static struct job *
job_of(const struct pool_token *pt, const struct sighting *s)
{
	struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_asked_for(pt, job) && job->task.upstream_id != NULL &&
		    strcmp(job->task.upstream_id, s->upstream_id) == 0)
			return job;
	return NULL;
}

/* Until the lists are worth reading again: what the most urgent task wants, and some jitter. */
static int64_t
pause_of(const struct pool_token *pt)
{
	int64_t base =
	    (int64_t)(pt->poller->conf->sora_poll_interval * 1000);
	int64_t least = 5 * base;
	struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token) {
		int64_t wanted;

		if (!round_lists(job))
			continue;
		wanted = step_poll_interval(&job->task, job->looks++, base);
		if (wanted < least)
			least = wanted;
	}
	return least - least / 20 + id_below((uint32_t)(least / 10) + 1);
}

static bool
has_upstream_jobs(const struct pool_token *pt, bool images)
{
	const struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if ((job->task.kind == TASK_IMAGE) == images &&
		    round_lists(job))
			return true;
	return false;
}

static void
round_end(struct pool_token *pt)
{
	round_drop(pt);
	pt->errors = 0;
	round_at(pt, clock_mono_ms() + pause_of(pt));
}

static void
round_fail(struct pool_token *pt, const struct outcome *o)
{
	int64_t pause = (int64_t)(pt->poller->conf->sora_poll_interval * 1000);
	struct token_change change;
	bool refused, renewing;

	for (int i = 0; i < pt->errors && pause < MAX_PAUSE_MS; i++)
		pause += pause / 2;
	pt->errors++;
	pause = pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS;
	log_info("token %lld: task list could not be read, next try in %.1f s:"
	    " %s", (long long)pt->id, (double)pause / 1000,
	    o->log != NULL ? o->log : "no reason");
	refused = o->verdict == VERDICT_REFRESH;
	renewing = refused && refresh_begin(pt);
	change = verdict_change(o, renewing);
	pool_token_change(pt, &change);
	if (refused && !renewing)
		pool_token_lost(pt, "The account was refused by the upstream");
	round_drop(pt);
	round_at(pt, clock_mono_ms() + pause);
}

static void
see(struct pool_token *pt, const struct sighting *s)
{
	struct job *job = job_of(pt, s);
	struct task_change change;
	struct step_env env;

	if (job != NULL)
		job->seen_ms = pt->round->started_ms;
	if (job == NULL) {
		reconcile_match(pt, s);
		return;
	}
	env = job_env(job);
	if (step_seen(&job->task, s, &env, &change))
		decide(job, &change);
}

/* Whether a task that the second list may have is still looked for. */
static bool
wants_drafts(const struct pool_token *pt)
{
	const struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (job->task.step == STEP_RESOLVE && is_asked_for(pt, job))
			return true;
	return reconcile_wanted(pt);
}

/* Whether an image is still looked for: the list has the newest tasks first. */
static bool
wants_recent(const struct pool_token *pt)
{
	const struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_asked_for(pt, job) &&
		    job->task.step != STEP_RECONCILE &&
		    job->seen_ms != pt->round->started_ms)
			return true;
	return reconcile_wanted(pt);
}

/* Nothing that is looked for can be on a later page: those are older than all of it. */
static bool
is_past(const struct pool_token *pt, const struct outcome *o)
{
	const struct job *job;
	int64_t oldest = 0;

	for (size_t i = 0; i < o->n_sightings; i++)
		if (o->sightings[i].created_at > 0 && (oldest == 0 ||
		    o->sightings[i].created_at < oldest))
			oldest = o->sightings[i].created_at;
	if (oldest == 0)
		return false;
	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_asked_for(pt, job) && (pt->round->images ||
		    job->task.step != STEP_POLL) &&
		    reconcile_since(pt, &job->task) <= oldest)
			return false;
	return true;
}

static void call_lists(struct pool_token *pt, enum call call);

static bool
old_paths(const struct poller *p, enum call call)
{
	return (call == CALL_PENDING && p->old_pending) ||
	    (call == CALL_DRAFTS && p->old_drafts);
}

/* All lists were read: nothing that ended before they were asked for was missed. */
static void
note_asked(struct pool_token *pt)
{
	struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (round_lists(job) && (job->task.step == STEP_RESOLVE ||
		    job->task.step_ms <= pt->round->started_ms))
			job->asked_ms = pt->round->started_ms;
}

/* The lists of videos are done: now that of images, if there are any. */
static void
go_on(struct pool_token *pt)
{
	if (pt->round->images || !has_upstream_jobs(pt, true)) {
		note_asked(pt);
		round_end(pt);
		return;
	}
	pt->round->images = true;
	pt->round->cursor = NULL;
	pt->round->pages = 0;
	call_lists(pt, CALL_RECENT);
}

/* The server has the other path only, from now on. */
static void
note_old_paths(struct poller *p, enum call call)
{
	if (call == CALL_PENDING)
		p->old_pending = true;
	else
		p->old_drafts = true;
}

/* Takes the sightings to the jobs, or says that the round is over. */
static bool
read_list(struct pool_token *pt, struct call_answer *answer)
{
	struct outcome *o = &answer->outcome;

	reach_note(pt, answer->response);
	pt->round->now = response_date(answer->response);
	if (answer->late) {
		round_drop(pt);
		round_at(pt, clock_mono_ms());
		return false;
	}
	if (o->verdict == VERDICT_OLD_PATHS) {
		note_old_paths(pt->poller, pt->round->asked);
		call_lists(pt, pt->round->asked);
		return false;
	}
	if (o->verdict != VERDICT_OK) {
		round_fail(pt, o);
		return false;
	}
	for (size_t i = 0; i < o->n_sightings; i++)
		see(pt, &o->sightings[i]);
	return true;
}

/* A page of drafts or of recent images: the next one, if it may have what is wanted. */
static void
on_page(struct pool_token *pt, const struct outcome *o)
{
	struct round *round = pt->round;
	bool wanted = round->images ? wants_recent(pt) : wants_drafts(pt);

	if (wanted && o->cursor != NULL && ++round->pages < MAX_PAGES &&
	    !is_past(pt, o)) {
		round->cursor = arena_strdup(round->arena, o->cursor);
		call_lists(pt, round->asked);
		return;
	}
	reconcile_finish(pt);
	go_on(pt);
}

static bool
is_shown(const struct job *job, const struct outcome *o)
{
	for (size_t i = 0; i < o->n_sightings; i++)
		if (strcmp(o->sightings[i].upstream_id,
		    job->task.upstream_id) == 0)
			return true;
	return false;
}

/* Whether a job that was there has left the list. */
static bool
notice_left(struct pool_token *pt, const struct outcome *o)
{
	struct step_env env = poller_env(pt->poller);
	struct task_change change;
	struct job *job;
	bool left = false;

	TAILQ_FOREACH(job, &pt->jobs, of_token) {
		if (!is_asked_for(pt, job) || job->task.step != STEP_POLL ||
		    is_shown(job, o) || !step_left(&job->task, &env, &change))
			continue;
		decide(job, &change);
		left = true;
	}
	return left;
}

/* Those that just left are looked for as soon as that is written, with what else is. */
static void
on_pending(struct pool_token *pt, const struct outcome *o)
{
	if (notice_left(pt, o))
		round_pause(pt);
	else if (wants_drafts(pt))
		call_lists(pt, CALL_DRAFTS);
	else
		go_on(pt);
}

static void
on_list(void *arg, struct call_answer *answer)
{
	struct pool_token *pt = arg;

	pt->round->call = NULL;
	if (!read_list(pt, answer))
		return;
	if (pt->round->asked == CALL_PENDING)
		on_pending(pt, &answer->outcome);
	else
		on_page(pt, &answer->outcome);
}

static void
call_lists(struct pool_token *pt, enum call call)
{
	struct poller *p = pt->poller;
	struct round *round = pt->round;
	const struct call_input in = {
		.call = call, .token = &round->token, .cursor = round->cursor,
		.watermark_free = p->settings.watermark_free_enabled,
		.old_paths = old_paths(p, call),
	};
	struct outcome failed = { .verdict = VERDICT_RETRY };
	struct error e;

	round->asked = call;
	round->call = upstream_call(p, pt->id, &in, NULL, on_list, pt, &e);
	if (round->call != NULL)
		return;
	failed.log = e.text;
	round_fail(pt, &failed);
}

void
round_start(struct pool_token *pt)
{
	meter_observe(METER_POLL_LAG, NULL,
	    (clock_mono_ms() - pt->next_ms) * 1000);
	if (round_new(pt) == NULL)
		round_end(pt);
	else if (has_upstream_jobs(pt, false))
		call_lists(pt, CALL_PENDING);
	else
		go_on(pt);
}

void
round_continue(struct pool_token *pt)
{
	call_lists(pt, CALL_DRAFTS);
}
