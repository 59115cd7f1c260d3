/* SPDX-License-Identifier: MIT */
/* tokens_batch.c: adding and importing many tokens: each has its own result, stored on its own. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "tokens.h"

#define MAX_ITEMS	1000
#define PROBES		5	/* at once */
#define BATCH_NAMES	3	/* tried for each account */
#define SHOWN_TOKEN	20	/* characters */
#define SHOWN_KEY	4

enum item_state { ITEM_WAITS, ITEM_ADDED, ITEM_UPDATED, ITEM_SKIPPED, ITEM_FAILED };

struct item {
	struct token	 row;
	struct token_body body;
	const cJSON	*json;
	int64_t		 existing;	/* token to update; 0: a new one */
	enum item_state	 state;
	const char	*message;
};

struct batch {
	struct req	*rq;
	struct item	*items;
	size_t		 n;
	struct item	**asked;	/* the items about which the upstream is asked */
	struct error	*e;
};

/* The array "tokens", each of its items with the right types. */
static enum err
read_items(struct req *rq, enum token_form form, struct batch *b,
    struct error *e)
{
	const cJSON *body = NULL, *array, *json;
	size_t i = 0;
	int n;
	enum err rc;

	if ((rc = api_json(rq, &body, e)) != ERR_OK)
		return rc;
	if ((array = json_get(body, "tokens")) == NULL)
		return error_set(e, ERR_MISSING, "tokens",
		    "Missing required field: tokens");
	if (!cJSON_IsArray(array))
		return error_set(e, ERR_INVALID_TYPE, "tokens",
		    "Invalid type for 'tokens': expected array");
	n = cJSON_GetArraySize(array);
	if (n < 1 || n > MAX_ITEMS)
		return error_set(e, ERR_INVALID_VALUE, "tokens",
		    "'tokens' must have 1 to %d items", MAX_ITEMS);
	b->rq = rq;
	b->n = (size_t)n;
	b->items = arena_array(rq->arena, b->n, sizeof(*b->items));
	b->asked = arena_array(rq->arena, b->n, sizeof(*b->asked));
	cJSON_ArrayForEach(json, array) {
		if (!cJSON_IsObject(json))
			return error_set(e, ERR_INVALID_TYPE, "tokens",
			    "Invalid type for 'tokens[%zu]': expected object",
			    i);
		if ((rc = token_body_types(json, form, e))
		    != ERR_OK)
			return error_wrap(e, "tokens[%zu]", i);
		b->items[i++].json = json;
	}
	return ERR_OK;
}

static void
fail_item(struct item *item, struct arena *a, const char *message)
{
	item->state = ITEM_FAILED;
	item->message = arena_strdup(a, message);
}

static bool
same_email(const char *a, const char *b)
{
	return *a != '\0' && strcasecmp(a, b) == 0;
}

static bool
is_same(const struct token *a, const struct token *b)
{
	if (strcmp(a->provider, b->provider) != 0)
		return false;
	if (token_is_server(a))
		return strcmp(a->base_url, b->base_url) == 0 &&
		    strcmp(a->token, b->token) == 0;
	return same_email(a->email, b->email) ||
	    strcmp(a->token, b->token) == 0;
}

/* Whether an earlier item of this call has the same account. */
static bool
seen_before(const struct batch *b, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (b->items[j].state == ITEM_WAITS &&
		    is_same(&b->items[j].row, &b->items[i].row))
			return true;
	return false;
}

/* Asks the upstream about all waiting items; calls `each` with every answer as it arrives. */
static enum err
ask_all(struct batch *b, account_each_fn *each, struct error *e)
{
	struct account_order *orders = arena_array(b->rq->arena, b->n,
	    sizeof(*orders));
	size_t n = 0;
	enum err rc;

	for (size_t i = 0; i < b->n; i++) {
		struct item *item = &b->items[i];

		if (item->state != ITEM_WAITS)
			continue;
		orders[n] = token_order(b->rq, &item->row, ACCOUNT_PROBE);
		orders[n].max_names = BATCH_NAMES;
		b->asked[n++] = item;
	}
	if (n == 0)
		return ERR_OK;
	if ((rc = upstream_enter(b->rq, e)) != ERR_OK)
		return rc;
	account_run_all(orders, n, PROBES, each, b);
	upstream_leave(b->rq);
	return ERR_OK;
}

static void
on_new_probed(void *arg, size_t i, const struct account_result *r)
{
	struct batch *b = arg;
	struct item *item = b->asked[i];
	struct error e;
	enum err rc;

	if (token_probe_check(r, &e) != ERR_OK) {
		fail_item(item, b->rq->arena, e.text);
		return;
	}
	rc = token_store_new(b->rq, &item->row, r, &e);
	if (rc == ERR_OK) {
		item->state = ITEM_ADDED;
		item->message = "Token added successfully";
		return;
	}
	fail_item(item, b->rq->arena, e.text);
	if (rc == ERR_CONFLICT)
		item->state = ITEM_SKIPPED;
}

static size_t
count(const struct batch *b, enum item_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->items[i].state == state;
	return n;
}

/* ---- batch-add ---- */

static void
prepare_new(struct batch *b, size_t i)
{
	struct item *item = &b->items[i];
	struct arena *a = b->rq->arena;
	struct error e;
	enum err rc;

	item->body = token_body_defaults();
	if (token_body_read(item->json, TOKEN_ADDED, NULL, a, &item->body, &e)
	    != ERR_OK ||
	    token_body_row(&item->body, a, &item->row, &e) != ERR_OK) {
		fail_item(item, a, e.text);
		return;
	}
	rc = token_check_new(b->rq, &item->row, &e);
	if (rc == ERR_OK && seen_before(b, i))
		rc = error_set(&e, ERR_CONFLICT, NULL, token_is_server(&item->row)
		    ? "The same server comes earlier in this call"
		    : "Token already exists for email: %.254s",
		    item->row.email);
	if (rc == ERR_OK)
		return;
	fail_item(item, a, e.text);
	if (rc == ERR_CONFLICT)
		item->state = ITEM_SKIPPED;
}

/* A server's key may be short: of it less is shown than of an access token. */
static const char *
shown(const struct item *item, struct arena *a)
{
	const char *token = json_string(item->json, "token");
	bool server = token_body_is_server(&item->body);
	size_t most = server ? SHOWN_KEY : SHOWN_TOKEN;

	if (token == NULL || *token == '\0')
		return "";
	if (server && strlen(token) < (size_t)2 * SHOWN_KEY)
		return "...";
	return strlen(token) > most
	    ? arena_printf(a, "%.*s...", (int)most, token) : token;
}

static cJSON *
detail_json(const struct item *item, struct arena *a)
{
	static const char *const names[] = {
		[ITEM_WAITS] = "failed", [ITEM_ADDED] = "added",
		[ITEM_UPDATED] = "updated", [ITEM_SKIPPED] = "skipped",
		[ITEM_FAILED] = "failed",
	};
	cJSON *root = cJSON_CreateObject();

	json_add_string(root, "token", shown(item, a));
	json_add_string(root, "status", names[item->state]);
	json_add_string(root, "message", item->message);
	json_add_string(root, "email", item->row.token == NULL ? NULL
	    : item->row.email);
	if (item->state == ITEM_ADDED)
		json_add_int(root, "token_id", item->row.id);
	return root;
}

/*
 * POST /api/tokens/batch-add: adds up to 1000, each with a result of its own. 400
 * tokens; 503 too many requests ask the upstream.
 */
enum err
handle_tokens_batch_add(struct req *rq, struct resp *rs, struct error *e)
{
	struct batch b = { 0 };
	cJSON *root, *details;
	size_t added, skipped, failed;
	enum err rc;

	if ((rc = read_items(rq, TOKEN_ADDED, &b, e))
	    != ERR_OK)
		return rc;
	for (size_t i = 0; i < b.n; i++)
		prepare_new(&b, i);
	if ((rc = ask_all(&b, on_new_probed, e)) != ERR_OK)
		return rc;
	added = count(&b, ITEM_ADDED);
	skipped = count(&b, ITEM_SKIPPED);
	failed = b.n - added - skipped;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	json_add_int(root, "total", (int64_t)b.n);
	json_add_int(root, "added", (int64_t)added);
	json_add_int(root, "skipped", (int64_t)skipped);
	json_add_int(root, "failed", (int64_t)failed);
	details = cJSON_AddArrayToObject(root, "details");
	for (size_t i = 0; i < b.n; i++)
		cJSON_AddItemToArray(details, detail_json(&b.items[i],
		    rq->arena));
	json_add_string(root, "message", arena_printf(rq->arena,
	    "批量添加完成: %zu 添加, %zu 跳过, %zu 失败", added, skipped,
	    failed));
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* ---- import ---- */

/* Overwrites the given fields only. */
static enum err
update_existing(struct batch *b, struct item *item, struct error *e)
{
	struct store *st = api_of(b->rq)->store;
	struct arena *a = b->rq->arena;
	struct token_edit edit;
	struct token now;
	enum err rc;

	if ((rc = token_load(st, item->existing, a, &now, e)) != ERR_OK ||
	    (rc = token_body_edit(&item->body, item->json, &now, a, &edit, e))
	    != ERR_OK)
		return rc;
	edit.expiry_time = item->row.expiry_time;
	return token_edit(st, item->existing, &edit, e);
}

/* The key of an import: an account's e-mail, a server's address and key. */
static enum err
find_existing(struct batch *b, struct item *item, struct error *e)
{
	struct store *st = api_of(b->rq)->store;

	if (token_is_server(&item->row))
		return token_find_same(st, &item->row, &item->existing, e);
	if (strchr(item->body.email, '@') == NULL)
		return error_set(e, ERR_INVALID_VALUE, "email",
		    "'email' must hold an @");
	return token_find_email(st, item->body.email, &item->existing, e);
}

static void
prepare_import(struct batch *b, size_t i)
{
	struct item *item = &b->items[i];
	struct arena *a = b->rq->arena;
	struct error e;

	item->body = token_body_defaults();
	if (token_body_read(item->json, TOKEN_IMPORTED, NULL, a, &item->body,
	    &e) != ERR_OK ||
	    token_body_row(&item->body, a, &item->row, &e) != ERR_OK) {
		fail_item(item, a, e.text);
		return;
	}
	if (seen_before(b, i)) {
		fail_item(item, a, "The same account comes earlier in this "
		    "call");
		return;
	}
	if (find_existing(b, item, &e) != ERR_OK) {
		fail_item(item, a, e.text);
		return;
	}
	if (item->existing == 0)
		return;
	if (update_existing(b, item, &e) == ERR_OK)
		item->state = ITEM_UPDATED;
	else
		fail_item(item, a, e.text);
}

/* The row keeps the e-mail of the import, not the one in its access token. */
static void
on_import_probed(void *arg, size_t i, const struct account_result *r)
{
	struct batch *b = arg;
	struct item *item = b->asked[i];
	struct account_result told = *r;
	struct error e;

	told.facts.email = NULL;
	if (token_store_new(b->rq, &item->row, &told, &e) == ERR_OK)
		item->state = ITEM_ADDED;
	else
		fail_item(item, b->rq->arena, e.text);
}

/*
 * POST /api/tokens/import: adds or updates up to 1000 by e-mail. 400 tokens; 503 too
 * many requests ask the upstream.
 */
enum err
handle_tokens_import(struct req *rq, struct resp *rs, struct error *e)
{
	struct batch b = { 0 };
	cJSON *root, *errors;
	size_t added, updated;
	enum err rc;

	if ((rc = read_items(rq, TOKEN_IMPORTED, &b, e))
	    != ERR_OK)
		return rc;
	for (size_t i = 0; i < b.n; i++)
		prepare_import(&b, i);
	if ((rc = ask_all(&b, on_import_probed, e)) != ERR_OK)
		return rc;
	added = count(&b, ITEM_ADDED);
	updated = count(&b, ITEM_UPDATED);
	root = admin_success(arena_printf(rq->arena,
	    "Import completed: %zu added, %zu updated", added, updated));
	json_add_int(root, "added", (int64_t)added);
	json_add_int(root, "updated", (int64_t)updated);
	json_add_int(root, "failed", (int64_t)(b.n - added - updated));
	errors = cJSON_AddArrayToObject(root, "errors");
	for (size_t i = 0; i < b.n; i++) {
		cJSON *error;

		if (b.items[i].state != ITEM_FAILED)
			continue;
		error = cJSON_CreateObject();
		json_add_string(error, "email", json_string(b.items[i].json,
		    "email"));
		json_add_string(error, "message", b.items[i].message);
		if (token_body_is_server(&b.items[i].body))
			json_add_string(error, "base_url", json_string(
			    b.items[i].json, "base_url"));
		cJSON_AddItemToArray(errors, error);
	}
	resp_json(rs, 200, root);
	return ERR_OK;
}
