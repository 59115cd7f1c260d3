/* SPDX-License-Identifier: MIT */
/* commit.c: decisions, written together. */
#include <assert.h>

#include "arena.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "file.h"
#include "leftover.h"
#include "log.h"
#include "meter.h"
#include "outbox.h"
#include "poller.h"
#include "store.h"
#include "task_log.h"
#include "task_store.h"

#define COMMIT_PAUSE_MS	200	/* after the database was busy or full */

void
decide(struct job *job, const struct task_change *change)
{
	struct poller *p = job->poller;

	assert(!job->decided && !job->orphan);
	assert(job->transfer == NULL || job_outlives(job));
	job->decision = (struct task_decision){
		.task = &job->task, .change = *change
	};
	task_change_keep(&job->decision.change, job->arena);
	if (task_is_terminal(change->status))
		job->decision.change.tidy = outbox_wants_job(job, change->status);
	job->decided = true;
	job_unqueue(job);
	job->written = false;
	TAILQ_INSERT_TAIL(&p->decided, job, decision_link);
}

void
decision_forget(struct job *job)
{
	if (job->decided)
		TAILQ_REMOVE(&job->poller->decided, job, decision_link);
	job->decided = false;
}

/* A row must not name a file that a power cut could take away. */
static enum err
sync_cache(struct poller *p, struct error *e)
{
	enum err rc;

	if (!p->cache_dirty)
		return ERR_OK;
	if ((rc = file_sync_dir(p->conf->cache_dir, e)) == ERR_OK)
		p->cache_dirty = false;
	return rc;
}

static void
count_outcome(const struct task_decision *d)
{
	const char *kind = task_kind_name(d->task->kind);

	if (!d->applied || !task_is_terminal(d->change.status))
		return;
	meter_add(METER_TASKS, kind, d->change.status == TASK_COMPLETED
	    ? "completed" : d->change.error_code, 1);
}

static void
log_outcome(const struct task_decision *d)
{
	const struct task_change *c = &d->change;
	const struct task *t = d->task;

	if (!d->applied)
		return;
	if (c->status == TASK_FAILED)
		task_log(t, LOG_LEVEL_INFO, "failed: %s: %s", c->error_code,
		    c->log_error != NULL ? c->log_error : c->error_message);
	else if (c->status == TASK_COMPLETED)
		task_log(t, LOG_LEVEL_INFO, "completed");
	else if (c->upstream_id != NULL)
		task_log(t, LOG_LEVEL_INFO, "token %lld has it as %s",
		    (long long)t->token_id, c->upstream_id);
	else if (c->cameo != NULL && c->cameo->cameo_id != NULL)
		task_log(t, LOG_LEVEL_INFO, "token %lld has its character as "
		    "%s", (long long)t->token_id, c->cameo->cameo_id);
	else if (c->log_error != NULL)
		task_log(t, LOG_LEVEL_INFO, "%s: %s", task_step_name(c->step),
		    c->log_error);
}

/* A task that ended, or went, while the upstream took it: what was begun there is to end. */
static void
note_leftover(struct poller *p, const struct task_decision *d)
{
	const char *upstream_id = d->change.upstream_id;
	int64_t token_id = d->task->token_id;
	struct task now;
	struct error e;
	enum err rc;

	if (d->applied || upstream_id == NULL || *upstream_id == '\0' ||
	    !pool_token_by_job(pool_token_of(p, token_id)))
		return;
	rc = task_load_row(p->store, d->task->row, p->arena, &now, &e);
	if (rc == ERR_TASK_NOT_FOUND ||
	    (rc == ERR_OK && task_is_terminal(now.status)))
		rc = leftover_add(p->store, token_id, upstream_id, false, &e);
	if (rc != ERR_OK)
		log_warn("token %lld: %s", (long long)token_id, e.text);
}

/* There is nothing more to write about it. */
static void
settle(struct job *job)
{
	job->written = true;
	count_outcome(&job->decision);
	log_outcome(&job->decision);
	note_leftover(job->poller, &job->decision);
}

/*
 * One that the database refuses must not hold up the others; one that it could
 * not take now waits.
 */
static void
write_one_by_one(struct poller *p)
{
	struct job *job;
	struct error e;

	TAILQ_FOREACH(job, &p->decided, decision_link) {
		struct task_decision *d = &job->decision;
		enum err rc;

		if (job->written)
			continue;
		rc = task_apply(p->store, d->task, &d->change,
		    p->settings.error_ban_threshold, &d->applied, &e);
		if (rc != ERR_OK)
			task_log(d->task, LOG_LEVEL_ERROR, "%s", e.text);
		if (rc != ERR_UNAVAILABLE)
			settle(job);
	}
}

/* What waits to be written, at most `n`; how many there are. */
static size_t
unwritten(struct poller *p, struct task_decision **out)
{
	struct job *job;
	size_t n = 0;

	TAILQ_FOREACH(job, &p->decided, decision_link) {
		if (job->written)
			continue;
		if (out != NULL)
			out[n] = &job->decision;
		n++;
	}
	return n;
}

/* All in one transaction, or, when that fails for one of them, each in its own. */
static void
write_all(struct poller *p)
{
	struct arena *a = arena_new();
	size_t n = unwritten(p, NULL);
	struct task_decision **all = arena_array(a, n, sizeof(*all));
	struct job *job;
	struct error e;
	enum err rc;

	unwritten(p, all);
	if ((rc = sync_cache(p, &e)) == ERR_OK)
		rc = task_apply_all(p->store, all, n,
		    p->settings.error_ban_threshold, &e);
	arena_free(a);
	if (rc == ERR_UNAVAILABLE) {
		log_warn("%s; %zu task updates wait, next try in %.1f s",
		    e.text, n, COMMIT_PAUSE_MS / 1000.0);
	} else if (rc != ERR_OK) {
		log_error("%s", e.text);
		write_one_by_one(p);
	} else {
		TAILQ_FOREACH(job, &p->decided, decision_link)
			settle(job);
	}
}

/* Until its row was read again, nothing is done for a job: it is not as it was. */
static void
reload_written(struct poller *p)
{
	struct job *job, *next;
	struct error e;

	for (job = TAILQ_FIRST(&p->decided); job != NULL; job = next) {
		next = TAILQ_NEXT(job, decision_link);
		if (!job->written)
			continue;
		/* ends the decision, and frees the job whose task has ended */
		if (jobs_reload(p, job->task.row, &e) != ERR_OK)
			task_log(&job->task, LOG_LEVEL_ERROR, "%s", e.text);
	}
	p->look = true;
}

void
decisions_write(struct poller *p)
{
	if (TAILQ_EMPTY(&p->decided) || clock_mono_ms() < p->commit_ms)
		return;
	if (unwritten(p, NULL) > 0)
		write_all(p);
	reload_written(p);
	if (!TAILQ_EMPTY(&p->decided))
		p->commit_ms = clock_mono_ms() + COMMIT_PAUSE_MS;
}

int64_t
decisions_next(const struct poller *p)
{
	return TAILQ_EMPTY(&p->decided) ? INT64_MAX : p->commit_ms;
}
