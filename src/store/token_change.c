/* SPDX-License-Identifier: MIT */
/* token_change.c: what an answer of the upstream means for its token. */
#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "task_store.h"
#include "token_row.h"
#include "verdict.h"

static enum err
run(struct store *st, enum statement statement, int64_t id, int64_t value,
    struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, id);
	if (query_takes(&q, 2))
		query_int(&q, 2, value);
	return query_run(&q, e);
}

static enum err
count_use(struct store *st, int64_t id, enum task_kind kind, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_COUNT_USE);
	char today[11];
	enum err rc;

	clock_today(today);
	query_int(&q, 1, id);
	query_text(&q, 2, today);
	query_int(&q, 3, kind == TASK_IMAGE);
	query_int(&q, 4, kind == TASK_VIDEO);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	return run(st, SQL_TOKEN_USED, id, clock_now(), e);
}

static enum err
count_error(struct store *st, int64_t id, bool consecutive, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_COUNT_ERROR);
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
		return run(st, SQL_TOKEN_BAN, id, ban_threshold, e);
	case TOKEN_OFF:
		return run(st, SQL_TOKEN_OFF, id, 0, e);
	case TOKEN_OFF_FOR_VIDEO:
		return run(st, SQL_TOKEN_NO_VIDEO, id, 0, e);
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
	    (rc = run(st, SQL_TOKEN_SUCCEEDED, id, 0, e)) == ERR_OK)
		rc = run(st, SQL_TOKEN_NOT_FULL, id, 0, e);
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
		rc = run(st, SQL_TOKEN_REMAINING, id,
		    c->remaining_plus_1 - 1, e);
	if (rc != ERR_OK || c->sora2_cooldown_until == 0)
		return rc;
	q = query(st, SQL_TOKEN_QUOTA_COOL);
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
		rc = run(st, SQL_TOKEN_FULL, id, 0, e);
	if (rc == ERR_OK && c->one_more)
		rc = run(st, SQL_TOKEN_ONE_MORE, id, 0, e);
	if (rc == ERR_OK && c->cooled_until > 0)
		rc = run(st, SQL_TOKEN_COOL, id, c->cooled_until, e);
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
	struct query q = query(st, SQL_TOKEN_QUOTA_DUE);
	const size_t most = 256;	/* the other due tokens follow at the next look */

	*n = 0;
	*ids = arena_array(a, most, sizeof(**ids));
	query_int(&q, 1, clock_now());
	while (*n < most && query_next(&q))
		(*ids)[(*n)++] = query_get_int(&q);
	return query_end(&q, e);
}
