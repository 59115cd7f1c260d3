/* SPDX-License-Identifier: MIT */
/* task.c: reading tasks. */
#include "task_store.h"

#include <string.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"

#define WAITED	100	/* read at a time */

/* What the next text column names. */
static int
get_name(struct query *q, int (*find)(const char *name))
{
	int found = find(query_borrow_text(q));

	if (found >= 0)
		return found;
	query_fail(q, ERR_INTERNAL, NULL, "a task has a status, step or kind"
	    " that this program does not know");
	return 0;
}

static void
from_row(struct query *q, struct arena *a, struct task *t)
{
	*t = (struct task){ .row = query_get_int(q) };
	t->task_id = query_get_text(q, a);
	t->api_key_id = query_get_int(q);
	t->token_id = query_get_int(q);
	t->kind = (enum task_kind)get_name(q, task_kind_find);
	t->operation = query_get_text(q, a);
	t->status = (enum task_status)get_name(q, task_status_find);
	t->step = (enum task_step)get_name(q, task_step_find);
	t->progress = query_get_real(q);
	t->model = query_get_text(q, a);
	t->public_model = query_get_text(q, a);
	t->prompt = query_get_text(q, a);
	t->size = query_get_text(q, a);
	t->seconds = (int)query_get_int(q);
	t->style_id = query_get_text(q, a);
	t->remixed_from = query_get_text(q, a);
	t->remix_target = query_get_text(q, a);
	t->metadata = query_get_text(q, a);
	t->is_async = query_get_int(q) != 0;
	t->base_url = query_get_text(q, a);
	t->request_id = query_get_text(q, a);
	t->bound_token = query_get_int(q);
	t->upstream_id = query_get_text(q, a);
	t->generation_id = query_get_text(q, a);
	t->permalink = query_get_text(q, a);
	t->post_id = query_get_text(q, a);
	t->source_url = query_get_text(q, a);
	t->result_file = query_get_text(q, a);
	t->error_code = query_get_text(q, a);
	t->error_message = query_get_text(q, a);
	t->created_at = query_get_int(q);
	t->started_at = query_get_int(q);
	t->submitted_at = query_get_int(q);
	t->completed_at = query_get_int(q);
	t->step_ms = query_get_int(q);
	t->due_ms = query_get_int(q);
	t->tokens_tried = (int)query_get_int(q);
	t->attempts = (int)query_get_int(q);
	t->change = query_get_int(q);
	t->character_options = query_get_text(q, a);
	t->fetch_url = query_get_text(q, a);
	t->resubmitted = (int)query_get_int(q);
	t->wait_from_ms = query_get_int(q);
	t->work_from_ms = query_get_int(q);
	t->outage_ms = query_get_int(q);
	t->timeout_s = (int)query_get_int(q);
	t->limit_s = (int)query_get_int(q);
}

static enum err
load_one(struct query *q, struct arena *a, struct task *out, struct error *e)
{
	if (query_next(q))
		from_row(q, a, out);
	else
		query_fail(q, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	return query_end(q, e);
}

enum err
task_load(struct store *st, const char *task_id, struct arena *a,
    struct task *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_LOAD);

	query_text(&q, 1, task_id);
	return load_one(&q, a, out, e);
}

enum err
task_load_row(struct store *st, int64_t row, struct arena *a,
    struct task *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_LOAD_ROW);

	query_int(&q, 1, row);
	return load_one(&q, a, out, e);
}

static void
add_media(struct query *q, struct task *t, struct arena *a)
{
	struct task_media m = { .file = query_get_text(q, a) };
	struct task_media *clip;

	m.mime = query_get_text(q, a);
	m.upstream_id = query_get_text(q, a);
	if (strncmp(m.mime, "video/", 6) == 0) {
		clip = arena_alloc(a, sizeof(*clip));
		*clip = m;
		t->clip = clip;
		return;
	}
	t->media = arena_grow(a, t->media, t->n_media, sizeof(*t->media));
	t->media[t->n_media++] = m;
}

enum err
task_load_media(struct store *st, struct task *t, struct arena *a,
    struct error *e)
{
	struct query q = query(st, SQL_TASK_MEDIA);

	t->media = NULL;
	t->n_media = 0;
	t->clip = NULL;
	query_int(&q, 1, t->row);
	while (query_next(&q))
		add_media(&q, t, a);
	return query_end(&q, e);
}

/* All rows of a query whose parameters are bound. */
static enum err
load_all(struct query *q, struct arena *a, struct task_page *out,
    struct error *e)
{
	*out = (struct task_page){ 0 };
	while (query_next(q)) {
		out->tasks = arena_grow(a, out->tasks, out->n, sizeof(*out->tasks));
		from_row(q, a, &out->tasks[out->n++]);
	}
	return query_end(q, e);
}

/* Where a page begins: the row of `after`, or beyond the end. */
static enum err
page_start(struct store *st, const char *after, bool ascending, int64_t *out,
    struct error *e)
{
	struct query q;

	*out = ascending ? 0 : INT64_MAX;
	if (after == NULL)
		return ERR_OK;
	q = query(st, SQL_TASK_ROW_OF);
	query_text(&q, 1, after);
	query_int(&q, 2, clock_now() - DELETED_KEPT_S);
	if (query_next(&q))
		*out = query_get_int(&q);
	else
		query_fail(&q, ERR_INVALID_VALUE, "after",
		    "'after' names no video");
	return query_end(&q, e);
}

enum err
task_list(struct store *st, const char *after, int limit, bool ascending,
    struct arena *a, struct task_page *out, struct error *e)
{
	enum statement statement = ascending ? SQL_TASK_LIST_UP
	    : SQL_TASK_LIST_DOWN;
	struct query q;
	int64_t start;
	enum err rc;

	if ((rc = page_start(st, after, ascending, &start, e)) != ERR_OK)
		return rc;
	q = query(st, statement);
	query_int(&q, 1, start);
	query_int(&q, 2, (int64_t)limit + 1);	/* one more tells whether there is more */
	if ((rc = load_all(&q, a, out, e)) != ERR_OK)
		return rc;
	if (out->n > (size_t)limit) {
		out->n = (size_t)limit;
		out->has_more = true;
	}
	return ERR_OK;
}

enum err
task_recent(struct store *st, const char *status, int limit, struct arena *a,
    struct task_page *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_RECENT);

	query_text(&q, 1, status);
	query_int(&q, 2, limit);
	return load_all(&q, a, out, e);
}

enum err
task_changes(struct store *st, int64_t since, int limit, struct arena *a,
    struct task_page *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_CHANGES);
	enum err rc;

	query_int(&q, 1, since);
	query_int(&q, 2, limit);
	if ((rc = load_all(&q, a, out, e)) == ERR_OK)
		out->has_more = out->n == (size_t)limit;
	return rc;
}

enum err
task_change_now(struct store *st, int64_t *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_CHANGE_NOW);

	*out = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

enum err
task_unfinished(struct store *st, struct arena *a, struct task_page *out,
    struct error *e)
{
	struct query q = query(st, SQL_TASK_UNFINISHED);
	enum err rc;

	rc = load_all(&q, a, out, e);
	for (size_t i = 0; i < out->n && rc == ERR_OK; i++)
		rc = task_load_media(st, &out->tasks[i], a, e);
	return rc;
}

enum err
task_running(struct store *st, struct arena *a, int64_t **rows, size_t *n,
    struct error *e)
{
	struct query q = query(st, SQL_TASK_RUNNING);

	*rows = NULL;
	*n = 0;
	while (query_next(&q)) {
		*rows = arena_grow(a, *rows, *n, sizeof(**rows));
		(*rows)[(*n)++] = query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
task_upstream_claimed(struct store *st, int64_t token_id,
    const char *upstream_id, bool *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_UPSTREAM_CLAIMED);

	query_int(&q, 1, token_id);
	query_text(&q, 2, upstream_id);
	*out = query_next(&q);
	return query_end(&q, e);
}

enum err
task_waited(struct store *st, int64_t after, int64_t clock_ms, struct arena *a,
    struct task_page *out, struct error *e)
{
	struct query q = query(st, SQL_TASK_WAITED);
	enum err rc;

	query_int(&q, 1, after);
	query_int(&q, 2, clock_ms);
	query_int(&q, 3, WAITED);
	if ((rc = load_all(&q, a, out, e)) == ERR_OK)
		out->has_more = out->n == WAITED;
	return rc;
}

enum err
task_file_young(struct store *st, const char *file, int64_t age, bool *out,
    struct error *e)
{
	struct query q = query(st, SQL_TASK_FILE_YOUNG);

	query_text(&q, 1, file);
	query_int(&q, 2, age);
	*out = query_next(&q);
	return query_end(&q, e);
}

enum err
task_media_needed(struct store *st, const char *file, bool *out,
    struct error *e)
{
	struct query q = query(st, SQL_TASK_MEDIA_NEEDED);

	query_text(&q, 1, file);
	*out = query_next(&q);
	return query_end(&q, e);
}
