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
#define CLOCK_SKEW	60	/* s that the upstream's clock may be off */

static bool
is_with_upstream(const struct job *job)
{
	return job->task.step == STEP_POLL || job->task.step == STEP_RESOLVE ||
	    job->task.step == STEP_RECONCILE;
}

/*
 * A job that this round can speak of: it was with the upstream when the lists
 * were asked for. One that left the first list is looked for in the second.
 */
static bool
is_asked_for(const struct account *acc, const struct job *job)
{
	return job->task.token_id == acc->id && !job->decided &&
	    (job->task.kind == TASK_IMAGE) == acc->round.images &&
	    is_with_upstream(job) && (job->task.step == STEP_RESOLVE ||
	    job->task.step_ms <= acc->round.started_ms);
}

static struct job *
job_of(const struct account *acc, const struct sighting *s)
{
	const struct poller *p = acc->poller;

	for (size_t i = 0; i < p->n_jobs; i++) {
		struct job *job = p->jobs[i];

		if (is_asked_for(acc, job) && job->task.upstream_id != NULL &&
		    strcmp(job->task.upstream_id, s->upstream_id) == 0)
			return job;
	}
	return NULL;
}

/* Until the lists are worth reading again: what the most urgent task wants, and some jitter. */
static int64_t
pause_of(const struct account *acc)
{
	const struct poller *p = acc->poller;
	int64_t base = (int64_t)(p->conf->sora_poll_interval * 1000);
	int64_t least = 5 * base;

	for (size_t i = 0; i < p->n_jobs; i++) {
		struct job *job = p->jobs[i];
		int64_t wanted;

		if (job->task.token_id != acc->id || !is_with_upstream(job))
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
	const struct poller *p = acc->poller;

	for (size_t i = 0; i < p->n_jobs; i++)
		if (p->jobs[i]->task.token_id == acc->id &&
		    (p->jobs[i]->task.kind == TASK_IMAGE) == images &&
		    is_with_upstream(p->jobs[i]))
			return true;
	return false;
}

void
round_end(struct account *acc)
{
	arena_free(acc->round.arena);
	acc->round = (struct round){ 0 };
	acc->errors = 0;
	acc->next_ms = clock_mono_ms() + pause_of(acc);
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
	arena_free(acc->round.arena);
	acc->round = (struct round){ 0 };
	acc->next_ms = clock_mono_ms() +
	    (pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS);
}

static void
see(struct account *acc, const struct sighting *s)
{
	struct job *job = job_of(acc, s);
	struct task_change change;
	struct step_env env;

	if (job != NULL)
		job->seen_ms = acc->round.started_ms;
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
	const struct poller *p = acc->poller;

	for (size_t i = 0; i < p->n_jobs; i++)
		if (is_asked_for(acc, p->jobs[i]) &&
		    p->jobs[i]->task.step == STEP_RESOLVE)
			return true;
	return reconcile_wanted(acc);
}

/* Whether an image is still looked for: the list has the newest tasks first. */
static bool
wants_recent(const struct account *acc)
{
	const struct poller *p = acc->poller;

	for (size_t i = 0; i < p->n_jobs; i++)
		if (is_asked_for(acc, p->jobs[i]) &&
		    p->jobs[i]->task.step != STEP_RECONCILE &&
		    p->jobs[i]->seen_ms != acc->round.started_ms)
			return true;
	return reconcile_wanted(acc);
}

/* Nothing that is looked for can be on a later page: those are older than all of it. */
static bool
is_past(const struct account *acc, const struct outcome *o)
{
	const struct poller *p = acc->poller;
	int64_t oldest = 0;

	for (size_t i = 0; i < o->n_sightings; i++)
		if (o->sightings[i].created_at > 0 && (oldest == 0 ||
		    o->sightings[i].created_at < oldest))
			oldest = o->sightings[i].created_at;
	if (oldest == 0)
		return false;
	for (size_t i = 0; i < p->n_jobs; i++)
		if (is_asked_for(acc, p->jobs[i]) &&
		    (acc->round.images ||
		    p->jobs[i]->task.step != STEP_POLL) &&
		    p->jobs[i]->task.started_at - CLOCK_SKEW <= oldest)
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

/* The lists of videos are done: now that of images, if there are any. */
static void
go_on(struct account *acc)
{
	if (acc->round.images || !has_upstream_jobs(acc, true)) {
		round_end(acc);
		return;
	}
	acc->round.images = true;
	acc->round.cursor = NULL;
	acc->round.pages = 0;
	call_lists(acc, CALL_RECENT);
}

/* Takes the sightings to the jobs, or says that the round is over. */
static bool
read_list(struct account *acc, enum call call, const struct call_response *r,
    struct outcome *o)
{
	struct poller *p = acc->poller;
	struct call_input in = {
		.call = call, .conf = p->conf, .token = &acc->round.token,
		.cursor = acc->round.cursor,
		.watermark_free = p->settings.watermark_free_enabled,
		.old_paths = old_paths(p, call),
	};

	*o = (struct outcome){ 0 };
	provider_find(acc->round.token.provider)->parse(&in, r, 0,
	    poller_env(p).now_ms / 1000, p->arena, o);
	if (o->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
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
	if (wanted && o.cursor != NULL && ++acc->round.pages < MAX_PAGES &&
	    !is_past(acc, &o)) {
		acc->round.cursor = arena_strdup(acc->round.arena, o.cursor);
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

static void
on_pending(void *arg, const struct call_response *r)
{
	struct account *acc = arg;
	struct poller *p = acc->poller;
	struct step_env env = poller_env(p);
	struct task_change change;
	struct outcome o;
	bool left = false;

	acc->transfer = NULL;
	if (!read_list(acc, CALL_PENDING, r, &o))
		return;
	for (size_t i = 0; i < p->n_jobs; i++) {
		struct job *job = p->jobs[i];
		bool shown = false;

		if (!is_asked_for(acc, job) || job->task.step != STEP_POLL)
			continue;
		for (size_t j = 0; j < o.n_sightings && !shown; j++)
			shown = strcmp(o.sightings[j].upstream_id,
			    job->task.upstream_id) == 0;
		if (shown || !step_left(&job->task, &env, &change))
			continue;
		decide(job, &change);
		left = true;
	}
	/* those that just left are looked for at once */
	decisions_write(p);
	if (left || wants_drafts(acc))
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
		.call = call, .conf = p->conf, .token = &acc->round.token,
		.cursor = acc->round.cursor,
		.solver = poller_solver(p, acc->round.arena),
		.old_paths = old_paths(p, call),
	};
	struct outcome failed = { .verdict = VERDICT_RETRY };
	struct error e;

	if (provider_find(in.token->provider)->build(&in, acc->round.arena,
	    &request, &e) != ERR_OK) {
		failed.log = e.text;
		round_fail(acc, &failed);
		return;
	}
	request.proxy = poller_proxy(p, in.token, acc->round.arena);
	acc->transfer = client_start(p->client, &request,
	    call == CALL_PENDING ? on_pending :
	    call == CALL_RECENT ? on_recent : on_drafts, acc);
}

static void
round_start(struct account *acc)
{
	struct poller *p = acc->poller;
	struct error e;
	enum err rc;

	/* the first round of an account is due at once */
	if (acc->next_ms != 0)
		meter_observe(METER_POLL_LAG, NULL,
		    (clock_mono_ms() - acc->next_ms) * 1000);
	acc->round = (struct round){
		.arena = arena_new(), .started_ms = clock_now_ms()
	};
	rc = token_load(p->store, acc->id, acc->round.arena,
	    &acc->round.token, &e);
	if (rc == ERR_OK && has_upstream_jobs(acc, false)) {
		call_lists(acc, CALL_PENDING);
		return;
	}
	if (rc == ERR_OK) {
		go_on(acc);
		return;
	}
	if (rc == ERR_NOT_FOUND)
		account_lost(acc, "The account was removed");
	else
		log_error("%s", e.text);
	round_end(acc);
}

void
rounds_start(struct poller *p)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < p->n_jobs; i++)
		if (is_with_upstream(p->jobs[i]))
			account_of(p, p->jobs[i]->task.token_id);
	for (size_t i = 0; i < p->n_accounts; i++) {
		struct account *acc = p->accounts[i];

		if (acc->round.arena != NULL || acc->next_ms > now ||
		    refresh_waits(acc) || account_by_job(acc))
			continue;
		if (has_upstream_jobs(acc, false) ||
		    has_upstream_jobs(acc, true))
			round_start(acc);
	}
}
