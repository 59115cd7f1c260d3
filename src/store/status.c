/* SPDX-License-Identifier: MIT */
/* status.c: the whole service in numbers. */
#include "status.h"

#include "attr.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task.h"

static enum err
count_tokens(struct store *st, int64_t *all, int64_t *active, struct error *e)
{
	struct query q = query(st, SQL_STATUS_TOKENS);

	query_int(&q, 1, clock_now());
	if (query_next(&q)) {
		*all = query_get_int(&q);
		*active = query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
totals_load(struct store *st, struct totals *out, struct error *e)
{
	struct query q;
	char today[11];
	enum err rc;

	if ((rc = count_tokens(st, &out->tokens, &out->active_tokens, e))
	    != ERR_OK)
		return rc;
	clock_today(today);
	q = query(st, SQL_STATUS_TOTALS);
	query_text(&q, 1, today);
	if (query_next(&q)) {
		out->images = query_get_int(&q);
		out->videos = query_get_int(&q);
		out->errors = query_get_int(&q);
		out->today_images = query_get_int(&q);
		out->today_videos = query_get_int(&q);
		out->today_errors = query_get_int(&q);
	}
	return query_end(&q, e);
}

static enum err
count_tasks(struct store *st, enum task_status status, int64_t *out,
    struct error *e)
{
	struct query q = query(st, SQL_STATUS_TASKS);

	query_text(&q, 1, task_status_name(status));
	if (query_next(&q))
		*out = query_get_int(&q);
	return query_end(&q, e);
}

enum err
status_load(struct store *st, struct status *out, struct error *e)
{
	struct {
		enum task_status status;
		int64_t		*n;
	} counts[] = {
		{ TASK_QUEUED, &out->queued },
		{ TASK_PROCESSING, &out->processing },
		{ TASK_COMPLETED, &out->completed },
		{ TASK_FAILED, &out->failed },
		{ TASK_CANCELLED, &out->cancelled },
	};
	enum err rc = count_tokens(st, &out->tokens, &out->active_tokens, e);

	for (size_t i = 0; i < NELEM(counts) && rc == ERR_OK; i++)
		rc = count_tasks(st, counts[i].status, counts[i].n, e);
	return rc;
}

static enum err
load_states(struct store *st, struct gauges *out, struct error *e)
{
	struct query q = query(st, SQL_STATUS_STATES);

	query_int(&q, 1, clock_now());
	while (query_next(&q)) {
		int64_t state = query_get_int(&q);

		out->tokens[state] = query_get_int(&q);
		out->running[state] = query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
gauges_load(struct store *st, struct gauges *out, struct error *e)
{
	struct query q;
	enum err rc;

	*out = (struct gauges){ 0 };
	if ((rc = load_states(st, out, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_STATUS_QUEUE);
	if (query_next(&q)) {
		out->queued_videos = query_get_int(&q);
		out->queued_images = query_get_int(&q);
		out->oldest_queued_at = query_get_int(&q);
	}
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_STATUS_LEASE);
	if (query_next(&q))
		out->lease_ends_ms = query_get_int(&q);
	return query_end(&q, e);
}
