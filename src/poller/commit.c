/* commit.c: decisions, written together. */
#include <stdlib.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "file.h"
#include "leftover.h"
#include "log.h"
#include "meter.h"
#include "poller.h"
#include "store.h"

#define COMMIT_PAUSE_MS	200	/* after the database was busy or full */

void
decide(struct job *job, const struct task_change *change)
{
	struct poller *p = job->poller;

	if (p->n_decisions == p->room_decisions) {
		p->room_decisions = p->room_decisions == 0 ? 64
		    : 2 * p->room_decisions;
		p->decisions = realloc(p->decisions,
		    p->room_decisions * sizeof(*p->decisions));
		if (p->decisions == NULL)
			fatal("out of memory");
	}
	p->decisions[p->n_decisions++] = (struct task_decision){
		.task = &job->task, .change = *change
	};
	if (task_is_terminal(change->status))
		p->decisions[p->n_decisions - 1].change.tidy =
		    tidy_wanted(job, change->status);
	job->decided = true;
	job_unqueue(job);
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

/* One that the database refuses must not hold up the others. */
static void
write_one_by_one(struct poller *p)
{
	for (size_t i = 0; i < p->n_decisions; i++) {
		struct task_decision *d = &p->decisions[i];
		struct error e;

		if (task_apply(p->store, d->task, &d->change,
		    p->settings.error_ban_threshold, &d->applied, &e)
		    != ERR_OK)
			log_error("task %s: %s", d->task->task_id, e.text);
	}
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

	log_id_set(d->task->request_id);
	if (c->status == TASK_FAILED)
		log_info("task %s: failed: %s: %s", d->task->task_id,
		    c->error_code, c->log_error != NULL ? c->log_error
		    : c->error_message);
	else if (c->status == TASK_COMPLETED)
		log_info("task %s: completed", d->task->task_id);
	else if (c->upstream_id != NULL)
		log_info("task %s: token %lld has it as %s", d->task->task_id,
		    (long long)d->task->token_id, c->upstream_id);
	else if (c->cameo != NULL && c->cameo->cameo_id != NULL)
		log_info("task %s: token %lld has its character as %s",
		    d->task->task_id, (long long)d->task->token_id,
		    c->cameo->cameo_id);
	else if (c->log_error != NULL)
		log_info("task %s: %s: %s", d->task->task_id,
		    task_step_name(c->step), c->log_error);
	log_id_set(NULL);
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
	    !account_by_job(account_of(p, token_id)))
		return;
	rc = task_load_row(p->store, d->task->row, p->arena, &now, &e);
	if (rc == ERR_TASK_NOT_FOUND ||
	    (rc == ERR_OK && task_is_terminal(now.status)))
		rc = leftover_add(p->store, token_id, upstream_id, false, &e);
	if (rc != ERR_OK)
		log_warn("token %lld: %s", (long long)token_id, e.text);
}

static void
reload_decided(struct poller *p)
{
	struct error e;

	for (size_t i = 0; i < p->n_decisions; i++) {
		int64_t row = p->decisions[i].task->row;

		count_outcome(&p->decisions[i]);
		log_outcome(&p->decisions[i]);
		note_leftover(p, &p->decisions[i]);
		/* frees the task that the decision points to */
		if (jobs_reload(p, row, &e) != ERR_OK)
			log_error("%s", e.text);
	}
	p->n_decisions = 0;
	p->look = true;
	arena_reset(p->arena);
}

void
decisions_write(struct poller *p)
{
	struct error e;
	enum err rc;

	if (p->n_decisions == 0 || clock_mono_ms() < p->commit_ms)
		return;
	if ((rc = sync_cache(p, &e)) == ERR_OK)
		rc = task_apply_all(p->store, p->decisions, p->n_decisions,
		    p->settings.error_ban_threshold, &e);
	if (rc == ERR_UNAVAILABLE) {
		log_warn("%s; %zu decisions wait", e.text, p->n_decisions);
		p->commit_ms = clock_mono_ms() + COMMIT_PAUSE_MS;
		return;
	}
	if (rc != ERR_OK) {
		log_error("%s", e.text);
		write_one_by_one(p);
	}
	reload_decided(p);
}
