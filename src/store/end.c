/* SPDX-License-Identifier: MIT */
/* end.c: tasks that are cancelled, deleted, or forgotten long after their end. */
#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"
#include "task_store.h"

static enum err
cancel(struct store *st, const struct task *t, const char *reason,
    bool *cancelled, struct error *e)
{
	const struct task_change c = {
		.status = TASK_CANCELLED,
		.step = STEP_DONE,
		.error_code = "cancelled",
		.error_message = reason,
		.log_status = 499,
	};

	return task_write(st, t, &c, 0, cancelled, e);
}

static bool
may_cancel(const struct task *t, bool only_unsubmitted)
{
	return !task_is_terminal(t->status) &&
	    (!only_unsubmitted ||
	    (t->step < STEP_CREATING && t->submitted_at == 0));
}

/* Reads before the write transaction: without anything to cancel there is none. */
static enum err
is_to_cancel(struct store *st, const struct task_cancel_order *o, bool *out,
    struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc = task_load_row(st, o->row, a, &t, e);

	*out = rc == ERR_OK && may_cancel(&t, o->only_unsubmitted);
	arena_free(a);
	return rc;
}

/* In a transaction; a task that may not be cancelled is left. */
static enum err
cancel_one(struct store *st, const struct task_cancel_order *o,
    bool *cancelled, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc = task_load_row(st, o->row, a, &t, e);

	if (rc == ERR_OK && may_cancel(&t, o->only_unsubmitted))
		rc = cancel(st, &t, o->reason, cancelled, e);
	arena_free(a);
	return rc;
}

enum err
task_cancel(struct store *st, int64_t row, bool only_unsubmitted,
    const char *reason, bool *cancelled, struct error *e)
{
	const struct task_cancel_order order = { .row = row,
	    .only_unsubmitted = only_unsubmitted, .reason = reason };
	bool wanted;
	enum err rc;

	*cancelled = false;
	if ((rc = is_to_cancel(st, &order, &wanted, e)) != ERR_OK || !wanted)
		return rc;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = cancel_one(st, &order, cancelled, e);
	return store_end(st, rc, e);
}

enum err
task_cancel_all(struct store *st, const struct task_cancel_order *orders,
    size_t n, struct error *e)
{
	bool cancelled, wanted = false;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n && !wanted; i++)
		if ((rc = is_to_cancel(st, &orders[i], &wanted, e)) !=
		    ERR_OK && rc != ERR_TASK_NOT_FOUND)
			return rc;
	if (!wanted)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		if ((rc = cancel_one(st, &orders[i], &cancelled, e)) ==
		    ERR_TASK_NOT_FOUND)
			rc = ERR_OK;
	return store_end(st, rc, e);
}

static enum err
run_for(struct store *st, enum statement statement, int64_t row,
    struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, row);
	return query_run(&q, e);
}

/* Keeps the place of the deleted video in the list, for a client that is paging. */
static enum err
remember(struct store *st, int64_t row, struct error *e)
{
	struct query q = query(st, SQL_END_FORGET_DELETED);
	enum err rc;

	query_int(&q, 1, clock_now() - DELETED_KEPT_S);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_END_REMEMBER);
	query_int(&q, 1, row);
	query_int(&q, 2, clock_now());
	return query_run(&q, e);
}

enum err
task_delete(struct store *st, const char *task_id, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	bool cancelled;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		goto out;
	if ((rc = task_load(st, task_id, a, &t, e)) == ERR_OK &&
	    t.kind != TASK_VIDEO)
		rc = error_set(e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	if (rc == ERR_OK)
		rc = cancel(st, &t, "Deleted by the client", &cancelled, e);
	if (rc == ERR_OK && (rc = remember(st, t.row, e)) == ERR_OK &&
	    (rc = run_for(st, SQL_END_STALE, t.row, e)) == ERR_OK)
		rc = run_for(st, SQL_END_DELETE, t.row, e);
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
}

enum err
task_forget(struct store *st, int64_t age, int limit, int *forgotten,
    struct error *e)
{
	struct query q;
	enum err rc;

	*forgotten = 0;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_END_FORGET_OLD);
	query_int(&q, 1, clock_now());
	query_int(&q, 2, limit);
	query_int(&q, 3, age);
	if ((rc = query_run(&q, e)) == ERR_OK)
		*forgotten = query_changes(&q);
	return store_end(st, rc, e);
}
