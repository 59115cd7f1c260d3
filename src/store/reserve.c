/* SPDX-License-Identifier: MIT */
/* reserve.c: which token gets a task, and its slot. */
#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"

#define MAX_RETRY_AFTER	3600

/* A query about the tokens suited for a task; `video` and `image` are its two forms. */
static struct query
about_suited(struct store *st, const struct wanted *w, enum statement video,
    enum statement image)
{
	struct query q = query(st, w->kind == TASK_IMAGE ? image : video);

	query_int(&q, 1, clock_now());
	query_int(&q, 2, w->bound_token);
	query_int(&q, 3, w->row);
	query_text(&q, 4, w->offers);
	return q;
}

enum err
task_take_slot(struct store *st, int64_t row, enum task_kind kind,
    int64_t token_id, struct error *e)
{
	struct query q = query(st, SQL_RESERVE_TRIED);
	enum err rc;

	query_int(&q, 1, row);
	query_int(&q, 2, token_id);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_RESERVE_SLOT);
	query_int(&q, 1, token_id);
	query_int(&q, 2, clock_now_ms());
	query_int(&q, 3, kind == TASK_IMAGE);
	return query_run(&q, e);
}

/* A task of the queue goes to that token. */
static enum err
take(struct store *st, const struct wanted *w, int64_t token_id,
    struct error *e)
{
	struct query q = query(st, SQL_RESERVE_TAKE);
	enum err rc;

	query_int(&q, 1, w->row);
	query_int(&q, 2, token_id);
	query_int(&q, 3, clock_now());
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	return task_take_slot(st, w->row, w->kind, token_id, e);
}

/* Tokens whose rate limit is over. */
static enum err
wake(struct store *st, struct error *e)
{
	struct query q = query(st, SQL_RESERVE_WAKE);

	query_int(&q, 1, clock_now());
	return query_run(&q, e);
}

enum err
task_choose(struct store *st, const struct wanted *w, int64_t *token_id,
    struct error *e)
{
	struct query q;
	enum err rc;

	if ((rc = wake(st, e)) != ERR_OK)
		return rc;
	q = about_suited(st, w, SQL_RESERVE_CHOOSE_VIDEO,
	    SQL_RESERVE_CHOOSE_IMAGE);
	*token_id = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

enum err
task_reserve(struct store *st, const struct wanted *w, int64_t *token_id,
    struct error *e)
{
	enum err rc = task_choose(st, w, token_id, e);

	return rc != ERR_OK || *token_id == 0 ? rc
	    : take(st, w, *token_id, e);
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
	struct query q = about_suited(st, w, SQL_RESERVE_WAKES_VIDEO,
	    SQL_RESERVE_WAKES_IMAGE);
	int64_t wakes = query_next(&q) ? query_get_int_or(&q, -1) : -1;
	enum err rc;

	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	if (wakes < 0)
		return error_set(e, ERR_NO_TOKEN, NULL,
		    "No active tokens available");
	return wakes <= clock_now() ? ERR_OK : resting(wakes, e);
}
