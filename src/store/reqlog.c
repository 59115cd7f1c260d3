/* reqlog.c: reading the request log. Its rows are written with their tasks. */
#include "reqlog.h"

#include "arena.h"
#include "query.h"
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
	l->progress = (int)query_get_int_or(q, -1);
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
