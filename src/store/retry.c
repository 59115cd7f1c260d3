/* SPDX-License-Identifier: MIT */
/* retry.c: making a failed task once more, as a task of its own. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_store.h"
#include "video.h"

/* Each failed task can be retried once; the new task can be retried again. */
static enum err
check_first(struct store *st, const struct task *t, struct arena *a,
    struct error *e)
{
	struct query q = query(st, SQL_RETRY_RETRIED);
	const char *other;

	query_text(&q, 1, t->task_id);
	if (query_next(&q)) {
		other = query_get_text(&q, a);
		query_fail(&q, ERR_CONFLICT, NULL, arena_printf(a, "task %s "
		    "was retried already, as %s", t->task_id, other));
	}
	return query_end(&q, e);
}

/*
 * A task that only ran out of our time, or of which nobody knows whether it was
 * taken, may still be worked on, and be paid for, upstream; every other failure
 * has ended it there.
 */
static bool
may_be_worked_on(const struct task *t)
{
	const char *code = t->error_code != NULL ? t->error_code : "";

	if (strcmp(code, "upstream_outcome_unknown") == 0)
		return true;
	return (t->upstream_id != NULL || t->submitted_at != 0) &&
	    (strcmp(code, "generation_timeout") == 0 ||
	    strcmp(code, "upstream_timeout") == 0);
}

static enum err
check_state(const struct task *t, bool even_if_running, struct error *e)
{
	if (t->status != TASK_FAILED)
		return error_set(e, ERR_CONFLICT, NULL, "task %s is %s; only a "
		    "failed task can be retried", t->task_id,
		    task_status_name(t->status));
	if (even_if_running || !may_be_worked_on(t))
		return ERR_OK;
	if (t->upstream_id == NULL && t->submitted_at == 0)
		return error_set(e, ERR_CONFLICT, NULL, "it is not known "
		    "whether the upstream took task %s, and it may be worked "
		    "on there; --force makes it a second time", t->task_id);
	return error_set(e, ERR_CONFLICT, NULL, "task %s ran out of time after "
	    "the upstream had accepted it, and may still be worked on there; "
	    "--force makes it a second time", t->task_id);
}

static enum err
copy_task(struct store *st, const struct task *t, const char *id,
    int64_t now, int64_t *row, struct error *e)
{
	struct query q = query(st, SQL_RETRY_COPY);

	query_int(&q, 1, t->row);
	query_text(&q, 2, id);
	query_int(&q, 3, now);
	return query_new_id(&q, row, e);
}

static enum err
copy(struct store *st, const struct task *t, const char *id, struct error *e)
{
	int64_t now = clock_now_ms(), row;
	struct query q;
	enum err rc;

	if ((rc = copy_task(st, t, id, now, &row, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_RETRY_COPY_MEDIA);
	query_int(&q, 1, t->row);
	query_int(&q, 2, row);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_RETRY_COPY_LOG);
	query_text(&q, 1, t->task_id);
	query_text(&q, 2, id);
	query_text(&q, 3, t->operation);
	query_int(&q, 4, now);
	return query_run(&q, e);
}

enum err
task_retry(struct store *st, const char *task_id, bool even_if_running,
    struct arena *a, const char **new_task_id, struct error *e)
{
	struct task t;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = task_load(st, task_id, a, &t, e)) == ERR_OK &&
	    (rc = check_state(&t, even_if_running, e)) == ERR_OK &&
	    (rc = check_first(st, &t, a, e)) == ERR_OK) {
		*new_task_id = video_new_id(t.public_model, a);
		rc = copy(st, &t, *new_task_id, e);
	}
	return store_end(st, rc, e);
}
