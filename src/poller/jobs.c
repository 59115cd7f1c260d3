/* SPDX-License-Identifier: MIT */
/* jobs.c: the tasks that hold a slot, as the database has them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "character_steps.h"
#include "character_store.h"
#include "client.h"
#include "commit.h"
#include "expire.h"
#include "file.h"
#include "log.h"
#include "loop.h"
#include "poller.h"
#include "round.h"
#include "site.h"
#include "store.h"
#include "task_store.h"
#include "xalloc.h"

#define CHANGES	256		/* read in a turn */

/* Where the row is, or would be. */
static size_t
position_of(const struct poller *p, int64_t row)
{
	size_t low = 0, high = p->n_jobs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->jobs[middle]->task.row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct job *
find(const struct poller *p, int64_t row)
{
	size_t i = position_of(p, row);

	return i < p->n_jobs && p->jobs[i]->task.row == row ? p->jobs[i]
	    : NULL;
}

static struct job *
insert(struct poller *p, int64_t row)
{
	size_t i = position_of(p, row);
	struct job *job = xcalloc(1, sizeof(*job));

	p->jobs = xgrow(p->jobs, p->n_jobs, &p->room_jobs, sizeof(*p->jobs));
	memmove(&p->jobs[i + 1], &p->jobs[i],
	    (p->n_jobs - i) * sizeof(*p->jobs));
	p->n_jobs++;
	p->jobs[i] = job;
	job->poller = p;
	job->task.row = row;
	return job;
}

void
job_begin(struct job *job, struct transfer *t, int *counter)
{
	job_unqueue(job);
	job->transfer = t;
	job->counter = counter;
	++*counter;
}

void
job_end(struct job *job)
{
	job->transfer = NULL;
	--*job->counter;
	if (!job->orphan)
		job_queue(job);
}

void
job_mark(struct job *job, int *counter)
{
	job->mark = counter;
	++*counter;
}

bool
job_unmark(struct job *job)
{
	if (job->mark == NULL)
		return false;
	--*job->mark;
	job->mark = NULL;
	return true;
}

void
job_keep_partial(struct job *job, struct file *f)
{
	if (job->partial != NULL)
		file_abort(job->partial);
	free(job->partial);
	job->partial = NULL;
	if (f == NULL)
		return;
	job->partial = xcalloc(1, sizeof(*f));
	*job->partial = *f;
	f->fd = -1;
}

/*
 * It is being sent to a server that can end it, or a character of it is being
 * made, which can be deleted: the id that the answer tells is waited for.
 */
bool
job_outlives(struct job *job)
{
	if (job->transfer == NULL)
		return false;
	return job->task.step == STEP_FINALIZING ||
	    (job->task.step == STEP_CREATING && pool_token_by_job(job->token));
}

static void
stop(struct job *job)
{
	if (job->transfer == NULL)
		return;
	transfer_cancel(job->transfer);
	job_end(job);
}

void
job_abandon(struct job *job)
{
	if (!job_outlives(job))
		stop(job);
}

static void
free_job(struct job *job)
{
	stop(job);
	decision_forget(job);
	job_unqueue(job);
	job_unmark(job);
	job_keep_partial(job, NULL);
	character_drop_picture(job);
	arena_free(job->arena);
	free(job);
}

void
job_orphan(struct job *job)
{
	struct poller *p = job->poller;

	decision_forget(job);
	job->orphan = true;
	job->token->orphans++;
	job->next_orphan = p->orphans;
	p->orphans = job;
}

void
job_orphan_end(struct job *job)
{
	struct job **at = &job->poller->orphans;

	assert(job->orphan && job->transfer == NULL);
	while (*at != job)
		at = &(*at)->next_orphan;
	*at = job->next_orphan;
	job->token->orphans--;
	free_job(job);
}

/* References are of no use once a task has ended. */
static void
remove_media(const struct poller *p, const struct task_media *m, size_t n)
{
	char path[1024];

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->site->spool_dir,
		    m[i].file);
		unlink(path);
	}
}

static void
drop(struct poller *p, int64_t row, bool ended)
{
	size_t i = position_of(p, row);
	struct job *job;

	if (i == p->n_jobs || p->jobs[i]->task.row != row)
		return;
	job = p->jobs[i];
	if (ended) {
		remove_media(p, job->task.media, job->task.n_media);
		remove_media(p, job->task.clip, job->task.clip != NULL);
	}
	pool_token_leave(job->token, job);
	heap_remove(&p->ends, &job->end);
	if (job_outlives(job))
		job_orphan(job);
	else
		free_job(job);
	p->n_jobs--;
	memmove(&p->jobs[i], &p->jobs[i + 1],
	    (p->n_jobs - i) * sizeof(*p->jobs));
}

/* What was noted of its last step, or by its last token, is of no use for the next. */
static void
renew(struct job *job, const struct task *task)
{
	if (job->task.token_id != task->token_id) {
		job->looks = 0;
		job->link_renewed = false;
	}
	if ((int)task->progress > job->seen_progress)
		job->looks = 0;
	if (job->task.step != task->step) {
		job->poll_ms = task->step == STEP_POLL ? job->poll_ms : 0;
		job->gone = job->refusals = job->fails = job->hops = 0;
		job_keep_partial(job, NULL);
	}
	if (task->step != STEP_CREATING && task->step != STEP_CLIP_SENDING &&
	    task->step != STEP_FINALIZING)
		job_unmark(job);
	job->location = NULL;
	job->stranger = false;
	job->seen_progress = (int)task->progress;
	job->link = NULL;
	decision_forget(job);
}

/* Takes over `task`, which lives in `arena`. */
static void
keep(struct poller *p, const struct task *task, struct arena *arena)
{
	struct job *job = find(p, task->row);

	if (job == NULL)
		job = insert(p, task->row);
	else
		pool_token_leave(job->token, job);
	renew(job, task);
	arena_free(job->arena);
	job->arena = arena;
	job->task = *task;
	pool_token_join(pool_token_of(p, task->token_id), job);
	job_queue(job);
	expire_plan(job);
	if (round_lists(job))
		round_wake(job->token);
}

enum err
jobs_reload(struct poller *p, int64_t row, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc;

	rc = task_load_row(p->store, row, a, &t, e);
	if (rc == ERR_OK && t.status == TASK_PROCESSING)
		rc = task_load_media(p->store, &t, a, e);
	if (rc == ERR_OK && t.status == TASK_PROCESSING)
		rc = character_load_of_task(p->store, &t, a, e);
	if (rc == ERR_OK && t.status == TASK_PROCESSING) {
		keep(p, &t, a);
		return ERR_OK;
	}
	if (rc == ERR_OK || rc == ERR_TASK_NOT_FOUND) {
		drop(p, row, rc != ERR_OK || t.status != TASK_QUEUED);
		rc = ERR_OK;
	}
	arena_free(a);
	return rc;
}

enum err
jobs_sync(struct poller *p, bool *more, struct error *e)
{
	struct arena *a = arena_new();
	struct task_page page = { .has_more = false };
	enum err rc = task_changes(p->store, p->last_change, CHANGES, a, &page,
	    e);

	*more = page.has_more;
	for (size_t i = 0; i < page.n && rc == ERR_OK; i++) {
		const struct task *t = &page.tasks[i];
		struct job *job = find(p, t->row);

		/* of a decided one, the decision is written first */
		if (job == NULL ? t->status == TASK_PROCESSING
		    : job->task.change != t->change && !job->decided)
			rc = jobs_reload(p, t->row, e);
		if (rc == ERR_OK)
			p->last_change = t->change;
	}
	arena_free(a);
	return rc;
}

enum err
jobs_load_all(struct poller *p, struct error *e)
{
	struct arena *a = arena_new();
	int64_t *rows;
	size_t n = 0;
	enum err rc;

	if ((rc = task_change_now(p->store, &p->last_change, e)) == ERR_OK)
		rc = task_running(p->store, a, &rows, &n, e);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		poller_renew_lease(p);
		rc = jobs_reload(p, rows[i], e);
	}
	arena_free(a);
	return rc;
}

void
jobs_free(struct poller *p)
{
	for (size_t i = 0; i < p->n_jobs; i++) {
		pool_token_leave(p->jobs[i]->token, p->jobs[i]);
		heap_remove(&p->ends, &p->jobs[i]->end);
		free_job(p->jobs[i]);
	}
	while (p->orphans != NULL) {
		struct job *job = p->orphans;

		p->orphans = job->next_orphan;
		free_job(job);
	}
	for (size_t i = 0; i < QUEUE__MAX; i++)
		heap_clear(&p->queues[i]);
	free(p->jobs);
	p->jobs = NULL;
	p->n_jobs = p->room_jobs = 0;
}
