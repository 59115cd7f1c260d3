/* SPDX-License-Identifier: MIT */
/* token_edit.c: changing tokens. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "due.h"
#include "outcome.h"
#include "query.h"
#include "store_impl.h"
#include "token_row.h"

#define REFRESH_AHEAD	86400	/* s before its end that a token is renewed */

static void
bind_switch(struct query *q, int parameter, int value)
{
	if (value >= 0)
		query_int(q, parameter, value);
}

static enum err
edit_plain(struct store *st, int64_t id, const struct token_edit *edit,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_EDIT);
	enum err rc;

	query_int(&q, 1, id);
	query_text(&q, 2, edit->client_id);
	query_text(&q, 3, edit->remark);
	bind_switch(&q, 4, edit->is_active);
	bind_switch(&q, 5, edit->image_enabled);
	bind_switch(&q, 6, edit->video_enabled);
	query_int_or_null(&q, 7, edit->image_concurrency);
	query_int_or_null(&q, 8, edit->video_concurrency);
	if ((rc = query_run(&q, e)) == ERR_OK && query_changes(&q) == 0)
		rc = error_set(e, ERR_NOT_FOUND, NULL, "Token not found");
	return rc;
}

static enum err
check_no_other(struct store *st, const struct token *t,
    const unsigned char hash[DIGEST_SHA256_LEN], struct error *e)
{
	struct query q = query(st, SQL_TOKEN_OTHER);

	query_blob(&q, 1, hash, DIGEST_SHA256_LEN);
	query_int(&q, 2, t->id);
	if (query_next(&q))
		query_fail(&q, ERR_CONFLICT, "token", token_is_server(t)
		    ? "Another token has this server and key already"
		    : "Another token has this access token already");
	return query_end(&q, e);
}

/* The stored row with the new unique columns. */
static enum err
load_edited(struct store *st, int64_t id, const struct token_edit *edit,
    struct arena *a, struct token *t, struct error *e)
{
	enum err rc;

	if ((rc = token_load_any(st, id, a, t, e)) != ERR_OK)
		return rc;
	if (token_is_server(t))
		return token_change_server(t, edit, a, e);
	if (edit->token != NULL)
		t->token = edit->token;
	return ERR_OK;
}

static enum err
edit_secrets(struct store *st, const struct token *t,
    const struct token_edit *edit, struct arena *a, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q;
	enum err rc;

	token_identity(t, hash);
	if ((rc = check_no_other(st, t, hash, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_TOKEN_SECRETS);
	query_int(&q, 1, t->id);
	query_secret_or_none(&q, 2, "tokens.token", edit->token, a);
	query_blob(&q, 3, hash, sizeof(hash));
	query_int_or_null(&q, 4, edit->expiry_time);
	query_int(&q, 5, edit->st != NULL);
	query_secret(&q, 6, "tokens.st", edit->st, a);
	query_int(&q, 7, edit->rt != NULL);
	query_secret(&q, 8, "tokens.rt", edit->rt, a);
	query_int(&q, 9, edit->proxy_url != NULL);
	query_secret(&q, 10, "tokens.proxy_url", edit->proxy_url, a);
	return query_run(&q, e);
}

static enum err
run_for(struct store *st, enum statement statement, int64_t id, struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, id);
	return query_run(&q, e);
}

static enum err
apply_edit(struct store *st, int64_t id, const struct token_edit *edit,
    struct arena *a, struct error *e)
{
	struct token t;
	enum err rc;

	if ((rc = load_edited(st, id, edit, a, &t, e)) != ERR_OK ||
	    (rc = edit_plain(st, id, edit, e)) != ERR_OK ||
	    (rc = edit_secrets(st, &t, edit, a, e)) != ERR_OK)
		return rc;
	if (token_is_server(&t) &&
	    (rc = token_write_server(st, &t, a, e)) != ERR_OK)
		return rc;
	return edit->is_active != 1 ? ERR_OK
	    : run_for(st, SQL_TOKEN_FORGIVE, id, e);
}

enum err
token_edit(struct store *st, int64_t id, const struct token_edit *edit,
    struct error *e)
{
	struct arena *a = arena_new();
	enum err rc;

	if ((rc = store_begin(st, e)) == ERR_OK)
		rc = store_end(st, apply_edit(st, id, edit, a, e), e);
	arena_free(a);
	return rc;
}

static enum err
set_person(struct store *st, int64_t id, const struct account_facts *f,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_FACTS);

	query_int(&q, 1, id);
	query_text(&q, 2, f->email != NULL && *f->email != '\0' ? f->email
	    : NULL);
	query_text(&q, 3, f->name);
	query_text(&q, 4, f->username);
	return query_run(&q, e);
}

static enum err
set_plan(struct store *st, int64_t id, const struct account_facts *f,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_PLAN);

	query_int(&q, 1, id);
	query_text(&q, 2, f->plan_type);
	query_text(&q, 3, f->plan_title);
	query_int_or_null(&q, 4, f->subscription_end);
	return query_run(&q, e);
}

static enum err
set_sora2(struct store *st, int64_t id, const struct account_facts *f,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_SORA2);

	query_int(&q, 1, id);
	query_int(&q, 2, f->sora2_supported);
	query_text(&q, 3, f->invite_code);
	query_int(&q, 4, f->redeemed_count);
	query_int(&q, 5, f->total_count);
	return query_run(&q, e);
}

/* An empty quota rests the token until it is full again. */
static enum err
set_quota(struct store *st, int64_t id, const struct quota *quota,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_QUOTA);

	query_int(&q, 1, id);
	query_int(&q, 2, quota->remaining);
	if (quota->remaining == 0 && quota->resets_in > 0)
		query_int(&q, 3, clock_now() + quota->resets_in);
	return query_run(&q, e);
}

enum err
token_set_facts(struct store *st, int64_t id, const struct account_facts *f,
    const struct quota *quota, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = set_person(st, id, f, e);
	if (rc == ERR_OK && f->has_plan)
		rc = set_plan(st, id, f, e);
	if (rc == ERR_OK && f->has_sora2 && f->sora2_supported >= 0)
		rc = set_sora2(st, id, f, e);
	if (rc == ERR_OK && quota->known && quota->remaining >= 0)
		rc = set_quota(st, id, quota, e);
	return store_end(st, rc, e);
}

enum err
token_find_email(struct store *st, const char *email, int64_t *id,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_EMAIL);

	query_text(&q, 1, email);
	*id = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

enum err
token_find_same(struct store *st, const struct token *t, int64_t *id,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = query(st, SQL_TOKEN_STORED);

	token_identity(t, hash);
	query_blob(&q, 1, hash, sizeof(hash));
	*id = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

enum err
token_ids(struct store *st, enum token_set set, struct arena *a,
    int64_t **ids, size_t *n, struct error *e)
{
	static const enum statement statements[] = {
		[TOKENS_ALL] = SQL_TOKEN_ALL,
		[TOKENS_ENABLED] = SQL_TOKEN_ENABLED,
		[TOKENS_DISABLED] = SQL_TOKEN_DISABLED,
		[TOKENS_WITHOUT_SORA2] = SQL_TOKEN_WITHOUT_SORA2,
		[TOKENS_TO_REFRESH] = SQL_TOKEN_TO_REFRESH,
		[TOKENS_TO_ASK] = SQL_TOKEN_TO_ASK,
		[TOKENS_SORA_ENABLED] = SQL_TOKEN_SORA_ENABLED,
	};
	struct query q = query(st, statements[set]);

	*ids = NULL;
	*n = 0;
	if (set == TOKENS_TO_REFRESH)
		query_int(&q, 2, clock_now() + REFRESH_AHEAD);
	if (set == TOKENS_TO_REFRESH || set == TOKENS_TO_ASK)
		query_int(&q, 1, clock_now());
	while (query_next(&q)) {
		*ids = arena_grow(a, *ids, *n, sizeof(**ids));
		(*ids)[(*n)++] = query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
token_refresh_after(struct store *st, int64_t id, int64_t when,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_REFRESH_AFTER);

	query_int(&q, 1, id);
	query_int(&q, 2, when);
	return query_run(&q, e);
}

static enum err
run_all(struct store *st, enum statement statement, int *count, struct error *e)
{
	struct query q = query(st, statement);
	enum err rc = query_run(&q, e);

	*count = rc == ERR_OK ? query_changes(&q) : 0;
	return rc;
}

enum err
token_enable_all(struct store *st, int *count, struct error *e)
{
	int forgiven;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = run_all(st, SQL_TOKEN_FORGIVE_DISABLED, &forgiven, e)) ==
	    ERR_OK)
		rc = run_all(st, SQL_TOKEN_ENABLE_ALL, count, e);
	return store_end(st, rc, e);
}

enum err
token_disable_all(struct store *st, int *count, struct error *e)
{
	return run_all(st, SQL_TOKEN_DISABLE_ALL, count, e);
}
