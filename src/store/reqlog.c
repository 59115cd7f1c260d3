/* SPDX-License-Identifier: MIT */
/* reqlog.c: the request log. Its rows are written with their tasks. */
#include "reqlog.h"

#include "arena.h"
#include "clock.h"
#include "json.h"
#include "query.h"
#include "reqlog_row.h"
#include "store_impl.h"

static void
from_row(struct query *q, struct arena *a, struct reqlog *l)
{
	*l = (struct reqlog){ .id = query_get_int(q) };
	l->token_id = query_get_int(q);
	l->token_email = query_get_text(q, a);
	l->token_username = query_get_text(q, a);
	l->operation = query_get_text(q, a);
	l->status_code = (int)query_get_int(q);
	l->duration = query_get_real(q);
	l->created_at = query_get_int(q);
	l->request_body = query_get_text(q, a);
	l->response_body = query_get_text(q, a);
	l->task_id = query_get_text(q, a);
	l->progress = (int)query_get_real_or(q, -1);
	l->task_status = query_get_text(q, a);
}

enum err
reqlog_list(struct store *st, int limit, struct arena *a, struct reqlog **out,
    size_t *n, struct error *e)
{
	struct query q = query(st, SQL_REQLOG_LIST);

	*n = 0;
	*out = arena_array(a, (size_t)limit, sizeof(**out));
	query_int(&q, 1, limit);
	while (query_next(&q))
		from_row(&q, a, &(*out)[(*n)++]);
	return query_end(&q, e);
}

enum err
reqlog_begin(struct store *st, const struct task *t, const char *request_body,
    struct error *e)
{
	struct query q = query(st, SQL_REQLOG_BEGIN);

	query_int_or_null(&q, 1, t->token_id);
	query_text(&q, 2, t->task_id);
	query_text(&q, 3, t->operation);
	query_text(&q, 4, request_body);
	query_int(&q, 5, t->created_at);
	query_int(&q, 6, clock_now_ms());
	return query_run(&q, e);
}

static void
describe_end(const struct task *t, const struct task_change *c,
    const char *urls, cJSON *out)
{
	if (c->status == TASK_COMPLETED) {
		json_add_string(out, "task_id", t->task_id);
		json_add_string(out, "status", "success");
		cJSON_AddRawToObject(out, "urls", urls == NULL ? "[]" : urls);
	} else {
		json_add_string(out, "error", c->log_error != NULL
		    ? c->log_error : c->error_message != NULL
		    ? c->error_message : "");
	}
}

/* The answer's text. */
static enum err
describe(struct store *st, const struct task *t, const struct task_change *c,
    struct arena *a, const char **out, struct error *e)
{
	struct query q = query(st, SQL_REQLOG_RESULT);
	cJSON *json = cJSON_CreateObject();
	int64_t resubmitted = 0;

	query_int(&q, 1, t->row);
	if (query_next(&q)) {
		describe_end(t, c, query_borrow_text(&q), json);
		resubmitted = query_get_int(&q);
	}
	if (resubmitted != 0)
		json_add_int(json, "resubmitted", resubmitted);
	*out = json_print(json, a);
	cJSON_Delete(json);
	return query_end(&q, e);
}

enum err
reqlog_finish(struct store *st, const struct task *t,
    const struct task_change *c, int64_t now, struct error *e)
{
	struct arena *a = arena_new();
	const char *text;
	struct query q;
	enum err rc;

	if ((rc = describe(st, t, c, a, &text, e)) == ERR_OK) {
		q = query(st, SQL_REQLOG_FINISH);
		query_text(&q, 1, t->task_id);
		query_int(&q, 2, c->log_status);
		query_text(&q, 3, text);
		query_int(&q, 4, now);
		rc = query_run(&q, e);
	}
	arena_free(a);
	return rc;
}
