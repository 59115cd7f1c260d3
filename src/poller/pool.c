/* SPDX-License-Identifier: MIT */
/* pool.c: the tokens that have jobs. */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "arena.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "quota.h"
#include "reach.h"
#include "refresh.h"
#include "round.h"
#include "step.h"
#include "task_store.h"
#include "token_store.h"
#include "xalloc.h"

#define MOST_UNSAVED	100	/* changes of one token */

struct unsaved_change {
	STAILQ_ENTRY(unsaved_change) link;
	struct token_change change;
};

/* Where the token is, or would be. */
static size_t
position_of(const struct poller *p, int64_t token_id)
{
	size_t low = 0, high = p->n_tokens;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->tokens[middle]->id < token_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct pool_token *
pool_token_new(struct poller *p, int64_t token_id)
{
	struct pool_token *pt = xcalloc(1, sizeof(*pt));

	pt->poller = p;
	pt->id = token_id;
	pt->next_ms = clock_mono_ms();
	TAILQ_INSERT_TAIL(&p->idle, pt, of_idle);
	TAILQ_INIT(&pt->jobs);
	STAILQ_INIT(&pt->unsaved);
	return pt;
}

struct pool_token *
pool_token_of(struct poller *p, int64_t token_id)
{
	size_t i = position_of(p, token_id);

	if (i < p->n_tokens && p->tokens[i]->id == token_id)
		return p->tokens[i];
	p->tokens = xgrow(p->tokens, p->n_tokens, &p->room_tokens,
	    sizeof(*p->tokens));
	memmove(&p->tokens[i + 1], &p->tokens[i],
	    (p->n_tokens - i) * sizeof(*p->tokens));
	p->n_tokens++;
	return p->tokens[i] = pool_token_new(p, token_id);
}

/* What it counts of a job: +1 when that comes or has changed, -1 before. */
static void
count(struct pool_token *pt, const struct job *job, int change)
{
	pt->listed += round_lists(job) ? change : 0;
	pt->lost += job->task.step == STEP_RECONCILE ? change : 0;
}

void
pool_token_join(struct pool_token *pt, struct job *job)
{
	if (TAILQ_EMPTY(&pt->jobs))
		TAILQ_REMOVE(&pt->poller->idle, pt, of_idle);
	job->token = pt;
	TAILQ_INSERT_TAIL(&pt->jobs, job, of_token);
	count(pt, job, 1);
}

/* It stays its job's token, as long as an exchange counts there. */
void
pool_token_leave(struct pool_token *pt, struct job *job)
{
	count(pt, job, -1);
	TAILQ_REMOVE(&pt->jobs, job, of_token);
	if (TAILQ_EMPTY(&pt->jobs))
		TAILQ_INSERT_TAIL(&pt->poller->idle, pt, of_idle);
}

#define TOKEN_AGE_MS	1000	/* a change of a server's options is seen after that */
#define HEALTH_MS	600000	/* how long a server's failures are remembered */

static void
forget_token(struct pool_token *pt)
{
	arena_free(pt->token_arena);
	pt->token_arena = NULL;
	pt->token = NULL;
}

const struct token *
pool_token_row(struct pool_token *pt)
{
	int64_t now = clock_mono_ms();
	struct error e;
	enum err rc;

	if (pt->token != NULL && now < pt->token_ms + TOKEN_AGE_MS)
		return pt->token;
	forget_token(pt);
	pt->token_arena = arena_new();
	pt->token = arena_alloc(pt->token_arena, sizeof(*pt->token));
	pt->token_ms = now;
	rc = token_load_any(pt->poller->store, pt->id, pt->token_arena,
	    pt->token, &e);
	if (rc == ERR_OK)
		return pt->token;
	if (rc != ERR_NOT_FOUND)
		log_error("token %lld: %s", (long long)pt->id, e.text);
	forget_token(pt);
	return NULL;
}

/* They were not while nobody knew that they are asked for by themselves. */
static void
queue_jobs(struct pool_token *pt)
{
	struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		job_queue(job);
}

/*
 * A token never changes its provider. Only of a server is it looked at between
 * rounds: of all others it is not kept.
 */
const struct provider *
pool_token_provider(struct pool_token *pt)
{
	const struct token *t;

	if (pt->provider != NULL || (t = pool_token_row(pt)) == NULL)
		return pt->provider;
	pt->provider = provider_find(t->provider);
	if (pt->provider->facts.by_job)
		queue_jobs(pt);
	else
		forget_token(pt);
	return pt->provider;
}

bool
pool_token_by_job(struct pool_token *pt)
{
	const struct provider *provider = pool_token_provider(pt);

	return provider != NULL && provider->facts.by_job;
}

static void
drop_oldest_change(struct pool_token *pt)
{
	struct unsaved_change *u = STAILQ_FIRST(&pt->unsaved);

	STAILQ_REMOVE_HEAD(&pt->unsaved, link);
	free(u);
	if (--pt->n_unsaved == 0)
		TAILQ_REMOVE(&pt->poller->unsaved, pt, of_unsaved);
}

static void
pool_token_free(struct pool_token *pt)
{
	while (pt->n_unsaved > 0)
		drop_oldest_change(pt);
	quota_cancel(pt);
	refresh_cancel(pt);
	reach_forget(pt);
	arena_free(pt->token_arena);
	round_drop(pt);
	heap_remove(&pt->poller->rounds, &pt->due);
	TAILQ_REMOVE(&pt->poller->idle, pt, of_idle);
	free(pt);
}

static bool
is_used(const struct pool_token *pt)
{
	return !TAILQ_EMPTY(&pt->jobs) || pt->orphans > 0 || pt->round != NULL ||
	    pt->quota_call != NULL || heap_has(&pt->quota_due) ||
	    pt->refresh != NULL || pt->refresh_ms != 0 ||
	    pt->renewed_arena != NULL || pt->n_unsaved > 0 ||
	    pt->sending + pt->asking + pt->asking_bad > 0 ||
	    (pt->health.downs > 0 &&
	    clock_mono_ms() < pt->health.rest_ms + HEALTH_MS);
}

void
pool_trim(struct poller *p)
{
	const struct pool_token *pt;
	size_t kept = 0;

	TAILQ_FOREACH(pt, &p->idle, of_idle)
		if (!is_used(pt))
			break;
	if (pt == NULL)
		return;
	for (size_t i = 0; i < p->n_tokens; i++)
		if (is_used(p->tokens[i]))
			p->tokens[kept++] = p->tokens[i];
		else
			pool_token_free(p->tokens[i]);
	p->n_tokens = kept;
}

void
pool_free(struct poller *p)
{
	for (size_t i = 0; i < p->n_tokens; i++)
		pool_token_free(p->tokens[i]);
	free(p->tokens);
	p->tokens = NULL;
	p->n_tokens = p->room_tokens = 0;
}

/* By member: what is between them is not zeroed by an initialiser. */
static bool
changes_nothing(const struct token_change *c)
{
	return c->verdict == TOKEN_FINE && c->cooled_until == 0 &&
	    c->sora2_cooldown_until == 0 && c->remaining_plus_1 == 0 &&
	    !c->full && !c->accepted;
}

/* In the order in which they came; of too many the oldest go. */
static void
keep_change(struct pool_token *pt, const struct token_change *change)
{
	struct unsaved_change *u = xcalloc(1, sizeof(*u));

	if (pt->n_unsaved == MOST_UNSAVED)
		drop_oldest_change(pt);
	if (pt->n_unsaved++ == 0)
		TAILQ_INSERT_TAIL(&pt->poller->unsaved, pt, of_unsaved);
	u->change = *change;
	STAILQ_INSERT_TAIL(&pt->unsaved, u, link);
}

static enum err
write_change(struct pool_token *pt, const struct token_change *change,
    struct error *e)
{
	struct poller *p = pt->poller;
	enum err rc = token_change_apply(p->store, pt->id, change,
	    p->settings.error_ban_threshold, e);

	if (rc != ERR_OK && rc != ERR_UNAVAILABLE)
		log_error("token %lld: not updated: %s", (long long)pt->id, e->text);
	return rc;
}

void
pool_token_change(struct pool_token *pt, const struct token_change *change)
{
	struct error e;

	if (changes_nothing(change))
		return;
	if (pt->n_unsaved > 0) {	/* after those that came before */
		keep_change(pt, change);
	} else if (write_change(pt, change, &e) == ERR_UNAVAILABLE) {
		log_warn("token %lld: not updated yet, next try in 1 s: %s", (long long)pt->id, e.text);
		keep_change(pt, change);
	}
}

void
pool_write_changes(struct poller *p)
{
	struct pool_token *pt;
	struct error e;

	while ((pt = TAILQ_FIRST(&p->unsaved)) != NULL) {
		if (write_change(pt, &STAILQ_FIRST(&pt->unsaved)->change,
		    &e) == ERR_UNAVAILABLE)
			return;
		drop_oldest_change(pt);
	}
}

void
pool_token_lost(struct pool_token *pt, const char *why)
{
	struct poller *p = pt->poller;
	struct step_env env = poller_env(p);
	struct task_change change;
	struct job *job;

	log_warn("token %lld: %s", (long long)pt->id, why);
	TAILQ_FOREACH(job, &pt->jobs, of_token) {
		if (job->decided || job->transfer != NULL)
			continue;
		step_account_lost(&job->task, why, &env, &change);
		decide(job, &change);
	}
}
