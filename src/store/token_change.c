/* token_change.c: what an answer of the upstream means for its token. */
#include "arena.h"
#include "clock.h"
#include "due.h"
#include "query.h"
#include "store_impl.h"
#include "task_store.h"
#include "token_row.h"
#include "verdict.h"

/* Resets counters of today that are from an earlier day. */
#define TODAY(column) \
	column " = CASE WHEN today_date = ?2 THEN " column " ELSE 0 END"

enum {
	SQL_USED, SQL_COUNT_USE, SQL_COUNT_ERROR, SQL_SUCCEEDED, SQL_BAN,
	SQL_OFF, SQL_NO_VIDEO, SQL_COOL, SQL_QUOTA_COOL, SQL_REMAINING,
	SQL_QUOTA_DUE,
	SQL_FULL, SQL_ONE_MORE, SQL_NOT_FULL,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	[SQL_USED] = "UPDATE tokens SET use_count = use_count + 1,"
	    " last_used_at = ?2 WHERE id = ?1",
	[SQL_COUNT_USE] = "UPDATE token_stats SET"
	    " image_count = image_count + ?3, video_count = video_count + ?4, "
	    TODAY("today_image_count") " + ?3, "
	    TODAY("today_video_count") " + ?4, "
	    TODAY("today_error_count") ", today_date = ?2"
	    " WHERE token_id = ?1",
	[SQL_COUNT_ERROR] = "UPDATE token_stats SET"
	    " error_count = error_count + 1, last_error_at = ?3,"
	    " consecutive_error_count = consecutive_error_count + ?4, "
	    TODAY("today_image_count") ", "
	    TODAY("today_video_count") ", "
	    TODAY("today_error_count") " + 1, today_date = ?2"
	    " WHERE token_id = ?1",
	[SQL_SUCCEEDED] = "UPDATE token_stats SET consecutive_error_count = 0"
	    " WHERE token_id = ?1 AND consecutive_error_count <> 0",
	[SQL_BAN] = "UPDATE tokens SET is_active = 0 WHERE id = ?1"
	    " AND (SELECT consecutive_error_count FROM token_stats"
	    "   WHERE token_id = ?1) >= ?2",
	[SQL_OFF] = "UPDATE tokens SET is_active = 0 WHERE id = ?1",
	[SQL_NO_VIDEO] = "UPDATE tokens SET video_enabled = 0 WHERE id = ?1",
	[SQL_COOL] = "UPDATE tokens SET cooled_until ="
	    " max(?2, coalesce(cooled_until, 0)) WHERE id = ?1",
	[SQL_QUOTA_COOL] = "UPDATE tokens SET sora2_cooldown_until = ?2"
	    " WHERE id = ?1",
	[SQL_REMAINING] = "UPDATE tokens SET sora2_remaining_count = ?2"
	    " WHERE id = ?1",
	[SQL_QUOTA_DUE] = "SELECT id FROM tokens WHERE is_active = 1"
	    " AND " DUE_SQL("sora2_cooldown_until", "?1", DUE_QUOTA),
	/* the refused task has released its slot already */
	[SQL_FULL] = "UPDATE tokens SET video_learned = max(1, video_running)"
	    " WHERE id = ?1",
	[SQL_ONE_MORE] = "UPDATE tokens SET video_learned = video_running + 1"
	    " WHERE id = ?1",
	/* there is quota again; how much shows when it is used */
	[SQL_NOT_FULL] = "UPDATE tokens SET video_learned = NULL"
	    " WHERE id = ?1 AND video_learned IS NOT NULL",
};

const struct statements token_change_statements = { sql, SQL__MAX };

static enum err
run(struct store *st, int statement, int64_t id, int64_t value,
    struct error *e)
{
	struct query q = query_start(st, st->token_change[statement]);

	query_int(&q, 1, id);
	if (sqlite3_bind_parameter_count(q.stmt) > 1)
		query_int(&q, 2, value);
	return query_run(&q, e);
}

static enum err
count_use(struct store *st, int64_t id, enum task_kind kind, struct error *e)
{
	struct query q = query_start(st, st->token_change[SQL_COUNT_USE]);
	char today[11];
	enum err rc;

	clock_today(today);
	query_int(&q, 1, id);
	query_text(&q, 2, today);
	query_int(&q, 3, kind == TASK_IMAGE);
	query_int(&q, 4, kind == TASK_VIDEO);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	return run(st, SQL_USED, id, clock_now(), e);
}

static enum err
count_error(struct store *st, int64_t id, bool consecutive, struct error *e)
{
	struct query q = query_start(st, st->token_change[SQL_COUNT_ERROR]);
	char today[11];

	clock_today(today);
	query_int(&q, 1, id);
	query_text(&q, 2, today);
	query_int(&q, 3, clock_now());
	query_int(&q, 4, consecutive);
	return query_run(&q, e);
}

static enum err
switch_off(struct store *st, int64_t id, enum token_use use,
    int ban_threshold, struct error *e)
{
	switch (use) {
	case TOKEN_STAYS:
		break;
	case TOKEN_OFF_AT_THRESHOLD:
		return run(st, SQL_BAN, id, ban_threshold, e);
	case TOKEN_OFF:
		return run(st, SQL_OFF, id, 0, e);
	case TOKEN_OFF_FOR_VIDEO:
		return run(st, SQL_NO_VIDEO, id, 0, e);
	}
	return ERR_OK;
}

static enum err
apply_verdict(struct store *st, int64_t id, enum token_verdict verdict,
    int ban_threshold, struct error *e)
{
	struct token_effect effect = verdict_token(verdict);
	enum err rc = ERR_OK;

	if (effect.clears &&
	    (rc = run(st, SQL_SUCCEEDED, id, 0, e)) == ERR_OK)
		rc = run(st, SQL_NOT_FULL, id, 0, e);
	if (rc == ERR_OK && effect.error)
		rc = count_error(st, id, effect.in_a_row, e);
	return rc == ERR_OK ? switch_off(st, id, effect.use, ban_threshold, e)
	    : rc;
}

static enum err
apply_quota(struct store *st, int64_t id, const struct token_change *c,
    struct error *e)
{
	struct query q;
	enum err rc = ERR_OK;

	if (c->remaining_plus_1 > 0)
		rc = run(st, SQL_REMAINING, id, c->remaining_plus_1 - 1, e);
	if (rc != ERR_OK || c->sora2_cooldown_until == 0)
		return rc;
	q = query_start(st, st->token_change[SQL_QUOTA_COOL]);
	query_int(&q, 1, id);
	if (c->sora2_cooldown_until > 0)
		query_int(&q, 2, c->sora2_cooldown_until);
	return query_run(&q, e);
}

enum err
token_apply(struct store *st, int64_t id, enum task_kind kind,
    const struct token_change *c, int ban_threshold, struct error *e)
{
	enum err rc = ERR_OK;

	if (c->accepted)
		rc = count_use(st, id, kind, e);
	if (rc == ERR_OK)
		rc = apply_verdict(st, id, c->verdict, ban_threshold, e);
	if (rc == ERR_OK && c->full && kind != TASK_IMAGE)
		rc = run(st, SQL_FULL, id, 0, e);
	if (rc == ERR_OK && c->one_more)
		rc = run(st, SQL_ONE_MORE, id, 0, e);
	if (rc == ERR_OK && c->cooled_until > 0)
		rc = run(st, SQL_COOL, id, c->cooled_until, e);
	if (rc == ERR_OK)
		rc = apply_quota(st, id, c, e);
	return rc;
}

enum err
token_change_apply(struct store *st, int64_t id, const struct token_change *c,
    int ban_threshold, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = token_apply(st, id, TASK_VIDEO, c, ban_threshold, e);
	return store_end(st, rc, e);
}

enum err
token_quota_due(struct store *st, struct arena *a, int64_t **ids, size_t *n,
    struct error *e)
{
	struct query q = query_start(st, st->token_change[SQL_QUOTA_DUE]);
	const size_t most = 256;	/* the other due tokens follow at the next look */

	*n = 0;
	*ids = arena_array(a, most, sizeof(**ids));
	query_int(&q, 1, clock_now());
	while (*n < most && query_next(&q))
		(*ids)[(*n)++] = query_get_int(&q);
	return query_end(&q, e);
}
