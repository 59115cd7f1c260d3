/* SPDX-License-Identifier: MIT */
/* decide.c: writing what was decided about a task, whole or not at all. */
#include "arena.h"
#include "character_row.h"
#include "clock.h"
#include "json.h"
#include "leftover.h"
#include "query.h"
#include "reqlog_row.h"
#include "store_impl.h"
#include "task_row.h"
#include "task_store.h"
#include "token_row.h"
#include "token_store.h"

/* `url` as the one member of a list; NULL stays NULL. */
static const char *
list_of(const char *url, struct arena *a)
{
	cJSON *list;
	const char *text;

	if (url == NULL)
		return NULL;
	list = cJSON_CreateArray();
	cJSON_AddItemToArray(list, cJSON_CreateString(url));
	text = json_print(list, a);
	cJSON_Delete(list);
	return text;
}

static enum err
update_task(struct store *st, const struct task *t,
    const struct task_change *c, int64_t now, bool *applied, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_UPDATE);
	struct arena *a = arena_new();
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
	query_text(&q, 12, list_of(c->result_url, a));
	query_text(&q, 13, c->error_code);
	query_text(&q, 14, c->error_message);
	query_int(&q, 15, c->token.accepted || c->submitted);
	query_int(&q, 16, now);
	query_text(&q, 17, c->post_id);
	query_text(&q, 18, c->prompt);
	query_text(&q, 19, c->fetch_url);
	query_int(&q, 20, c->seconds);
	query_text(&q, 21, c->size);
	query_int(&q, 22, c->resubmit);
	query_int(&q, 23, c->clock_ms);
	query_int(&q, 24, c->limit_s);
	rc = query_run(&q, e);
	*applied = rc == ERR_OK && query_changes(&q) > 0;
	arena_free(a);
	return rc;
}

static enum err
run_for(struct store *st, enum statement statement, int64_t row,
    struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, row);
	return query_run(&q, e);
}

static enum err
forget_account(struct store *st, int64_t row, const struct task_change *c,
    struct error *e)
{
	enum err rc = ERR_OK;

	if (c->untried)
		rc = run_for(st, SQL_DECIDE_UNTRY, row, e);
	if (rc == ERR_OK && (c->untried || c->uncounted))
		rc = run_for(st, SQL_DECIDE_UNTRY_COUNT, row, e);
	if (rc == ERR_OK &&
	    (rc = run_for(st, SQL_DECIDE_FORGET, row, e)) == ERR_OK)
		rc = run_for(st, SQL_DECIDE_FORGET_MEDIA, row, e);
	return rc;
}

static enum err
write_media_id(struct store *st, const struct task *t,
    const struct task_change *c, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_MEDIA_ID);

	query_int(&q, 1, t->row);
	query_int(&q, 2, (int64_t)c->media_index);
	query_text(&q, 3, c->media_id);
	return query_run(&q, e);
}

enum err
task_write(struct store *st, const struct task *t, const struct task_change *c,
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
	if (!task_is_terminal(c->status))
		return ERR_OK;
	if (c->tidy && t->upstream_id != NULL && t->token_id != 0 &&
	    (rc = leftover_add(st, t->token_id, t->upstream_id,
	    c->status == TASK_COMPLETED || t->step == STEP_DOWNLOAD, e))
	    != ERR_OK)
		return rc;
	return reqlog_finish(st, t, c, now, e);
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
	rc = task_write(st, t, c, ban_threshold, applied, e);
	return store_end(st, rc, e);
}

enum err
task_apply_all(struct store *st, struct task_decision *const *d, size_t n,
    int ban_threshold, struct error *e)
{
	enum err rc;

	if (n == 0)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = task_write(st, d[i]->task, &d[i]->change,
		    ban_threshold, &d[i]->applied, e);
	return store_end(st, rc, e);
}
