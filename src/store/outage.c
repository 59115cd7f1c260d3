/* outage.c: time in which the upstream of tasks could not be reached. */
#include "query.h"
#include "store_impl.h"
#include "task_store.h"

enum { SQL_OF_TOKEN, SQL_OF_QUEUE, SQL__MAX };

/*
 * Not for tasks that have not been sent: their callers do not wait longer because of an
 * outage.
 */
#define OUTLASTS " AND (is_async OR submitted_at IS NOT NULL)"

static const char *const sql[SQL__MAX] = {
	[SQL_OF_TOKEN] = "UPDATE tasks SET outage_ms = outage_ms + ?2"
	    " WHERE status = 'processing' AND token_id = ?1" OUTLASTS,
	[SQL_OF_QUEUE] = "UPDATE tasks SET outage_ms = outage_ms + ?2"
	    " WHERE status = 'queued' AND ?1 = 0" OUTLASTS,
};

const struct statements outage_statements = { sql, SQL__MAX };

enum err
task_outage(struct store *st, int64_t token_id, int64_t ms, struct error *e)
{
	struct query q;
	enum err rc;

	if (ms <= 0)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->outage[token_id != 0 ? SQL_OF_TOKEN
	    : SQL_OF_QUEUE]);
	query_int(&q, 1, token_id);
	query_int(&q, 2, ms);
	return store_end(st, query_run(&q, e), e);
}
