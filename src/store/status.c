/* status.c: the whole service in numbers. */
#include "status.h"

#include "clock.h"
#include "query.h"
#include "store_impl.h"

enum { SQL_TOKENS, SQL_TASKS, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	[SQL_TOKENS] = "SELECT count(*), coalesce(sum(is_active"
	    " AND (cooled_until IS NULL OR cooled_until <= ?1)"
	    " AND (expiry_time IS NULL OR expiry_time > ?1)), 0) FROM tokens",
	[SQL_TASKS] = "SELECT coalesce(sum(status = 'queued'), 0),"
	    " coalesce(sum(status = 'processing'), 0),"
	    " coalesce(sum(status = 'completed'), 0),"
	    " coalesce(sum(status = 'failed'), 0),"
	    " coalesce(sum(status = 'cancelled'), 0) FROM tasks",
};

const struct statements status_statements = { sql, SQL__MAX };

enum err
status_load(struct store *st, struct status *out, struct error *e)
{
	struct query q = query_start(st, st->status[SQL_TOKENS]);
	enum err rc;

	query_int(&q, 1, clock_now());
	if (query_next(&q)) {
		out->tokens = query_get_int(&q);
		out->active_tokens = query_get_int(&q);
	}
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->status[SQL_TASKS]);
	if (query_next(&q)) {
		out->queued = query_get_int(&q);
		out->processing = query_get_int(&q);
		out->completed = query_get_int(&q);
		out->failed = query_get_int(&q);
		out->cancelled = query_get_int(&q);
	}
	return query_end(&q, e);
}
