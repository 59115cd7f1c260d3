/* SPDX-License-Identifier: MIT */
/*
 * reconcile.c: finding a task whose create was interrupted.
 *
 * The upstream has no idempotency key. So a task that may or may not have been
 * accepted is looked for, in the lists of its kind, by its prompt; only one that no task of
 * ours claims, and that is not older than our attempt, can be it. It is sent
 * again only when it did not appear for the settle time.
 */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "round.h"
#include "round_impl.h"
#include "step.h"
#include "task_log.h"
#include "task_store.h"

#define CLOCK_SKEW	60	/* s that the upstream's clock may be off */

static bool
is_lost(const struct pool_token *pt, const struct job *job)
{
	return !job->decided &&
	    job->task.step == STEP_RECONCILE &&
	    (job->task.kind == TASK_IMAGE) == pt->round->images &&
	    job->task.step_ms <= pt->round->started_ms;
}

/*
 * Its age is that of our wall clock or, if that was set meanwhile, of the
 * service's; the upstream counts it from its own now.
 */
int64_t
reconcile_since(const struct pool_token *pt, const struct task *t)
{
	int64_t now = clock_now(), age = now - t->started_at;
	int64_t worked = (pt->round->started_ms - t->work_from_ms) / 1000;

	if (worked > age)
		age = worked;
	return (pt->round->now != 0 ? pt->round->now : now) - age -
	    CLOCK_SKEW;
}

static const char *
prompt_of(const struct pool_token *pt, const struct task *t)
{
	return provider_find(pt->round->token.provider)->upstream_prompt(t,
	    pt->round->arena);
}

bool
reconcile_being_sent(const struct pool_token *pt, const char *prompt)
{
	const struct job *job;

	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (job->task.step == STEP_CREATING &&
		    strcmp(prompt_of(pt, &job->task), prompt) == 0)
			return true;
	return false;
}

bool
reconcile_claimed(const struct pool_token *pt, const char *upstream_id)
{
	bool claimed = true;
	struct error e;

	for (size_t i = 0; i < pt->round->n_taken; i++)
		if (strcmp(pt->round->taken[i], upstream_id) == 0)
			return true;
	if (task_upstream_claimed(pt->poller->store, pt->id, upstream_id,
	    &claimed, &e) != ERR_OK)
		log_error("%s", e.text);
	return claimed;
}

void
reconcile_take(struct pool_token *pt, const char *upstream_id)
{
	struct round *round = pt->round;
	char **grown = arena_array(round->arena, round->n_taken + 1,
	    sizeof(*grown));

	if (round->n_taken > 0)
		memcpy(grown, round->taken, round->n_taken * sizeof(*grown));
	round->taken = grown;
	round->taken[round->n_taken++] = arena_strdup(round->arena,
	    upstream_id);
}

static bool
is_its(const struct pool_token *pt, const struct job *job,
    const struct sighting *s)
{
	return is_lost(pt, job) && s->prompt != NULL &&
	    strcmp(prompt_of(pt, &job->task), s->prompt) == 0 &&
	    (s->created_at == 0 ||
	    s->created_at >= reconcile_since(pt, &job->task));
}

void
reconcile_match(struct pool_token *pt, const struct sighting *s)
{
	struct poller *p = pt->poller;
	struct step_env env = poller_env(p);
	struct task_change change;
	struct job *job;

	if (pt->lost == 0)
		return;
	TAILQ_FOREACH(job, &pt->jobs, of_token) {
		if (!is_its(pt, job, s))
			continue;
		if (reconcile_being_sent(pt, s->prompt) ||
		    reconcile_claimed(pt, s->upstream_id))
			return;
		reconcile_take(pt, s->upstream_id);
		task_log(&job->task, LOG_LEVEL_INFO,
		    "found at the upstream as %s", s->upstream_id);
		step_found(&job->task, s->upstream_id, &env, &change);
		decide(job, &change);
		return;
	}
}

bool
reconcile_wanted(const struct pool_token *pt)
{
	const struct job *job;

	if (pt->lost == 0)
		return false;
	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_lost(pt, job))
			return true;
	return false;
}

void
reconcile_finish(struct pool_token *pt)
{
	struct poller *p = pt->poller;
	struct step_env env = poller_env(p);
	struct task_change change;
	struct job *job;

	env.clock_ms = pt->round->started_ms;	/* what came later was not looked at */
	TAILQ_FOREACH(job, &pt->jobs, of_token)
		if (is_lost(pt, job) &&
		    step_not_found(&job->task, &env, &change))
			decide(job, &change);
}

bool
reconcile_blocks(const struct job *job)
{
	const struct job *other;

	if (job->token->lost == 0)
		return false;
	TAILQ_FOREACH(other, &job->token->jobs, of_token)
		if (other->task.step == STEP_RECONCILE &&
		    strcmp(other->task.prompt, job->task.prompt) == 0)
			return true;
	return false;
}
