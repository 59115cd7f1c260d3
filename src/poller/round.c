/*
 * round.c: reading an account's lists, for all its tasks at once: first those
 * of videos, then that of images, each only if the account has such tasks.
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
is_asked_for(const struct account *acc, const struct job *job)
{
	return !job->decided &&
	    (job->task.kind == TASK_IMAGE) == acc->round->images &&
	    round_lists(job) && (job->task.step == STEP_RESOLVE ||
	    job->task.step_ms <= acc->round->started_ms);
}

static struct job *
job_of(const struct account *acc, const struct sighting *s)
{
	struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (is_asked_for(acc, job) && job->task.upstream_id != NULL &&
		    strcmp(job->task.upstream_id, s->upstream_id) == 0)
			return job;
	return NULL;
}

/* Until the lists are worth reading again: what the most urgent task wants, and some jitter. */
static int64_t
pause_of(const struct account *acc)
{
	int64_t base =
	    (int64_t)(acc->poller->conf->sora_poll_interval * 1000);
	int64_t least = 5 * base;
	struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account) {
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
has_upstream_jobs(const struct account *acc, bool images)
{
	const struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if ((job->task.kind == TASK_IMAGE) == images &&
		    round_lists(job))
			return true;
	return false;
}

static void
round_end(struct account *acc)
{
	round_drop(acc);
	acc->errors = 0;
	round_at(acc, clock_mono_ms() + pause_of(acc));
}

static void
round_fail(struct account *acc, const struct outcome *o)
{
	int64_t pause = (int64_t)(acc->poller->conf->sora_poll_interval * 1000);
	struct token_change change;
	bool refused, renewing;

	for (int i = 0; i < acc->errors && pause < MAX_PAUSE_MS; i++)
		pause += pause / 2;
	acc->errors++;
	pause = pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS;
	log_info("token %lld: task list could not be read, next try in %.1f s:"
	    " %s", (long long)acc->id, (double)pause / 1000,
	    o->log != NULL ? o->log : "no reason");
	refused = o->verdict == VERDICT_REFRESH;
	renewing = refused && refresh_begin(acc);
	change = verdict_change(o, renewing);
	account_change(acc, &change);
	if (refused && !renewing)
		account_lost(acc, "The account was refused by the upstream");
	round_drop(acc);
	round_at(acc, clock_mono_ms() + pause);
}

static void
see(struct account *acc, const struct sighting *s)
{
	struct job *job = job_of(acc, s);
	struct task_change change;
	struct step_env env;

	if (job != NULL)
		job->seen_ms = acc->round->started_ms;
	if (job == NULL) {
		reconcile_match(acc, s);
		return;
	}
	env = job_env(job);
	if (step_seen(&job->task, s, &env, &change))
		decide(job, &change);
}

/* Whether a task that the second list may have is still looked for. */
static bool
wants_drafts(const struct account *acc)
{
	const struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (job->task.step == STEP_RESOLVE && is_asked_for(acc, job))
			return true;
	return reconcile_wanted(acc);
}

/* Whether an image is still looked for: the list has the newest tasks first. */
static bool
wants_recent(const struct account *acc)
{
	const struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (is_asked_for(acc, job) &&
		    job->task.step != STEP_RECONCILE &&
		    job->seen_ms != acc->round->started_ms)
			return true;
	return reconcile_wanted(acc);
}

/* Nothing that is looked for can be on a later page: those are older than all of it. */
static bool
is_past(const struct account *acc, const struct outcome *o)
{
	const struct job *job;
	int64_t oldest = 0;

	for (size_t i = 0; i < o->n_sightings; i++)
		if (o->sightings[i].created_at > 0 && (oldest == 0 ||
		    o->sightings[i].created_at < oldest))
			oldest = o->sightings[i].created_at;
	if (oldest == 0)
		return false;
	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (is_asked_for(acc, job) && (acc->round->images ||
		    job->task.step != STEP_POLL) &&
		    reconcile_since(acc, &job->task) <= oldest)
			return false;
	return true;
}

static void call_lists(struct account *acc, enum call call);

static bool
old_paths(const struct poller *p, enum call call)
{
	return (call == CALL_PENDING && p->old_pending) ||
	    (call == CALL_DRAFTS && p->old_drafts);
}

/* All lists were read: nothing that ended before they were asked for was missed. */
static void
note_asked(struct account *acc)
{
	struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (round_lists(job) && (job->task.step == STEP_RESOLVE ||
		    job->task.step_ms <= acc->round->started_ms))
			job->asked_ms = acc->round->started_ms;
}

/* The lists of videos are done: now that of images, if there are any. */
static void
go_on(struct account *acc)
{
	if (acc->round->images || !has_upstream_jobs(acc, true)) {
		note_asked(acc);
		round_end(acc);
		return;
	}
	acc->round->images = true;
	acc->round->cursor = NULL;
	acc->round->pages = 0;
	call_lists(acc, CALL_RECENT);
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
read_list(struct account *acc, struct call_answer *answer)
{
	struct outcome *o = &answer->outcome;

	reach_note(acc, answer->response);
	acc->round->now = response_date(answer->response);
	if (answer->late) {
		round_drop(acc);
		round_at(acc, clock_mono_ms());
		return false;
	}
	if (o->verdict == VERDICT_OLD_PATHS) {
		note_old_paths(acc->poller, acc->round->asked);
		call_lists(acc, acc->round->asked);
		return false;
	}
	if (o->verdict != VERDICT_OK) {
		round_fail(acc, o);
		return false;
	}
	for (size_t i = 0; i < o->n_sightings; i++)
		see(acc, &o->sightings[i]);
	return true;
}

/* A page of drafts or of recent images: the next one, if it may have what is wanted. */
static void
on_page(struct account *acc, const struct outcome *o)
{
	struct round *round = acc->round;
	bool wanted = round->images ? wants_recent(acc) : wants_drafts(acc);

	if (wanted && o->cursor != NULL && ++round->pages < MAX_PAGES &&
	    !is_past(acc, o)) {
		round->cursor = arena_strdup(round->arena, o->cursor);
		call_lists(acc, round->asked);
		return;
	}
	reconcile_finish(acc);
	go_on(acc);
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
notice_left(struct account *acc, const struct outcome *o)
{
	struct step_env env = poller_env(acc->poller);
	struct task_change change;
	struct job *job;
	bool left = false;

	TAILQ_FOREACH(job, &acc->jobs, of_account) {
		if (!is_asked_for(acc, job) || job->task.step != STEP_POLL ||
		    is_shown(job, o) || !step_left(&job->task, &env, &change))
			continue;
		decide(job, &change);
		left = true;
	}
	return left;
}

/* Those that just left are looked for as soon as that is written, with what else is. */
static void
on_pending(struct account *acc, const struct outcome *o)
{
	if (notice_left(acc, o))
		round_pause(acc);
	else if (wants_drafts(acc))
		call_lists(acc, CALL_DRAFTS);
	else
		go_on(acc);
}

static void
on_list(void *arg, struct call_answer *answer)
{
	struct account *acc = arg;

	acc->round->call = NULL;
	if (!read_list(acc, answer))
		return;
	if (acc->round->asked == CALL_PENDING)
		on_pending(acc, &answer->outcome);
	else
		on_page(acc, &answer->outcome);
}

static void
call_lists(struct account *acc, enum call call)
{
	struct poller *p = acc->poller;
	struct round *round = acc->round;
	const struct call_input in = {
		.call = call, .token = &round->token, .cursor = round->cursor,
		.watermark_free = p->settings.watermark_free_enabled,
		.old_paths = old_paths(p, call),
	};
	struct outcome failed = { .verdict = VERDICT_RETRY };
	struct error e;

	round->asked = call;
	round->call = upstream_call(p, acc->id, &in, NULL, on_list, acc, &e);
	if (round->call != NULL)
		return;
	failed.log = e.text;
	round_fail(acc, &failed);
}

void
round_start(struct account *acc)
{
	meter_observe(METER_POLL_LAG, NULL,
	    (clock_mono_ms() - acc->next_ms) * 1000);
	if (round_new(acc) == NULL)
		round_end(acc);
	else if (has_upstream_jobs(acc, false))
		call_lists(acc, CALL_PENDING);
	else
		go_on(acc);
}

void
round_continue(struct account *acc)
{
	call_lists(acc, CALL_DRAFTS);
}
