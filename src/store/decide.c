/* decide.c: writing what was decided about a task, whole or not at all. */
#include "arena.h"
#include "character_row.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"
#include "token_row.h"

#define ASSIGN_BATCH	100	/* tasks given a token in one transaction */

enum {
	SQL_UPDATE, SQL_FORGET, SQL_FORGET_MEDIA, SQL_UNTRY, SQL_UNTRY_COUNT,
	SQL_TRY_AGAIN, SQL_MEDIA_ID, SQL_LOG, SQL_QUEUED, SQL_DELETE, SQL_FORGET_OLD,
	SQL__MAX
};

#define UNFINISHED " AND status IN ('queued', 'processing')"

static const char *const sql[SQL__MAX] = {
	[SQL_UPDATE] = "UPDATE tasks SET status = ?2, step = ?3,"
	    " progress = max(progress, ?4), due_ms = ?5, attempts = ?6,"
	    " upstream_id = coalesce(?7, upstream_id),"
	    " generation_id = coalesce(?8, generation_id),"
	    " permalink = nullif(coalesce(?9, permalink), ''),"
	    " post_id = nullif(coalesce(?17, post_id), ''),"
	    " source_url = coalesce(?10, source_url),"
	    " result_file = coalesce(?11, result_file),"
	    " result_urls = CASE WHEN ?12 IS NULL THEN result_urls"
	    "   ELSE json_array(?12) END,"
	    " error_code = ?13, error_message = ?14,"
	    " prompt = coalesce(?18, prompt),"
	    " submitted_at = CASE WHEN ?15 THEN ?16 / 1000"
	    "   ELSE submitted_at END,"
	    " completed_at = CASE WHEN ?2 IN ('queued', 'processing')"
	    "   THEN NULL ELSE ?16 / 1000 END,"
	    " step_ms = CASE WHEN step = ?3 THEN step_ms ELSE ?16 END"
	    " WHERE id = ?1" UNFINISHED,
	/* back in the queue: what one account knew, another does not */
	[SQL_FORGET] = "UPDATE tasks SET token_id = NULL, upstream_id = NULL,"
	    " generation_id = NULL, permalink = NULL, post_id = NULL,"
	    " source_url = NULL,"
	    " submitted_at = NULL WHERE id = ?1",
	[SQL_FORGET_MEDIA] = "UPDATE task_media SET upstream_id = NULL"
	    " WHERE task = ?1",
	[SQL_UNTRY] = "DELETE FROM task_tokens WHERE task = ?1"
	    " AND token_id = (SELECT token_id FROM tasks WHERE id = ?1)",
	[SQL_UNTRY_COUNT] = "UPDATE tasks SET tokens_tried = tokens_tried - 1"
	    " WHERE id = ?1",
	[SQL_TRY_AGAIN] = "DELETE FROM task_tokens WHERE task = ?1",
	[SQL_MEDIA_ID] = "UPDATE task_media SET upstream_id = ?3"
	    " WHERE task = ?1 AND position = ?2",
	[SQL_LOG] = "UPDATE request_logs SET status_code = ?2,"
	    " token_id = (SELECT token_id FROM tasks WHERE task_id = ?1),"
	    " response_body = CASE WHEN ?3 IS NULL"
	    "   THEN json_object('task_id', ?1, 'status', 'success',"
	    "     'urls', json((SELECT coalesce(result_urls, '[]') FROM tasks"
	    "       WHERE task_id = ?1)))"
	    "   ELSE json_object('error', ?3) END,"
	    " duration = (?4 - created_ms) / 1000.0, updated_at = ?4 / 1000"
	    " WHERE task_id = ?1 AND status_code = -1",
	[SQL_QUEUED] = "SELECT id, kind = 'image', bound_token,"
	    " EXISTS (SELECT 1 FROM task_tokens WHERE task = tasks.id),"
	    " character_options IS NOT NULL"
	    " FROM tasks WHERE status = 'queued' AND due_ms <= ?1"
	    " AND id > ?2 ORDER BY id LIMIT ?3",
	[SQL_DELETE] = "DELETE FROM tasks WHERE id = ?1",
	[SQL_FORGET_OLD] = "DELETE FROM tasks WHERE id IN (SELECT id FROM tasks"
	    " WHERE completed_at IS NOT NULL AND completed_at < ?1"
	    " ORDER BY completed_at LIMIT ?2)",
};

const struct statements decide_statements = { sql, SQL__MAX };

static enum err
update_task(struct store *st, const struct task *t,
    const struct task_change *c, int64_t now, bool *applied, struct error *e)
{
	struct query q = query_start(st, st->decide[SQL_UPDATE]);
	enum err rc;

	query_int(&q, 1, t->row);
	query_text(&q, 2, task_status_name(c->status));
	query_text(&q, 3, task_step_name(c->step));
	query_real(&q, 4, c->progress);
	query_int(&q, 5, c->due_ms);
	query_int(&q, 6, c->attempts);
	query_text(&q, 7, c->upstream_id);
	query_text(&q, 8, c->generation_id);
	query_text(&q, 9, c->permalink);
	query_text(&q, 10, c->source_url);
	query_text(&q, 11, c->result_file);
	query_text(&q, 12, c->result_url);
	query_text(&q, 13, c->error_code);
	query_text(&q, 14, c->error_message);
	query_int(&q, 15, c->token.accepted || c->submitted);
	query_int(&q, 16, now);
	query_text(&q, 17, c->post_id);
	query_text(&q, 18, c->prompt);
	rc = query_run(&q, e);
	*applied = rc == ERR_OK && query_changes(&q) > 0;
	return rc;
}

static enum err
run_for(struct store *st, int statement, int64_t row, struct error *e)
{
	struct query q = query_start(st, st->decide[statement]);

	query_int(&q, 1, row);
	return query_run(&q, e);
}

static enum err
forget_account(struct store *st, int64_t row, const struct task_change *c,
    struct error *e)
{
	enum err rc = ERR_OK;

	if (c->untried)
		rc = run_for(st, SQL_UNTRY, row, e);
	if (rc == ERR_OK && (c->untried || c->uncounted))
		rc = run_for(st, SQL_UNTRY_COUNT, row, e);
	if (rc == ERR_OK && (rc = run_for(st, SQL_FORGET, row, e)) == ERR_OK)
		rc = run_for(st, SQL_FORGET_MEDIA, row, e);
	return rc;
}

static enum err
write_media_id(struct store *st, const struct task *t,
    const struct task_change *c, struct error *e)
{
	struct query q = query_start(st, st->decide[SQL_MEDIA_ID]);

	query_int(&q, 1, t->row);
	query_int(&q, 2, (int64_t)c->media_index);
	query_text(&q, 3, c->media_id);
	return query_run(&q, e);
}

static enum err
write_log(struct store *st, const struct task *t, const struct task_change *c,
    int64_t now, struct error *e)
{
	struct query q = query_start(st, st->decide[SQL_LOG]);

	query_text(&q, 1, t->task_id);
	query_int(&q, 2, c->log_status);
	if (c->status != TASK_COMPLETED)
		query_text(&q, 3, c->log_error != NULL ? c->log_error
		    : c->error_message != NULL ? c->error_message : "");
	query_int(&q, 4, now);
	return query_run(&q, e);
}

static enum err
apply(struct store *st, const struct task *t, const struct task_change *c,
    int ban_threshold, bool *applied, struct error *e)
{
	int64_t now = clock_now_ms();
	enum err rc;

	if ((rc = update_task(st, t, c, now, applied, e)) != ERR_OK ||
	    !*applied)
		return rc;
	if (t->token_id != 0 && (rc = token_apply(st, t->token_id, t->kind,
	    &c->token, ban_threshold, e)) != ERR_OK)
		return rc;
	if (c->status == TASK_QUEUED &&
	    (rc = forget_account(st, t->row, c, e)) != ERR_OK)
		return rc;
	if (c->media_id != NULL &&
	    (rc = write_media_id(st, t, c, e)) != ERR_OK)
		return rc;
	if (c->cameo != NULL &&
	    (rc = character_apply(st, t, c->cameo, e)) != ERR_OK)
		return rc;
	return task_is_terminal(c->status) ? write_log(st, t, c, now, e)
	    : ERR_OK;
}

enum err
task_apply(struct store *st, const struct task *t,
    const struct task_change *c, int ban_threshold, bool *applied,
    struct error *e)
{
	enum err rc;

	*applied = false;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = apply(st, t, c, ban_threshold, applied, e);
	return store_end(st, rc, e);
}

enum err
task_apply_all(struct store *st, struct task_decision *d, size_t n,
    int ban_threshold, struct error *e)
{
	enum err rc;

	if (n == 0)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = apply(st, d[i].task, &d[i].change, ban_threshold,
		    &d[i].applied, e);
	return store_end(st, rc, e);
}

struct queued {			/* a task that waits for a slot */
	int64_t		 row;
	int64_t		 bound_token;	/* 0: any */
	bool		 image;
	bool		 tried;		/* some token has had it before */
	bool		 character;	/* not every token makes one */
};

/* The next tasks of the queue, oldest first. */
static enum err
load_queued(struct store *st, int64_t after, struct queued out[ASSIGN_BATCH],
    size_t *n, struct error *e)
{
	struct query q = query_start(st, st->decide[SQL_QUEUED]);

	*n = 0;
	query_int(&q, 1, clock_now_ms());
	query_int(&q, 2, after);
	query_int(&q, 3, ASSIGN_BATCH);
	while (query_next(&q)) {
		struct queued *w = &out[(*n)++];

		w->row = query_get_int(&q);
		w->image = query_get_int(&q) != 0;
		w->bound_token = query_get_int(&q);
		w->tried = query_get_int(&q) != 0;
		w->character = query_get_int(&q) != 0;
	}
	return query_end(&q, e);
}

/*
 * A token for one task. When every token that suits it has had it, they are
 * tried again: one account alone is no reason to fail.
 */
static enum err
assign_one(struct store *st, const struct queued *w, int64_t *token_id,
    struct error *e)
{
	enum task_kind kind = w->image ? TASK_IMAGE : TASK_VIDEO;
	enum err rc;

	if ((rc = task_reserve(st, w->row, kind, w->bound_token, token_id, e))
	    != ERR_OK || *token_id != 0 || !w->tried)
		return rc;
	rc = task_reserve_outlook(st, w->row, kind, w->bound_token, e);
	if (rc != ERR_NO_TOKEN)
		return rc == ERR_RATE_LIMIT ? ERR_OK : rc;
	if ((rc = run_for(st, SQL_TRY_AGAIN, w->row, e)) != ERR_OK)
		return rc;
	return task_reserve(st, w->row, kind, w->bound_token, token_id, e);
}

/*
 * Reserves for each in turn. Once one that would take any token got none, the
 * same holds for all like it.
 */
static enum err
assign(struct store *st, const struct queued *waiting, size_t n,
    bool full[2], int *assigned, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct queued *w = &waiting[i];
		bool picky = w->tried || w->bound_token != 0 || w->character;
		int64_t token_id = 0;
		enum err rc;

		if (full[w->image] && !picky)
			continue;
		if ((rc = assign_one(st, w, &token_id, e)) != ERR_OK)
			return rc;
		if (token_id != 0)
			++*assigned;
		else if (!picky)
			full[w->image] = true;
	}
	return ERR_OK;
}

/* Reads and reserves in one transaction: between them a task could be cancelled. */
static enum err
assign_batch(struct store *st, struct queued waiting[ASSIGN_BATCH], size_t *n,
    int64_t after, bool full[2], int *assigned, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = load_queued(st, after, waiting, n, e)) == ERR_OK)
		rc = assign(st, waiting, *n, full, assigned, e);
	return store_end(st, rc, e);
}

enum err
task_assign_queued(struct store *st, int *assigned, struct error *e)
{
	struct queued waiting[ASSIGN_BATCH];
	bool full[2] = { false, false };	/* by queued.image */
	size_t n;
	enum err rc;

	*assigned = 0;
	/* without waiting tasks no transaction */
	rc = load_queued(st, 0, waiting, &n, e);
	for (int64_t after = 0; rc == ERR_OK && n > 0 &&
	    !(full[0] && full[1]); after = n > 0 ? waiting[n - 1].row : 0)
		rc = assign_batch(st, waiting, &n, after, full, assigned, e);
	return rc;
}

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

	return apply(st, t, &c, 0, cancelled, e);
}

static bool
may_cancel(const struct task *t, bool only_unsubmitted)
{
	return !task_is_terminal(t->status) &&
	    (!only_unsubmitted || (t->step < STEP_CREATING &&
	    t->submitted_at == 0));
}

enum err
task_cancel(struct store *st, int64_t row, bool only_unsubmitted,
    const char *reason, bool *cancelled, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc;

	*cancelled = false;
	/* the caller has others to see to: it waits for no writer in vain */
	rc = task_load_row(st, row, a, &t, e);
	if (rc != ERR_OK || !may_cancel(&t, only_unsubmitted))
		goto out;
	if ((rc = store_begin(st, e)) != ERR_OK)
		goto out;
	rc = task_load_row(st, row, a, &t, e);
	if (rc == ERR_OK && may_cancel(&t, only_unsubmitted))
		rc = cancel(st, &t, reason, cancelled, e);
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
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
	if (rc == ERR_OK)
		rc = run_for(st, SQL_DELETE, t.row, e);
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
}

enum err
task_forget(struct store *st, int64_t before, int limit, int *forgotten,
    struct error *e)
{
	struct query q;
	enum err rc;

	*forgotten = 0;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->decide[SQL_FORGET_OLD]);
	query_int(&q, 1, before);
	query_int(&q, 2, limit);
	if ((rc = query_run(&q, e)) == ERR_OK)
		*forgotten = sqlite3_changes(st->db);
	return store_end(st, rc, e);
}
