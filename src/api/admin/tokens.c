/* SPDX-License-Identifier: MIT */
/* tokens.c: one token: listed, added, changed, tested, deleted. */
#include "tokens.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "token_claims.h"
#include "xalloc.h"

#define MAX_LIST	(256 * 1024 * 1024)	/* bytes of an answer */
#define NEW_NAMES	5	/* tried for a new account without a name */

/* ---- the list ---- */

static void
put_time(struct buf *out, const char *key, int64_t t, struct arena *a)
{
	json_put_string(out, key, clock_format(a, t));
}

static void
put_bool_or_null(struct buf *out, const char *key, int value)
{
	if (value < 0)
		json_put_string(out, key, NULL);
	else
		json_put_bool(out, key, value);
}

static void
add_json(cJSON *root, const char *key, const char *text)
{
	if (text == NULL)
		json_add_string(root, key, NULL);
	else
		xmade(cJSON_AddRawToObject(root, key, text));
}

/* What a server has and an account has not; models and options as they were given. */
static void
add_server(cJSON *root, const struct token *t, struct arena *a)
{
	json_add_string(root, "provider", t->provider);
	json_add_string(root, "base_url", t->base_url);
	add_json(root, "models", t->models);
	add_json(root, "options", t->options);
	json_add_string(root, "preset", t->terms->preset);
	add_json(root, "found", t->found);
	json_add_string(root, "found_at", clock_format(a, t->found_at));
}

/* Appends the members that only servers have. */
static void
put_server(struct buf *out, const struct token *t, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();
	const char *text;

	add_server(root, t, a);
	text = json_print(root, a);
	cJSON_Delete(root);
	buf_puts(out, ",");
	buf_append(out, text + 1, strlen(text) - 2);
}

static void
put_token(struct buf *out, const struct token *t, struct arena *a)
{
	json_put_int(out, "id", t->id);
	json_put_string(out, "token", t->token);
	json_put_string(out, "st", t->st);
	json_put_string(out, "rt", t->rt);
	json_put_string(out, "client_id", t->client_id);
	json_put_string(out, "proxy_url", t->proxy_url);
	json_put_string(out, "email", t->email);
	json_put_string(out, "name", t->name);
	json_put_string(out, "remark", t->remark);
	put_time(out, "expiry_time", t->expiry_time, a);
	json_put_bool(out, "is_active", t->is_active);
	put_time(out, "cooled_until", t->cooled_until, a);
	put_time(out, "created_at", t->created_at, a);
	put_time(out, "last_used_at", t->last_used_at, a);
	json_put_int(out, "use_count", t->use_count);
	json_put_int(out, "image_count", t->image_count);
	json_put_int(out, "video_count", t->video_count);
	json_put_int(out, "error_count", t->error_count);
	json_put_string(out, "plan_type", t->plan_type);
	json_put_string(out, "plan_title", t->plan_title);
	put_time(out, "subscription_end", t->subscription_end, a);
	put_bool_or_null(out, "sora2_supported", t->sora2_supported);
	json_put_string(out, "sora2_invite_code", t->sora2_invite_code);
	json_put_int(out, "sora2_redeemed_count", t->sora2_redeemed_count);
	json_put_int(out, "sora2_total_count", t->sora2_total_count);
	json_put_int(out, "sora2_remaining_count", t->sora2_remaining_count);
	put_time(out, "sora2_cooldown_until", t->sora2_cooldown_until, a);
	json_put_bool(out, "image_enabled", t->image_enabled);
	json_put_bool(out, "video_enabled", t->video_enabled);
	json_put_int(out, "image_concurrency", t->image_concurrency);
	json_put_int(out, "video_concurrency", t->video_concurrency);
	if (token_is_server(t))
		put_server(out, t, a);
}

struct list {			/* the answer as text: a cJSON tree takes ten times the memory */
	struct buf	 text;
	struct arena	*row;
};

static void
list_row(void *arg, const struct token *t)
{
	struct list *list = arg;

	if (list->text.len > 1)
		buf_puts(&list->text, ",");
	buf_puts(&list->text, "{");
	put_token(&list->text, t, list->row);
	buf_puts(&list->text, "}");
	arena_reset(list->row);
}

static void
free_text(void *arg)
{
	buf_clear(arg);
}

/* GET /api/tokens: all tokens, newest first, with their credentials. */
enum err
handle_tokens_list(struct req *rq, struct resp *rs, struct error *e)
{
	struct list *list = arena_alloc(rq->arena, sizeof(*list));
	enum err rc;

	buf_init(&list->text, MAX_LIST);
	arena_own(rq->arena, &list->text, free_text);
	list->row = arena_new();
	buf_puts(&list->text, "[");
	rc = token_each(api_of(rq)->store, list_row, list, e);
	buf_puts(&list->text, "]");
	arena_free(list->row);
	if (rc == ERR_OK)
		resp_body(rs, 200, "application/json", list->text.data,
		    list->text.len);
	return rc;
}

/* ---- adding ---- */

/*
 * POST /api/tokens: adds a token that the upstream has been asked about. 400 a field, or
 * an expired token; 409 it is stored already; 503 too many requests ask the upstream.
 */
enum err
handle_token_add(struct req *rq, struct resp *rs, struct error *e)
{
	struct token_body body = token_body_defaults();
	struct account_order order;
	struct account_result result;
	struct token t;
	const cJSON *json = NULL;
	cJSON *root;
	enum err rc;

	if ((rc = api_json(rq, &json, e)) != ERR_OK ||
	    (rc = token_body_read(json, TOKEN_ADDED, NULL, rq->arena, &body,
	    e)) != ERR_OK ||
	    (rc = token_body_row(&body, rq->arena, &t, e)) != ERR_OK ||
	    (rc = token_check_new(rq, &t, e)) != ERR_OK)
		return rc;
	order = token_order(rq, &t, ACCOUNT_PROBE);
	order.max_names = NEW_NAMES;
	if ((rc = token_ask(rq, &order, &result, e)) != ERR_OK ||
	    (rc = token_probe_check(&result, e)) != ERR_OK ||
	    (rc = token_store_new(rq, &t, &result, e)) != ERR_OK)
		return rc;
	root = admin_success("Token 添加成功");
	json_add_int(root, "token_id", t.id);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* ---- changing ---- */

/*
 * PUT /api/tokens/{token_id}: changes what is given. 400 a field; 404; 409 another token
 * has these credentials.
 */
enum err
handle_token_update(struct req *rq, struct resp *rs, struct error *e)
{
	struct token_body body = token_body_defaults();
	struct token_edit edit;
	struct token now;
	const cJSON *json = NULL;
	const char *email;
	int64_t expiry = 0;
	enum err rc, found;
	struct error missing;

	/* a bad field is reported before a missing token */
	found = token_of_path(rq, &now, &missing);
	if ((rc = api_json(rq, &json, e)) != ERR_OK ||
	    (rc = token_body_read(json, TOKEN_CHANGED,
	    found == ERR_OK ? &now : NULL, rq->arena, &body, e)) != ERR_OK)
		return rc;
	if (body.token != NULL && !token_body_is_server(&body) &&
	    (rc = token_claims_read(body.token, rq->arena, &expiry, &email, e))
	    != ERR_OK)
		return rc;
	if (found != ERR_OK) {
		*e = missing;
		return found;
	}
	if ((rc = token_body_edit(&body, json, &now, rq->arena, &edit, e))
	    != ERR_OK)
		return rc;
	edit.expiry_time = expiry;
	if ((rc = token_edit(api_of(rq)->store, now.id, &edit, e)) == ERR_OK)
		resp_json(rs, 200, admin_success("Token updated"));
	return rc;
}

struct status_body {
	bool		 is_active;
};

/* PUT /api/tokens/{token_id}/status: enables or disables. 400 is_active; 404. */
enum err
handle_token_set_status(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "is_active", FIELD_BOOLEAN, true, 0, 0,
		    offsetof(struct status_body, is_active), NULL, false },
	};
	struct status_body body = { 0 };
	struct token t;
	enum err rc;

	if ((rc = api_read(rq, fields, NELEM(fields), &body, e)) != ERR_OK ||
	    (rc = token_of_path(rq, &t, e)) != ERR_OK ||
	    (rc = token_set_active(api_of(rq)->store, t.id, body.is_active, e))
	    != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success("Token status updated"));
	return ERR_OK;
}

static enum err
set_active(struct req *rq, bool active, struct error *e)
{
	struct token t;
	enum err rc;

	if ((rc = token_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	return token_set_active(api_of(rq)->store, t.id, active, e);
}

/* POST /api/tokens/{token_id}/enable: enables, and forgets errors and cooldown. 404. */
enum err
handle_token_enable(struct req *rq, struct resp *rs, struct error *e)
{
	enum err rc = set_active(rq, true, e);
	cJSON *root;

	if (rc != ERR_OK)
		return rc;
	root = admin_success("Token enabled");
	json_add_bool(root, "is_active", true);
	json_add_int(root, "error_count", 0);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* POST /api/tokens/{token_id}/disable: disables; running tasks go on. 404. */
enum err
handle_token_disable(struct req *rq, struct resp *rs, struct error *e)
{
	enum err rc = set_active(rq, false, e);
	cJSON *root;

	if (rc != ERR_OK)
		return rc;
	root = admin_success("Token disabled");
	json_add_bool(root, "is_active", false);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* DELETE /api/tokens/{token_id}: removes it; its running tasks are finished. 404. */
enum err
handle_token_delete(struct req *rq, struct resp *rs, struct error *e)
{
	struct token t;
	enum err rc;

	if ((rc = token_of_path(rq, &t, e)) == ERR_OK)
		rc = token_delete(api_of(rq)->store, t.id, e);
	if (rc == ERR_OK)
		resp_json(rs, 200, admin_success("Token deleted"));
	return rc;
}

/* ---- testing ---- */

static void
add_bool_or_null(cJSON *root, const char *key, int value)
{
	if (value < 0)
		json_add_string(root, key, NULL);
	else
		json_add_bool(root, key, value);
}

static cJSON *
test_json(const struct token *t, const struct account_result *r,
    struct arena *a)
{
	cJSON *root = cJSON_CreateObject();
	bool valid = r->verdict == ACCOUNT_OK;

	json_add_bool(root, "success", true);
	json_add_string(root, "status", valid ? "success" : "failed");
	json_add_string(root, "message", valid ? "Token is valid"
	    : arena_printf(a, "Token is invalid: %s",
	    r->reason != NULL ? r->reason : "refused"));
	json_add_string(root, "email", valid ? t->email : NULL);
	json_add_string(root, "username", valid ? t->username : NULL);
	if (!valid)
		return root;
	if (token_is_server(t)) {
		add_server(root, t, a);
		return root;
	}
	add_bool_or_null(root, "sora2_supported", t->sora2_supported);
	json_add_string(root, "sora2_invite_code", t->sora2_invite_code);
	json_add_int(root, "sora2_redeemed_count", t->sora2_redeemed_count);
	json_add_int(root, "sora2_total_count", t->sora2_total_count);
	json_add_int(root, "sora2_remaining_count", t->sora2_remaining_count);
	return root;
}

/*
 * POST /api/tokens/{token_id}/test: whether the upstream takes it. 404; 502, 503, 504 of
 * the upstream.
 */
enum err
handle_token_test(struct req *rq, struct resp *rs, struct error *e)
{
	struct account_order order;
	struct account_result result;
	struct token t;
	enum err rc;

	if ((rc = token_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	order = token_order(rq, &t, ACCOUNT_PROBE);
	if ((rc = token_ask(rq, &order, &result, e)) != ERR_OK ||
	    (rc = token_no_answer(&result, e)) != ERR_OK)
		return rc;
	if (result.verdict == ACCOUNT_OK &&
	    ((rc = token_store_told(rq, &t, &result, e)) != ERR_OK ||
	    (rc = token_of_path(rq, &t, e)) != ERR_OK))
		return rc;
	resp_json(rs, 200, test_json(&t, &result, rq->arena));
	return ERR_OK;
}
