/* reserve.c: which token gets a task, and its slot. */
#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"

#define MAX_RETRY_AFTER	3600

/*
 * Suited: would do the task if it were awake and had a slot. One provider alone
 * makes characters.
 */
#define SUITED_VIDEO \
	" FROM tokens WHERE is_active = 1 AND video_enabled = 1" \
	" AND sora2_supported = 1" SUITED_REST
#define SUITED_IMAGE \
	" FROM tokens WHERE is_active = 1 AND image_enabled = 1" SUITED_REST
#define SUITED_REST \
	" AND (expiry_time IS NULL OR expiry_time > ?1)" \
	" AND (?2 = 0 OR id = ?2)" \
	" AND (provider = 'sora' OR NOT EXISTS (SELECT 1 FROM tasks" \
	"   WHERE tasks.id = ?3 AND character_options IS NOT NULL))" \
	" AND id NOT IN (SELECT token_id FROM task_tokens WHERE task = ?3)"

enum {
	SQL_WAKE, SQL_CHOOSE_VIDEO, SQL_CHOOSE_IMAGE, SQL_TAKE, SQL_TRIED,
	SQL_CHOSEN, SQL_WAKES_VIDEO, SQL_WAKES_IMAGE,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	/* a few at a time: a choice must not pay for all that wake at once */
	[SQL_WAKE] = "UPDATE tokens SET cooled_until = NULL WHERE id IN"
	    " (SELECT id FROM tokens WHERE cooled_until <= ?1"
	    " ORDER BY cooled_until LIMIT 16)",
	/* a quota cooldown ends when the quota was read again, not by the clock */
	[SQL_CHOOSE_VIDEO] = "SELECT id" SUITED_VIDEO
	    " AND cooled_until IS NULL AND sora2_cooldown_until IS NULL"
	    " AND video_share > 0"
	    " ORDER BY video_share DESC, chosen_ms, id LIMIT 1",
	[SQL_CHOOSE_IMAGE] = "SELECT id" SUITED_IMAGE
	    " AND cooled_until IS NULL AND image_share > 0"
	    " ORDER BY image_share DESC, chosen_ms, id LIMIT 1",
	[SQL_TAKE] = "UPDATE tasks SET status = 'processing', token_id = ?2,"
	    " step = CASE WHEN character_options IS NOT NULL THEN 'clip'"
	    "   WHEN EXISTS (SELECT 1 FROM task_media WHERE task = ?1)"
	    "   THEN 'upload' ELSE 'create' END,"
	    " step_ms = ?3, due_ms = ?3, started_at = ?3 / 1000,"
	    " attempts = 0, tokens_tried = tokens_tried + 1 WHERE id = ?1",
	[SQL_TRIED] = "INSERT INTO task_tokens (task, token_id)"
	    " VALUES (?1, ?2)",
	[SQL_CHOSEN] = "UPDATE tokens SET chosen_ms = ?2 WHERE id = ?1",
	[SQL_WAKES_VIDEO] = "SELECT video_wakes" SUITED_VIDEO
	    " ORDER BY video_wakes LIMIT 1",
	[SQL_WAKES_IMAGE] = "SELECT image_wakes" SUITED_IMAGE
	    " ORDER BY image_wakes LIMIT 1",
};

const struct statements reserve_statements = { sql, SQL__MAX };

/* A query about the tokens suited for a task; `video` and `image` are its two forms. */
static struct query
about_suited(struct store *st, enum task_kind kind, int video, int image,
    int64_t bound_token, int64_t row)
{
	struct query q = query_start(st,
	    st->reserve[kind == TASK_IMAGE ? image : video]);

	query_int(&q, 1, clock_now());
	query_int(&q, 2, bound_token);
	query_int(&q, 3, row);
	return q;
}

static enum err
take(struct store *st, int64_t row, int64_t token_id, struct error *e)
{
	int64_t now = clock_now_ms();
	struct query q;
	enum err rc;

	q = query_start(st, st->reserve[SQL_TAKE]);
	query_int(&q, 1, row);
	query_int(&q, 2, token_id);
	query_int(&q, 3, now);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->reserve[SQL_TRIED]);
	query_int(&q, 1, row);
	query_int(&q, 2, token_id);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->reserve[SQL_CHOSEN]);
	query_int(&q, 1, token_id);
	query_int(&q, 2, now);
	return query_run(&q, e);
}

/* Tokens whose rate limit is over. */
static enum err
wake(struct store *st, struct error *e)
{
	struct query q = query_start(st, st->reserve[SQL_WAKE]);

	query_int(&q, 1, clock_now());
	return query_run(&q, e);
}

enum err
task_reserve(struct store *st, int64_t row, enum task_kind kind,
    int64_t bound_token, int64_t *token_id, struct error *e)
{
	struct query q;
	enum err rc;

	if ((rc = wake(st, e)) != ERR_OK)
		return rc;
	q = about_suited(st, kind, SQL_CHOOSE_VIDEO, SQL_CHOOSE_IMAGE,
	    bound_token, row);
	*token_id = query_next(&q) ? query_get_int(&q) : 0;
	if ((rc = query_end(&q, e)) != ERR_OK || *token_id == 0)
		return rc;
	return take(st, row, *token_id, e);
}

static enum err
resting(int64_t wakes, struct error *e)
{
	int64_t wait = wakes - clock_now();

	error_set(e, ERR_RATE_LIMIT, NULL,
	    "All suitable accounts are resting; try again later");
	e->retry_after = wait < 1 ? 1
	    : wait > MAX_RETRY_AFTER ? MAX_RETRY_AFTER : (int)wait;
	return e->code;
}

enum err
task_reserve_outlook(struct store *st, int64_t row, enum task_kind kind,
    int64_t bound_token, struct error *e)
{
	struct query q = about_suited(st, kind, SQL_WAKES_VIDEO,
	    SQL_WAKES_IMAGE, bound_token, row);
	int64_t wakes = query_next(&q) ? query_get_int(&q) : -1;
	enum err rc;

	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	if (wakes < 0)
		return error_set(e, ERR_NO_TOKEN, NULL,
		    "No active tokens available");
	return wakes <= clock_now() ? ERR_OK : resting(wakes, e);
}
