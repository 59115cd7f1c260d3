/* SPDX-License-Identifier: MIT */
/* task_store.h: the rows of the tasks. */
#ifndef TASK_STORE_H
#define TASK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "task.h"

struct arena;
struct idem;
struct store;

/* ---- accepting ---- */

/*
 * Stores the task, its media, its request-log row and its answer under the
 * idempotency key, and takes a token's slot for it if one is free and nobody
 * waits before it: all of it or nothing. Fills row, token_id, status, step and
 * change of `t`. `idem` (idem.h) may be NULL. ERR_NO_TOKEN when no token suits;
 * ERR_RATE_LIMIT (with retry_after) when the queue of max_queue is full or all
 * suited tokens cool down; ERR_UNAVAILABLE when the database is busy or full.
 */
MUST_CHECK enum err task_submit(struct store *st, struct task *t, const char *request_body,
    int max_queue, const struct idem *idem, struct error *e);

/* ---- reading ---- */

/* ERR_TASK_NOT_FOUND "Task not found" when there is none. Without media. */
MUST_CHECK enum err task_load(struct store *st, const char *task_id, struct arena *a,
    struct task *out, struct error *e);
MUST_CHECK enum err task_load_row(struct store *st, int64_t row, struct arena *a,
    struct task *out, struct error *e);
/* Fills t->media and t->clip. */
MUST_CHECK enum err task_load_media(struct store *st, struct task *t, struct arena *a,
    struct error *e);

struct task_page {
	struct task	*tasks;
	size_t		 n;
	bool		 has_more;
};
/*
 * At most `limit` video tasks after the task `after` (NULL: from the start),
 * newest first or, if `ascending`, oldest first. ERR_INVALID_VALUE on "after"
 * when it names no task, nor one that was deleted within a day.
 */
MUST_CHECK enum err task_list(struct store *st, const char *after, int limit, bool ascending,
    struct arena *a, struct task_page *out, struct error *e);
/* The newest of every kind, at most `limit`; `status` as in the database, NULL: any. Without media. */
MUST_CHECK enum err task_recent(struct store *st, const char *status, int limit, struct arena *a,
    struct task_page *out, struct error *e);
/* Tasks whose change is above `since`, in that order, at most `limit`; finished ones too. Without media. */
MUST_CHECK enum err task_changes(struct store *st, int64_t since, int limit, struct arena *a,
    struct task_page *out, struct error *e);
/* The change counter now. */
MUST_CHECK enum err task_change_now(struct store *st, int64_t *out, struct error *e);
/* All tasks that are queued or processing, oldest first, with their media. */
MUST_CHECK enum err task_unfinished(struct store *st, struct arena *a, struct task_page *out,
    struct error *e);
/* The rows of all that are processing, in no order. */
MUST_CHECK enum err task_running(struct store *st, struct arena *a, int64_t **rows, size_t *n,
    struct error *e);
/*
 * Queued tasks behind row `after` that have waited as long as they may at least,
 * when the service's clock is at `clock_ms`: at most 100, oldest first.
 */
MUST_CHECK enum err task_waited(struct store *st, int64_t after, int64_t clock_ms,
    struct arena *a, struct task_page *out, struct error *e);
/* Whether a task got that file of the cache less than `age` s ago, by the service's clock. */
MUST_CHECK enum err task_file_young(struct store *st, const char *file, int64_t age, bool *out,
    struct error *e);
/* Whether an unfinished task needs that file of the spool. */
MUST_CHECK enum err task_media_needed(struct store *st, const char *file, bool *out,
    struct error *e);
/* Whether a task of ours has that upstream id with that token. */
MUST_CHECK enum err task_upstream_claimed(struct store *st, int64_t token_id,
    const char *upstream_id, bool *out, struct error *e);

/* ---- deciding ---- */

/*
 * Writes the change, if the task is not terminal (else nothing happens and
 * `*applied` is false). Everything that hangs together goes in one transaction:
 * task, media, slot, token, counters, request log. `ban_threshold` is the
 * number of consecutive errors that disables a token.
 */
MUST_CHECK enum err task_apply(struct store *st, const struct task *t, const struct task_change *c,
    int ban_threshold, bool *applied, struct error *e);

struct task_decision {
	const struct task *task;
	struct task_change change;
	bool		 applied;
};
/* task_apply for several tasks in one transaction: one sync of the disk for all of them. */
MUST_CHECK enum err task_apply_all(struct store *st, struct task_decision *const *d, size_t n,
    int ban_threshold, struct error *e);
/*
 * For `ms` the upstream of the token's running tasks (0: of all queued tasks)
 * could not be reached, while a poller worked: their clocks did not run. Those of
 * a caller who waits run on until the upstream has them.
 */
MUST_CHECK enum err task_outage(struct store *st, int64_t token_id, int64_t ms, struct error *e);
/* What an answer that belongs to no task said about a token. */
MUST_CHECK enum err token_change_apply(struct store *st, int64_t token_id,
    const struct token_change *c, int ban_threshold, struct error *e);
/* Enabled tokens whose quota cooldown has passed: their quota is to be read again. */
MUST_CHECK enum err token_quota_due(struct store *st, struct arena *a, int64_t **ids, size_t *n,
    struct error *e);

/*
 * Gives queued tasks a token and its slot, oldest first, each choice and
 * reservation in one transaction; stops when no slot is free, or after some
 * hundreds. `clock_ms` is of the service: whose due_ms is later waits on.
 * `*assigned` is how many: with any, there may be more to do.
 */
MUST_CHECK enum err task_assign_queued(struct store *st, int64_t clock_ms, int *assigned,
    struct error *e);

/*
 * Cancels an unfinished task, or only one of which the upstream has seen nothing
 * yet; `*cancelled` tells whether it was. A clip that it has seen counts.
 */
MUST_CHECK enum err task_cancel(struct store *st, int64_t row, bool only_unsubmitted,
    const char *reason, bool *cancelled, struct error *e);
struct task_cancel_order {	/* as the parameters of task_cancel */
	int64_t		 row;
	bool		 only_unsubmitted;
	const char	*reason;
};
/* Cancels all of them in one transaction, as far as they may be; one that is gone is no error. */
MUST_CHECK enum err task_cancel_all(struct store *st, const struct task_cancel_order *orders,
    size_t n, struct error *e);
/*
 * Makes a failed task once more, as a queued one with an id of its own: the
 * failure of the first was told, and stays. A failed task can be retried once:
 * its second life is unique in the database. ERR_CONFLICT otherwise, also for
 * one that the upstream accepted and has not ended, unless `even_if_running`:
 * it could be made, and paid for, twice.
 */
MUST_CHECK enum err task_retry(struct store *st, const char *task_id, bool even_if_running,
    struct arena *a, const char **new_task_id, struct error *e);
/* Cancels the task if it runs, then removes its row; its spool files are the poller's to remove. */
MUST_CHECK enum err task_delete(struct store *st, const char *task_id, struct error *e);

/*
 * Forgets at most `limit` tasks that ended more than `age` seconds ago, by the wall
 * clock and by the service's, so that a wrong clock forgets nothing; the oldest
 * first. `*forgotten` is how many. Their log rows stay.
 */
MUST_CHECK enum err task_forget(struct store *st, int64_t age, int limit, int *forgotten,
    struct error *e);

#endif
