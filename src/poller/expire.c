/* SPDX-License-Identifier: MIT */
/*
 * expire.c: tasks whose time is over. Of those that wait for a token the database
 * tells; a job is looked at when its time may be over, not once a second.
 */
#include "expire.h"

#include "arena.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "log.h"
#include "poll.h"
#include "poller.h"
#include "round.h"
#include "step.h"
#include "store.h"
#include "task_log.h"
#include "task_store.h"

#define SECOND_MS	1000
#define MOST_MS		5000	/* between two looks: limits, and what is out of reach, change */

/* ---- tasks that wait for a token ---- */

static void
tell(const struct task_decision *d)
{
	if (d->applied)
		task_log(d->task, LOG_LEVEL_INFO, "failed: %s: %s",
		    d->change.error_code, d->change.error_message);
}

/* One that the database refuses must not hold up the others. */
static void
write_each(struct poller *p, struct task_decision *const *all, size_t n)
{
	struct error e;

	for (size_t i = 0; i < n; i++)
		if (task_apply(p->store, all[i]->task, &all[i]->change, 0,
		    &all[i]->applied, &e) != ERR_OK)
			task_log(all[i]->task, LOG_LEVEL_WARN, "%s", e.text);
}

/* Those that a busy database does not take are found again in a second. */
static void
write_all(struct poller *p, struct task_decision *const *all, size_t n)
{
	struct error e;
	enum err rc = task_apply_all(p->store, all, n, 0, &e);

	if (rc == ERR_UNAVAILABLE)
		log_warn("tasks that waited too long: %s", e.text);
	else if (rc != ERR_OK)
		write_each(p, all, n);
	for (size_t i = 0; i < n && rc != ERR_UNAVAILABLE; i++)
		tell(all[i]);
}

/* Ends those of the page whose time is over, in one transaction. */
static void
expire_page(struct poller *p, const struct task_page *page, struct arena *a)
{
	struct step_env env = poller_env(p);
	struct task_decision **all = arena_array(a, page->n, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < page->n; i++) {
		struct task_decision *d = arena_alloc(a, sizeof(*d));

		d->task = &page->tasks[i];
		if (step_expired(d->task, &env, &d->change))
			all[n++] = d;
	}
	write_all(p, all, n);
}

static void
expire_queued(struct poller *p)
{
	struct arena *a = arena_new();
	struct task_page page = { 0 };
	int64_t after = 0;
	struct error e;

	do {
		arena_reset(a);
		if (task_waited(p->store, after, poller_clock(p), a, &page, &e)
		    != ERR_OK) {
			log_error("%s", e.text);
			break;
		}
		expire_page(p, &page, a);
		after = page.n > 0 ? page.tasks[page.n - 1].row : 0;
	} while (page.has_more);
	arena_free(a);
}

/* ---- jobs ---- */

void
expire_plan(struct job *job)
{
	struct step_env env = job_env(job);
	int64_t ms = step_deadline(&job->task, &env) - env.clock_ms;

	ms = ms < SECOND_MS ? SECOND_MS : ms < MOST_MS ? ms : MOST_MS;
	heap_set(&job->poller->ends, &job->end, clock_mono_ms() + ms);
}

/* What may have ended there since it was last asked for is asked for now. */
static void
ask_once_more(struct job *job, const struct step_env *env)
{
	struct pool_token *pt = job->token;
	int64_t end = step_deadline(&job->task, env);

	if (env->clock_ms < end || job->asked_ms >= end)
		return;
	if (env->by_job && job->task.step == STEP_POLL &&
	    job->transfer == NULL)
		poll_now(job);
	else if (!env->by_job && round_lists(job) && pt->errors == 0 &&
	    pt->round == NULL)
		round_at(pt, clock_mono_ms());
}

static void
expire_job(struct job *job)
{
	struct step_env env = job_env(job);
	struct task_change change;

	expire_plan(job);
	if (job->decided)
		return;
	if (!step_expired(&job->task, &env, &change)) {
		ask_once_more(job, &env);
		return;
	}
	job_abandon(job);
	decide(job, &change);
}

void
expire_run(struct poller *p)
{
	int64_t now = clock_mono_ms();
	struct heap_node *n;

	expire_queued(p);
	while ((n = heap_take(&p->ends, now)) != NULL)
		expire_job(heap_entry(n, struct job, end));
}
