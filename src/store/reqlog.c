/* reqlog.c: reading the request log. Its rows are written with their tasks. */
#include "reqlog.h"

#include "arena.h"
#include "query.h"
#include "store_impl.h"

enum { SQL_LIST, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	[SQL_LIST] = "SELECT l.id, l.token_id, k.email, k.username,"
	    " l.operation, l.status_code, l.duration, l.created_at,"
	    " l.request_body, l.response_body, l.task_id,"
	    " CAST(t.progress AS INTEGER), t.status"
	    " FROM request_logs l LEFT JOIN tokens k ON k.id = l.token_id"
	    " AND k.deleted_at IS NULL"
	    " LEFT JOIN tasks t ON t.task_id = l.task_id"
	    " ORDER BY l.id DESC LIMIT ?1",
};

const struct statements reqlog_statements = { sql, SQL__MAX };

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
	l->progress = (int)query_get_int_or(q, -1);
	l->task_status = query_get_text(q, a);
}

enum err
reqlog_list(struct store *st, int limit, struct arena *a, struct reqlog **out,
    size_t *n, struct error *e)
{
	struct query q = query_start(st, st->reqlog[SQL_LIST]);

	*n = 0;
	*out = arena_array(a, (size_t)limit, sizeof(**out));
	query_int(&q, 1, limit);
	while (query_next(&q))
		from_row(&q, a, &(*out)[(*n)++]);
	return query_end(&q, e);
}
