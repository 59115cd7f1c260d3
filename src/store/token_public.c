/* SPDX-License-Identifier: MIT */
/* token_public.c: tokens for calls that are no generation. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "query.h"
#include "store_impl.h"
#include "token.h"
#include "token_row.h"

enum err
token_pick(struct store *st, const char *provider, struct arena *a,
    struct token *out, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_PICK);
	int64_t id = 0;
	enum err rc;

	query_text(&q, 1, provider);
	query_int(&q, 2, clock_now());
	if (query_next(&q))
		id = query_get_int(&q);
	else
		query_fail(&q, ERR_NO_TOKEN, NULL,
		    "No active tokens available");
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	return token_load(st, id, a, out, e);
}

enum err
token_pick_inviting(struct store *st, struct arena *a, struct token *out,
    bool *found, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_INVITE);
	int64_t id = 0;
	enum err rc;

	if (query_next(&q))
		id = query_get_int(&q);
	*found = id != 0;
	if ((rc = query_end(&q, e)) != ERR_OK || !*found)
		return rc;
	return token_load(st, id, a, out, e);
}

/* False, too, when it was deleted meanwhile. */
static enum err
is_same(struct store *st, const struct token *t, bool *same, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_SAME);
	unsigned char hash[DIGEST_SHA256_LEN];

	token_identity(t, hash);
	query_int(&q, 1, t->id);
	query_blob(&q, 2, hash, sizeof(hash));
	*same = query_next(&q);
	return query_end(&q, e);
}

static enum err
expire(struct store *st, int64_t id, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_EXPIRE);

	query_int(&q, 1, id);
	query_int(&q, 2, clock_now());
	return query_run(&q, e);
}

static enum err
apply(struct store *st, const struct token *t, const struct token_change *c,
    bool renew, int ban_threshold, struct error *e)
{
	struct token_change change = *c;
	bool same;
	enum err rc;

	if ((rc = is_same(st, t, &same, e)) != ERR_OK || !same)
		return rc;
	renew = renew && c->verdict == TOKEN_REFUSED &&
	    (t->st != NULL || t->rt != NULL);
	if (renew)
		change.verdict = TOKEN_ERROR;
	rc = token_apply(st, t->id, TASK_VIDEO, &change, ban_threshold, e);
	return rc == ERR_OK && renew ? expire(st, t->id, e) : rc;
}

enum err
token_answered(struct store *st, const struct token *t,
    const struct token_change *c, bool renew, int ban_threshold,
    struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	return store_end(st, apply(st, t, c, renew, ban_threshold, e), e);
}
