/*
 * round.c: reading an account's lists, for all its tasks at once: first those
 * of videos, then that of images, each only if the account has such tasks.
 */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "id.h"
#include "log.h"
#include "meter.h"
#include "poller.h"

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

	for (int i = 0; i < acc->errors && pause < MAX_PAUSE_MS; i++)
		pause += pause / 2;
	acc->errors++;
	log_info("token %lld: its tasks could not be read: %s",
	    (long long)acc->id, o->log != NULL ? o->log : "no reason");
	if (o->verdict == VERDICT_REFRESH && refresh_begin(acc)) {
		struct token_change change = o->token;

		change.verdict = TOKEN_RENEWING;
		account_change(acc, &change);
	} else {
		account_change(acc, &o->token);
		if (o->verdict == VERDICT_REFRESH)
			account_lost(acc,
			    "The account was refused by the upstream");
	}
	round_drop(acc);
	round_at(acc, clock_mono_ms() +
	    (pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS));
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

/* Takes the sightings to the jobs, or says that the round is over. */
static bool
read_list(struct account *acc, enum call call, const struct call_response *r,
    struct outcome *o)
{
	struct poller *p = acc->poller;
	struct call_input in = {
		.call = call, .conf = p->conf, .token = &acc->round->token,
		.cursor = acc->round->cursor,
		.watermark_free = p->settings.watermark_free_enabled,
		.old_paths = old_paths(p, call),
	};

	*o = (struct outcome){ 0 };
	reach_note(acc, r);
	acc->round->now = response_date(r);
	provider_parse(provider_find(acc->round->token.provider), &in, r, 0,
	    poller_env(p).now_ms / 1000, p->arena, o);
	if (o->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
	if (!credential_judges(acc, &acc->round->with, o)) {
		round_drop(acc);
		round_at(acc, clock_mono_ms());
		return false;
	}
	if (o->verdict == VERDICT_OLD_PATHS) {
		if (call == CALL_PENDING)
			p->old_pending = true;
		else
			p->old_drafts = true;
		call_lists(acc, call);
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
on_page(struct account *acc, enum call call, const struct call_response *r)
{
	struct outcome o;
	bool wanted;

	acc->transfer = NULL;
	if (!read_list(acc, call, r, &o))
		return;
	wanted = call == CALL_RECENT ? wants_recent(acc) : wants_drafts(acc);
	if (wanted && o.cursor != NULL && ++acc->round->pages < MAX_PAGES &&
	    !is_past(acc, &o)) {
		acc->round->cursor = arena_strdup(acc->round->arena, o.cursor);
		call_lists(acc, call);
		return;
	}
	reconcile_finish(acc);
	go_on(acc);
}

static void
on_drafts(void *arg, const struct call_response *r)
{
	on_page(arg, CALL_DRAFTS, r);
}

static void
on_recent(void *arg, const struct call_response *r)
{
	on_page(arg, CALL_RECENT, r);
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
on_pending(void *arg, const struct call_response *r)
{
	struct account *acc = arg;
	struct outcome o;

	acc->transfer = NULL;
	if (!read_list(acc, CALL_PENDING, r, &o))
		return;
	if (notice_left(acc, &o))
		heap_set(&acc->poller->rounds, &acc->due, clock_mono_ms());
	else if (wants_drafts(acc))
		call_lists(acc, CALL_DRAFTS);
	else
		go_on(acc);
}

static void
call_lists(struct account *acc, enum call call)
{
	struct poller *p = acc->poller;
	struct call_request request = { 0 };
	const struct call_input in = {
		.call = call, .conf = p->conf, .token = &acc->round->token,
		.cursor = acc->round->cursor,
		.solver = poller_solver(p, acc->round->arena),
		.old_paths = old_paths(p, call),
	};
	struct outcome failed = { .verdict = VERDICT_RETRY };
	struct error e;

	if (provider_build(provider_find(in.token->provider), &in, acc->round->arena,
	    &request, &e) != ERR_OK) {
		failed.log = e.text;
		round_fail(acc, &failed);
		return;
	}
	request.proxy = poller_proxy(p, in.token, acc->round->arena);
	acc->round->with = credential_of(p, in.token);
	acc->transfer = client_start(p->client, &request,
	    call == CALL_PENDING ? on_pending :
	    call == CALL_RECENT ? on_recent : on_drafts, acc);
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
