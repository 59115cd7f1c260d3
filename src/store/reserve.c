/* reserve.c: which token gets a task, and its slot. */
#include "arena.h"
#include "clock.h"
#include "clock_row.h"
#include "due.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"

#define MAX_RETRY_AFTER	3600

/*
 * Suitable: matches the task, but may be resting or full. `who` says which of them to
 * look at.
 */
#define SUITED_VIDEO(who) \
	" FROM tokens WHERE " who " AND is_active = 1" \
	" AND video_enabled = 1 AND video_able = 1" SUITED_REST
#define SUITED_IMAGE(who) \
	" FROM tokens WHERE " who " AND is_active = 1" \
	" AND image_enabled = 1" SUITED_REST
#define SUITED_REST \
	" AND (expiry_time IS NULL OR expiry_time > ?1)" \
	" AND id NOT IN (SELECT token_id FROM task_tokens WHERE task = ?3)"

/* A task bound to one token looks at that row only. */
#define BOUND \
	"offer IN (SELECT value FROM json_each(?4)) AND id = ?2"
#define IF_BOUND(bound, any) \
	"SELECT CASE WHEN ?2 <> 0 THEN (" bound ") ELSE (" any ") END"
/* Else each suitable offer searches its own part of the index. */
#define OF_OFFER	"offer = o.value"

/* The best of each offer, and of them the best. */
#define CHOOSE(suited, order) \
	IF_BOUND("SELECT id" suited(BOUND), \
	    "SELECT t.id FROM json_each(?4) o JOIN tokens t ON t.id =" \
	    " (SELECT id" suited(OF_OFFER) \
	    " ORDER BY " order("") " LIMIT 1)" \
	    " ORDER BY " order("t.") " LIMIT 1")
#define BY_VIDEO_SHARE(t) t "video_share DESC, " t "chosen_ms, " t "id"
#define BY_IMAGE_SHARE(t) t "image_share DESC, " t "chosen_ms, " t "id"

/* A quota cooldown ends when the quota was read again, not by the clock. */
#define FREE_VIDEO(who) SUITED_VIDEO(who) " AND cooled_until IS NULL" \
	" AND sora2_cooldown_until IS NULL AND video_share > 0"
#define FREE_IMAGE(who) SUITED_IMAGE(who) \
	" AND cooled_until IS NULL AND image_share > 0"

/* When the first of them is awake. */
#define WAKES(when, suited) \
	IF_BOUND("SELECT " when suited(BOUND), \
	    "SELECT min((SELECT " when suited(OF_OFFER) \
	    " ORDER BY " when " LIMIT 1)) FROM json_each(?4) o")

enum {
	SQL_WAKE, SQL_CHOOSE_VIDEO, SQL_CHOOSE_IMAGE, SQL_TAKE, SQL_TRIED,
	SQL_CHOSEN, SQL_WAKES_VIDEO, SQL_WAKES_IMAGE,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	/* a few at a time: one choice must not wait for all tokens that wake at once */
	[SQL_WAKE] = "UPDATE tokens SET cooled_until = NULL WHERE id IN"
	    " (SELECT id FROM tokens WHERE " DUE_SQL("cooled_until", "?1", DUE_COOLED)
	    " ORDER BY cooled_until LIMIT 16)",
	[SQL_CHOOSE_VIDEO] = CHOOSE(FREE_VIDEO, BY_VIDEO_SHARE),
	[SQL_CHOOSE_IMAGE] = CHOOSE(FREE_IMAGE, BY_IMAGE_SHARE),
	[SQL_TAKE] = "UPDATE tasks SET status = 'processing', token_id = ?2,"
	    " step = CASE WHEN character_options IS NOT NULL THEN 'clip'"
	    "   WHEN EXISTS (SELECT 1 FROM task_media WHERE task = ?1)"
	    "   THEN 'upload' ELSE 'create' END,"
	    " step_ms = " CLOCK_SQL ", due_ms = 0, started_at = ?3 / 1000,"
	    " work_from_ms = " CLOCK_SQL " - outage_ms,"
	    " attempts = 0, tokens_tried = tokens_tried + 1 WHERE id = ?1",
	[SQL_TRIED] = "INSERT INTO task_tokens (task, token_id)"
	    " VALUES (?1, ?2)",
	[SQL_CHOSEN] = "UPDATE tokens SET chosen_ms = ?2 WHERE id = ?1",
	[SQL_WAKES_VIDEO] = WAKES("video_wakes", SUITED_VIDEO),
	[SQL_WAKES_IMAGE] = WAKES("image_wakes", SUITED_IMAGE),
};

const struct statements reserve_statements = { sql, SQL__MAX };

/* A query about the tokens suited for a task; `video` and `image` are its two forms. */
static struct query
about_suited(struct store *st, const struct wanted *w, int video, int image)
{
	struct query q = query_start(st,
	    st->reserve[w->kind == TASK_IMAGE ? image : video]);

	query_int(&q, 1, clock_now());
	query_int(&q, 2, w->bound_token);
	query_int(&q, 3, w->row);
	query_text(&q, 4, w->offers);
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
task_reserve(struct store *st, const struct wanted *w, int64_t *token_id,
    struct error *e)
{
	struct query q;
	enum err rc;

	if ((rc = wake(st, e)) != ERR_OK)
		return rc;
	q = about_suited(st, w, SQL_CHOOSE_VIDEO, SQL_CHOOSE_IMAGE);
	*token_id = query_next(&q) ? query_get_int(&q) : 0;
	if ((rc = query_end(&q, e)) != ERR_OK || *token_id == 0)
		return rc;
	return take(st, w->row, *token_id, e);
}

static enum err
resting(int64_t wakes, struct error *e)
{
	int64_t wait = wakes - clock_now();

	error_set(e, ERR_RATE_LIMIT, NULL,
	    "All suitable tokens are resting; try again later");
	e->retry_after = wait < 1 ? 1
	    : wait > MAX_RETRY_AFTER ? MAX_RETRY_AFTER : (int)wait;
	return e->code;
}

enum err
task_reserve_outlook(struct store *st, const struct wanted *w,
    struct error *e)
{
	struct query q = about_suited(st, w, SQL_WAKES_VIDEO,
	    SQL_WAKES_IMAGE);
	int64_t wakes = query_next(&q) ? query_get_int_or(&q, -1) : -1;
	enum err rc;

	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	if (wakes < 0)
		return error_set(e, ERR_NO_TOKEN, NULL,
		    "No active tokens available");
	return wakes <= clock_now() ? ERR_OK : resting(wakes, e);
}
