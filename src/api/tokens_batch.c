/* tokens_batch.c: adding and importing many tokens: each has its own result, stored on its own. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "tokens.h"

#define MAX_ITEMS	1000
#define MAX_STRING	4096
#define MAX_SECRET	16384
#define PROBES		5	/* at once */
#define BATCH_NAMES	3	/* tried for each account */
#define SHOWN_TOKEN	20	/* characters */

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
	struct item	**asked;	/* those that the upstream is asked about */
	struct error	*e;
};

static void
delete_json(void *json)
{
	cJSON_Delete(json);
}

/* The array "tokens", each of its items with the right types. */
static enum err
read_items(struct req *rq, const struct field *fields, size_t n_fields,
    struct batch *b, struct error *e)
{
	const cJSON *array, *json;
	cJSON *body = NULL;
	size_t i = 0;
	int n;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	arena_own(rq->arena, body, delete_json);
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
		if ((rc = fields_check_types(fields, n_fields, json, e))
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

/* Whether an earlier item of this call has the same account. */
static bool
seen_before(const struct batch *b, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (b->items[j].state == ITEM_WAITS &&
		    (same_email(b->items[j].row.email, b->items[i].row.email) ||
		    strcmp(b->items[j].row.token, b->items[i].row.token) == 0))
			return true;
	return false;
}

/* Asks about all that wait, and hands each answer to `each` as it comes. */
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
	token_body_facts(&item->row, r, b->rq->arena);
	rc = token_add(api_of(b->rq)->store, &item->row, &e);
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
	struct store *st = api_of(b->rq)->store;
	int64_t same = 0, id = 0;
	struct error e;

	item->body = token_body_defaults();
	if (fields_read(token_add_fields, n_token_add_fields, item->json,
	    false, a, &item->body, &e) != ERR_OK ||
	    token_body_check(&item->body, a, &e) != ERR_OK ||
	    token_body_row(&item->body, a, &item->row, &e) != ERR_OK ||
	    token_find_same(st, &item->row, &same, &e) != ERR_OK ||
	    token_find_email(st, item->row.email, &id, &e) != ERR_OK) {
		fail_item(item, a, e.text);
		return;
	}
	if (same == 0 && id == 0 && !seen_before(b, i))
		return;
	item->state = ITEM_SKIPPED;
	item->message = arena_printf(a, "Token already exists for email: %s",
	    item->row.email);
}

static cJSON *
detail_json(const struct item *item, struct arena *a)
{
	static const char *const names[] = {
		[ITEM_WAITS] = "failed", [ITEM_ADDED] = "added",
		[ITEM_UPDATED] = "updated", [ITEM_SKIPPED] = "skipped",
		[ITEM_FAILED] = "failed",
	};
	const char *token = json_string(item->json, "token");
	cJSON *root = cJSON_CreateObject();

	json_add_string(root, "token", strlen(token) > SHOWN_TOKEN
	    ? arena_printf(a, "%.*s...", SHOWN_TOKEN, token) : token);
	json_add_string(root, "status", names[item->state]);
	json_add_string(root, "message", item->message);
	json_add_string(root, "email", item->row.token == NULL ? NULL
	    : item->row.email);
	if (item->state == ITEM_ADDED)
		json_add_int(root, "token_id", item->row.id);
	return root;
}

enum err
handle_tokens_batch_add(struct req *rq, struct resp *rs, struct error *e)
{
	struct batch b = { 0 };
	cJSON *root, *details;
	size_t added, skipped, failed;
	enum err rc;

	if ((rc = read_items(rq, token_add_fields, n_token_add_fields, &b, e))
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

#define AT(member)	offsetof(struct token_body, member)

static const struct field import_fields[] = {
	{ "email", FIELD_STRING, true, 3, 254, AT(email), NULL, false },
	{ "access_token", FIELD_STRING, true, 1, MAX_SECRET, AT(token), NULL,
	    false },
	{ "session_token", FIELD_STRING, false, 0, MAX_SECRET, AT(st), NULL,
	    false },
	{ "refresh_token", FIELD_STRING, false, 0, MAX_SECRET, AT(rt), NULL,
	    false },
	{ "client_id", FIELD_STRING, false, 0, MAX_STRING, AT(client_id),
	    NULL, false },
	{ "proxy_url", FIELD_STRING, false, 0, MAX_STRING, AT(proxy_url),
	    NULL, false },
	{ "remark", FIELD_STRING, false, 0, MAX_STRING, AT(remark), NULL,
	    false },
	{ "is_active", FIELD_BOOLEAN, false, 0, 0, AT(is_active), NULL,
	    false },
	{ "image_enabled", FIELD_BOOLEAN, false, 0, 0, AT(image_enabled),
	    NULL, false },
	{ "video_enabled", FIELD_BOOLEAN, false, 0, 0, AT(video_enabled),
	    NULL, false },
	{ "image_concurrency", FIELD_INTEGER, false, -1, INT32_MAX,
	    AT(image_concurrency), NULL, false },
	{ "video_concurrency", FIELD_INTEGER, false, -1, INT32_MAX,
	    AT(video_concurrency), NULL, false },
};

static bool
is_given(const struct item *item, const char *key)
{
	return json_get(item->json, key) != NULL;
}

/* What is given is overwritten, what is not stays. */
static enum err
update_existing(struct batch *b, struct item *item, struct error *e)
{
	const struct token_body *body = &item->body;
	const struct token_edit edit = {
		.token = body->token, .st = body->st, .rt = body->rt,
		.client_id = body->client_id, .proxy_url = body->proxy_url,
		.remark = body->remark, .expiry_time = item->row.expiry_time,
		.is_active = is_given(item, "is_active")
		    ? body->is_active : -1,
		.image_enabled = is_given(item, "image_enabled")
		    ? body->image_enabled : -1,
		.video_enabled = is_given(item, "video_enabled")
		    ? body->video_enabled : -1,
		.image_concurrency = is_given(item, "image_concurrency")
		    ? (int)body->image_concurrency : 0,
		.video_concurrency = is_given(item, "video_concurrency")
		    ? (int)body->video_concurrency : 0,
	};

	return token_edit(api_of(b->rq)->store, item->existing, &edit, e);
}

static void
prepare_import(struct batch *b, size_t i)
{
	struct item *item = &b->items[i];
	struct arena *a = b->rq->arena;
	struct error e;

	item->body = token_body_defaults();
	if (fields_read(import_fields, NELEM(import_fields), item->json, false,
	    a, &item->body, &e) != ERR_OK ||
	    token_body_check(&item->body, a, &e) != ERR_OK ||
	    token_body_row(&item->body, a, &item->row, &e) != ERR_OK) {
		fail_item(item, a, e.text);
		return;
	}
	if (strchr(item->body.email, '@') == NULL) {
		fail_item(item, a, "'email' must hold an @");
		return;
	}
	if (seen_before(b, i)) {
		fail_item(item, a, "The same account comes earlier in this "
		    "call");
		return;
	}
	if (token_find_email(api_of(b->rq)->store, item->body.email,
	    &item->existing, &e) != ERR_OK) {
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

/* The row keeps the e-mail it was imported under. */
static void
on_import_probed(void *arg, size_t i, const struct account_result *r)
{
	struct batch *b = arg;
	struct item *item = b->asked[i];
	const char *email = item->row.email;
	struct error e;

	token_body_facts(&item->row, r, b->rq->arena);
	item->row.email = email;
	if (token_add(api_of(b->rq)->store, &item->row, &e) == ERR_OK)
		item->state = ITEM_ADDED;
	else
		fail_item(item, b->rq->arena, e.text);
}

enum err
handle_tokens_import(struct req *rq, struct resp *rs, struct error *e)
{
	struct batch b = { 0 };
	cJSON *root, *errors;
	size_t added, updated;
	enum err rc;

	if ((rc = read_items(rq, import_fields, NELEM(import_fields), &b, e))
	    != ERR_OK)
		return rc;
	for (size_t i = 0; i < b.n; i++)
		prepare_import(&b, i);
	if ((rc = ask_all(&b, on_import_probed, e)) != ERR_OK)
		return rc;
	added = count(&b, ITEM_ADDED);
	updated = count(&b, ITEM_UPDATED);
	root = admin_success("Import completed: %zu added, %zu updated", added,
	    updated);
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
		cJSON_AddItemToArray(errors, error);
	}
	resp_json(rs, 200, root);
	return ERR_OK;
}
