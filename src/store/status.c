/* status.c: the whole service in numbers. */
#include "status.h"

#include "attr.h"
#include "clock.h"
#include "due.h"
#include "query.h"
#include "store_impl.h"
#include "task.h"

enum {
	SQL_TOKENS, SQL_TASKS, SQL_TOTALS, SQL_QUEUE, SQL_STATES, SQL_LEASE,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	[SQL_TOKENS] = "SELECT count(*), coalesce(sum(is_active"
	    " AND (cooled_until IS NULL OR " DUE_SQL("cooled_until", "?1", DUE_COOLED) ")"
	    " AND (expiry_time IS NULL OR expiry_time > ?1)), 0) FROM tokens"
	    " WHERE deleted_at IS NULL",
	[SQL_TASKS] = "SELECT n FROM task_counts WHERE status = ?1",
	[SQL_TOTALS] = "SELECT coalesce(sum(image_count), 0),"
	    " coalesce(sum(video_count), 0), coalesce(sum(error_count), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_image_count, 0)), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_video_count, 0)), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_error_count, 0)), 0)"
	    " FROM token_stats WHERE token_id NOT IN"
	    " (SELECT id FROM tokens WHERE deleted_at IS NOT NULL)",
	[SQL_QUEUE] = "SELECT queued - queued_images, queued_images,"
	    " (SELECT created_at FROM tasks WHERE status = 'queued'"
	    "  ORDER BY id LIMIT 1) FROM change_counter",
	/* the numbers are those of enum token_state */
	[SQL_STATES] = "SELECT CASE WHEN NOT is_active THEN 5"
	    " WHEN expiry_time <= ?1 THEN 4 WHEN NOT "
	    DUE_SQL("cooled_until", "?1", DUE_COOLED) " THEN 3"
	    " WHEN sora2_cooldown_until IS NOT NULL THEN 2"
	    " WHEN (video_share <= 0 OR NOT video_enabled)"
	    "  AND (image_share <= 0 OR NOT image_enabled) THEN 1"
	    " ELSE 0 END AS state, count(*),"
	    " sum(video_running + image_running) FROM tokens"
	    " WHERE deleted_at IS NULL GROUP BY state",
	[SQL_LEASE] = "SELECT expires_ms FROM leases WHERE name = 'poller'",
};

const struct statements status_statements = { sql, SQL__MAX };

static enum err
count_tokens(struct store *st, int64_t *all, int64_t *active, struct error *e)
{
	struct query q = query_start(st, st->status[SQL_TOKENS]);

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
	q = query_start(st, st->status[SQL_TOTALS]);
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
	struct query q = query_start(st, st->status[SQL_TASKS]);

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
	struct query q = query_start(st, st->status[SQL_STATES]);

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
	q = query_start(st, st->status[SQL_QUEUE]);
	if (query_next(&q)) {
		out->queued_videos = query_get_int(&q);
		out->queued_images = query_get_int(&q);
		out->oldest_queued_at = query_get_int(&q);
	}
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->status[SQL_LEASE]);
	if (query_next(&q))
		out->lease_ends_ms = query_get_int(&q);
	return query_end(&q, e);
}
