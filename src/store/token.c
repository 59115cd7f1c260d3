/* SPDX-License-Identifier: MIT */
/* token.c: tokens: adding, reading, enabling, deleting. */
#include "token.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "provider_facts.h"
#include "query.h"
#include "store_impl.h"
#include "token_row.h"

static void
from_row(struct query *q, struct arena *a, struct token *t)
{
	struct error e;

	*t = (struct token){ .id = query_get_int(q) };
	t->provider = query_get_text(q, a);
	t->base_url = query_get_text(q, a);
	t->models = query_get_text(q, a);
	t->options = query_get_text(q, a);
	t->found = query_get_text(q, a);
	t->found_at = query_get_int(q);
	t->token = query_get_secret(q, "tokens.token", a);
	t->st = query_get_secret(q, "tokens.st", a);
	t->rt = query_get_secret(q, "tokens.rt", a);
	t->client_id = query_get_text(q, a);
	t->proxy_url = query_get_secret(q, "tokens.proxy_url", a);
	t->email = query_get_text(q, a);
	t->username = query_get_text(q, a);
	t->name = query_get_text(q, a);
	t->remark = query_get_text(q, a);
	t->expiry_time = query_get_int(q);
	t->is_active = query_get_int(q) != 0;
	t->cooled_until = query_get_int(q);
	t->created_at = query_get_int(q);
	t->last_used_at = query_get_int(q);
	t->use_count = query_get_int(q);
	t->plan_type = query_get_text(q, a);
	t->plan_title = query_get_text(q, a);
	t->subscription_end = query_get_int(q);
	t->sora2_supported = (int)query_get_int_or(q, -1);
	t->sora2_invite_code = query_get_text(q, a);
	t->sora2_redeemed_count = (int)query_get_int(q);
	t->sora2_total_count = (int)query_get_int(q);
	t->sora2_remaining_count = (int)query_get_int(q);
	t->sora2_cooldown_until = query_get_int(q);
	t->image_enabled = query_get_int(q) != 0;
	t->video_enabled = query_get_int(q) != 0;
	t->image_concurrency = (int)query_get_int(q);
	t->video_concurrency = (int)query_get_int(q);
	t->image_running = (int)query_get_int(q);
	t->video_running = (int)query_get_int(q);
	t->image_count = query_get_int(q);
	t->video_count = query_get_int(q);
	t->error_count = query_get_int(q);
	if (q->error.code == ERR_OK &&
	    token_read_terms(t, a, &e) != ERR_OK)
		query_fail(q, ERR_INTERNAL, NULL, arena_printf(a,
		    "token %lld: %s", (long long)t->id, e.text));
}

static void
say_taken(char *text, size_t size, const struct token *t, bool same)
{
	if (token_is_server(t))
		snprintf(text, size, "This server is stored with the same key "
		    "already: %.300s", t->base_url);
	else
		snprintf(text, size, same
		    ? "This access token is stored already (e-mail: %.300s)"
		    : "Token already exists for email: %.300s",
		    t->email[0] == '\0' ? "unknown" : t->email);
}

static enum err
check_free(struct store *st, const struct token *t,
    const unsigned char hash[DIGEST_SHA256_LEN], struct error *e)
{
	struct query q = query(st, SQL_TOKEN_TAKEN);
	char text[400];

	query_blob(&q, 1, hash, DIGEST_SHA256_LEN);
	query_text(&q, 2, t->email);
	if (query_next(&q)) {
		say_taken(text, sizeof(text), t, query_get_int(&q) != 0);
		query_fail(&q, ERR_CONFLICT, NULL, text);
	}
	return query_end(&q, e);
}

static enum err
change(struct store *st, enum statement statement, int64_t id, struct error *e)
{
	struct query q = query(st, statement);
	enum err rc;

	query_int(&q, 1, id);
	if ((rc = query_run(&q, e)) == ERR_OK && query_changes(&q) == 0)
		rc = error_set(e, ERR_NOT_FOUND, NULL, "Token not found");
	return rc;
}

/* `returned`: the deleted row to reuse; 0: a new row. */
static enum err
write(struct store *st, struct token *t,
    const unsigned char hash[DIGEST_SHA256_LEN], int64_t offer,
    int64_t returned, struct arena *a, struct error *e)
{
	struct query q = query(st, returned != 0
	    ? SQL_TOKEN_TAKE_OVER : SQL_TOKEN_INSERT);

	query_text(&q, 1, t->provider);
	query_secret_or_none(&q, 2, "tokens.token", t->token, a);
	query_blob(&q, 3, hash, DIGEST_SHA256_LEN);
	query_secret(&q, 4, "tokens.st", t->st, a);
	query_secret(&q, 5, "tokens.rt", t->rt, a);
	query_text(&q, 6, t->client_id);
	query_secret(&q, 7, "tokens.proxy_url", t->proxy_url, a);
	query_text(&q, 8, t->email);
	query_text(&q, 9, t->username);
	query_text(&q, 10, t->name);
	query_text(&q, 11, t->remark);
	query_int_or_null(&q, 12, t->expiry_time);
	query_int(&q, 13, t->is_active);
	query_int(&q, 14, t->created_at);
	query_text(&q, 15, t->plan_type);
	query_text(&q, 16, t->plan_title);
	query_int_or_null(&q, 17, t->subscription_end);
	if (t->sora2_supported >= 0)
		query_int(&q, 18, t->sora2_supported);
	query_text(&q, 19, t->sora2_invite_code);
	query_int(&q, 20, t->sora2_redeemed_count);
	query_int(&q, 21, t->sora2_total_count);
	query_int(&q, 22, t->sora2_remaining_count);
	query_int(&q, 23, t->image_enabled);
	query_int(&q, 24, t->video_enabled);
	query_int(&q, 25, t->image_concurrency);
	query_int(&q, 26, t->video_concurrency);
	query_int_or_null(&q, 27, t->sora2_cooldown_until);
	query_text(&q, 28, t->base_url);
	query_text(&q, 29, t->models);
	query_text(&q, 30, t->options);
	query_text(&q, 31, t->found);
	query_int_or_null(&q, 32, t->found_at);
	query_int(&q, 33, offer);
	if (returned != 0)
		query_int(&q, 34, returned);
	return query_new_id(&q, &t->id, e);
}

/* The deleted row of the same credentials, 0: there is none. */
static enum err
find_returned(struct store *st, const unsigned char hash[DIGEST_SHA256_LEN],
    int64_t *id, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_RETURNED);

	query_blob(&q, 1, hash, DIGEST_SHA256_LEN);
	*id = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

/* Defaults of the columns that a caller may leave out. */
static void
fill_defaults(struct token *t)
{
	if (t->provider == NULL)
		t->provider = provider_usual()->name;
	if (t->email == NULL)
		t->email = "";
	if (t->username == NULL)
		t->username = "";
	if (t->name == NULL)
		t->name = "";
	if (t->created_at == 0)
		t->created_at = clock_now();
}

static enum err
add(struct store *st, struct token *t, struct arena *a, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	int64_t offer, returned;
	enum err rc;

	token_identity(t, hash);
	if ((rc = check_free(st, t, hash, e)) != ERR_OK ||
	    (rc = offer_of_token(st, t, a, &offer, e)) != ERR_OK ||
	    (rc = find_returned(st, hash, &returned, e)) != ERR_OK ||
	    (rc = write(st, t, hash, offer, returned, a, e)) != ERR_OK)
		return rc;
	return returned != 0 ? change(st, SQL_TOKEN_COUNT_ANEW, returned, e)
	    : ERR_OK;
}

enum err
token_insert(struct store *st, struct token *t, struct error *e)
{
	struct arena *a = arena_new();
	struct token row;
	enum err rc;

	fill_defaults(t);
	row = *t;
	if ((rc = token_read_terms(&row, a, e)) == ERR_OK) {
		if (token_is_server(&row) && *row.name == '\0')
			row.name = token_server_name(&row, a);
		rc = add(st, &row, a, e);
	}
	t->id = row.id;
	arena_free(a);
	return rc;
}

enum err
token_add(struct store *st, struct token *t, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = token_insert(st, t, e);
	return store_end(st, rc, e);
}

static enum err
load(struct store *st, enum statement statement, int64_t id, struct arena *a,
    struct token *out, struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, id);
	if (query_next(&q))
		from_row(&q, a, out);
	else
		query_fail(&q, ERR_NOT_FOUND, NULL, "Token not found");
	return query_end(&q, e);
}

enum err
token_load(struct store *st, int64_t id, struct arena *a, struct token *out,
    struct error *e)
{
	return load(st, SQL_TOKEN_LOAD, id, a, out, e);
}

enum err
token_load_any(struct store *st, int64_t id, struct arena *a,
    struct token *out, struct error *e)
{
	return load(st, SQL_TOKEN_LOAD_ANY, id, a, out, e);
}

enum err
token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct error *e)
{
	struct query q = query(st, SQL_TOKEN_LIST);

	*out = NULL;
	*n = 0;
	while (query_next(&q)) {
		*out = arena_grow(a, *out, *n, sizeof(**out));
		from_row(&q, a, &(*out)[(*n)++]);
	}
	return query_end(&q, e);
}

enum err
token_each(struct store *st, void (*row)(void *arg, const struct token *t),
    void *arg, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_LIST);
	struct arena *a = arena_new();
	struct token t;

	while (query_next(&q)) {
		arena_reset(a);
		from_row(&q, a, &t);
		row(arg, &t);
	}
	arena_free(a);
	return query_end(&q, e);
}

enum err
token_set_active(struct store *st, int64_t id, bool active, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = change(st, active ? SQL_TOKEN_ENABLE : SQL_TOKEN_DISABLE, id, e);
	if (rc == ERR_OK && active)
		rc = change(st, SQL_TOKEN_FORGIVE, id, e);
	return store_end(st, rc, e);
}

/* ---- deleting ---- */

static enum err
run(struct store *st, enum statement statement, int *count, struct error *e)
{
	struct query q = query(st, statement);
	enum err rc = query_run(&q, e);

	*count = rc == ERR_OK ? query_changes(&q) : 0;
	return rc;
}

static enum err
drain(struct store *st, enum statement statement, int64_t id, int *count,
    struct error *e)
{
	struct query q = query(st, statement);
	enum err rc;

	query_int(&q, 1, clock_now());
	if (id != 0)
		query_int(&q, 2, id);
	rc = query_run(&q, e);
	*count = rc == ERR_OK ? query_changes(&q) : 0;
	return rc;
}

enum err
token_delete(struct store *st, int64_t id, struct error *e)
{
	int drains;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = drain(st, SQL_TOKEN_DRAIN, id, &drains, e);
	if (rc == ERR_OK && drains == 0)
		rc = change(st, SQL_TOKEN_DELETE, id, e);
	return store_end(st, rc, e);
}

enum err
token_delete_disabled(struct store *st, int *count, struct error *e)
{
	int drains = 0, gone = 0;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = drain(st, SQL_TOKEN_DRAIN_DISABLED, 0, &drains, e)) == ERR_OK)
		rc = run(st, SQL_TOKEN_DELETE_DISABLED, &gone, e);
	*count = drains + gone;
	return store_end(st, rc, e);
}

enum err
token_delete_now(struct store *st, int64_t id, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = change(st, SQL_TOKEN_DELETE_NOW, id, e);
	return store_end(st, rc, e);
}

enum err
token_drained(struct store *st, int *count, struct error *e)
{
	return run(st, SQL_TOKEN_DRAINED, count, e);
}
