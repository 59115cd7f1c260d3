/* SPDX-License-Identifier: MIT */
/* outage.c: time in which the upstream of tasks could not be reached. */
#include "query.h"
#include "store_impl.h"
#include "task_store.h"

enum err
task_outage(struct store *st, int64_t token_id, int64_t ms, struct error *e)
{
	struct query q;
	enum err rc;

	if (ms <= 0)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query(st, token_id != 0 ? SQL_OUTAGE_OF_TOKEN
	    : SQL_OUTAGE_OF_QUEUE);
	query_int(&q, 1, token_id);
	query_int(&q, 2, ms);
	return store_end(st, query_run(&q, e), e);
}
