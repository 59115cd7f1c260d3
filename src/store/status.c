/* status.c: the whole service in numbers. */
#include "status.h"

#include "clock.h"
#include "query.h"
#include "store_impl.h"

enum { SQL_TOKENS, SQL_TASKS, SQL_TOTALS, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	[SQL_TOKENS] = "SELECT count(*), coalesce(sum(is_active"
	    " AND (cooled_until IS NULL OR cooled_until <= ?1)"
	    " AND (expiry_time IS NULL OR expiry_time > ?1)), 0) FROM tokens",
	[SQL_TASKS] = "SELECT coalesce(sum(status = 'queued'), 0),"
	    " coalesce(sum(status = 'processing'), 0),"
	    " coalesce(sum(status = 'completed'), 0),"
	    " coalesce(sum(status = 'failed'), 0),"
	    " coalesce(sum(status = 'cancelled'), 0) FROM tasks",
	[SQL_TOTALS] = "SELECT coalesce(sum(image_count), 0),"
	    " coalesce(sum(video_count), 0), coalesce(sum(error_count), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_image_count, 0)), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_video_count, 0)), 0),"
	    " coalesce(sum(iif(today_date = ?1, today_error_count, 0)), 0)"
	    " FROM token_stats",
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

enum err
status_load(struct store *st, struct status *out, struct error *e)
{
	struct query q;
	enum err rc;

	if ((rc = count_tokens(st, &out->tokens, &out->active_tokens, e))
	    != ERR_OK)
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
