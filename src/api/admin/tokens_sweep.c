/* SPDX-License-Identifier: MIT */
/* tokens_sweep.c: what is done to many stored tokens: each has its own result, stored on its own. */
#include "arena.h"
#include "tokens.h"

#define MAX_STRING	4096
#define PROBES		5	/* at once */
#define ACTIVATIONS	3
#define BATCH_NAMES	3	/* tried for each account */

struct sweep {
	struct req	*rq;
	struct token	*tokens;
	size_t		 n;
	cJSON		**rows;		/* of the answer, in the tokens' order */
	int		 counts[4];	/* each batch counts its own */
};

/* All tokens of the set, each with its order. */
static enum err
sweep_load(struct req *rq, enum token_set set, enum account_work work,
    struct sweep *s, struct account_order **orders, struct error *e)
{
	int64_t *ids;
	enum err rc;

	s->rq = rq;
	if ((rc = token_ids(api_of(rq)->store, set, rq->arena, &ids, &s->n, e))
	    != ERR_OK)
		return rc;
	s->tokens = arena_array(rq->arena, s->n, sizeof(*s->tokens));
	s->rows = arena_array(rq->arena, s->n, sizeof(*s->rows));
	*orders = arena_array(rq->arena, s->n, sizeof(**orders));
	for (size_t i = 0; i < s->n; i++) {
		if ((rc = token_load(api_of(rq)->store, ids[i], rq->arena,
		    &s->tokens[i], e)) != ERR_OK)
			return rc;
		(*orders)[i] = token_order(rq, &s->tokens[i], work);
	}
	return ERR_OK;
}

static enum err
sweep_run(struct sweep *s, const struct account_order *orders, size_t at_once,
    account_each_fn *each, struct error *e)
{
	enum err rc;

	if (s->n == 0)
		return ERR_OK;
	if ((rc = upstream_enter(s->rq, e)) != ERR_OK)
		return rc;
	account_run_all(orders, s->n, at_once, each, s);
	upstream_leave(s->rq);
	return ERR_OK;
}

static void
add_rows(cJSON *root, const char *key, const struct sweep *s)
{
	cJSON *array = cJSON_AddArrayToObject(root, key);

	for (size_t i = 0; i < s->n; i++)
		cJSON_AddItemToArray(array, s->rows[i]);
}

enum { VALID, INVALID, AUTO_DISABLED, AUTO_ENABLED };

/* Enables a token that the upstream accepts; disables it on a 401. */
static const char *
test_action(struct sweep *s, const struct token *t,
    const struct account_result *r)
{
	struct store *st = api_of(s->rq)->store;
	bool valid = r->verdict == ACCOUNT_OK;
	struct error e;

	if (valid && token_store_told(s->rq, t, r, &e) != ERR_OK)
		return NULL;
	if (valid && !t->is_active && token_set_active(st, t->id, true, &e)
	    == ERR_OK) {
		s->counts[AUTO_ENABLED]++;
		return "auto_enabled";
	}
	if (!valid && t->is_active && r->status == 401 &&
	    token_set_active(st, t->id, false, &e) == ERR_OK) {
		s->counts[AUTO_DISABLED]++;
		return "auto_disabled";
	}
	return NULL;
}

static void
on_tested(void *arg, size_t i, const struct account_result *r)
{
	struct sweep *s = arg;
	const struct token *t = &s->tokens[i];
	bool valid = r->verdict == ACCOUNT_OK;
	cJSON *row = cJSON_CreateObject();

	s->counts[valid ? VALID : INVALID]++;
	json_add_int(row, "token_id", t->id);
	json_add_string(row, "email", t->email);
	json_add_bool(row, "was_active", t->is_active);
	json_add_bool(row, "valid", valid);
	json_add_int(row, "status_code", valid ? 200 : r->status);
	json_add_string(row, "message", valid ? "Token is valid"
	    : r->reason != NULL ? r->reason : "Token is invalid");
	json_add_string(row, "action", test_action(s, t, r));
	s->rows[i] = row;
}

static enum err
query_bool(struct req *rq, const char *name, bool *value, struct error *e)
{
	const char *text = req_query(rq, name);

	if (text == NULL || *text == '\0' || field_parse_bool(text, value))
		return ERR_OK;
	return error_set(e, ERR_INVALID_TYPE, name,
	    "Invalid type for '%s': expected boolean", name);
}

/*
 * POST /api/tokens/batch-test: tests many. 400 only_active, only_disabled; 503 too many
 * requests ask the upstream.
 */
enum err
handle_tokens_batch_test(struct req *rq, struct resp *rs, struct error *e)
{
	bool only_active = true, only_disabled = false;
	struct account_order *orders;
	struct sweep s = { 0 };
	cJSON *root;
	enum err rc;

	if ((rc = query_bool(rq, "only_active", &only_active, e)) != ERR_OK ||
	    (rc = query_bool(rq, "only_disabled", &only_disabled, e))
	    != ERR_OK ||
	    (rc = sweep_load(rq, only_disabled ? TOKENS_DISABLED
	    : only_active ? TOKENS_ENABLED : TOKENS_ALL, ACCOUNT_PROBE, &s,
	    &orders, e)) != ERR_OK ||
	    (rc = sweep_run(&s, orders, PROBES, on_tested, e)) != ERR_OK)
		return rc;
	root = admin_success(arena_printf(rq->arena,
	    "测试完成: %d 有效, %d 无效, %d 已自动禁用, %d 已自动启用",
	    s.counts[VALID], s.counts[INVALID], s.counts[AUTO_DISABLED],
	    s.counts[AUTO_ENABLED]));
	json_add_int(root, "total", (int64_t)s.n);
	json_add_int(root, "tested", (int64_t)s.n);
	json_add_int(root, "valid", s.counts[VALID]);
	json_add_int(root, "invalid", s.counts[INVALID]);
	json_add_int(root, "auto_disabled", s.counts[AUTO_DISABLED]);
	json_add_int(root, "auto_enabled", s.counts[AUTO_ENABLED]);
	add_rows(root, "results", &s);
	resp_json(rs, 200, root);
	return ERR_OK;
}

enum { ACTIVATED, ALREADY, FAILED };

static void
on_activated(void *arg, size_t i, const struct account_result *r)
{
	static const char *const names[] = {
		[ACTIVATED] = "activated", [ALREADY] = "already_active",
		[FAILED] = "failed",
	};
	struct sweep *s = arg;
	bool done = r->verdict == ACCOUNT_OK && r->facts.success;
	int state = !done ? FAILED : r->facts.already_accepted ? ALREADY
	    : ACTIVATED;
	cJSON *row = cJSON_CreateObject();
	struct error e;

	if (done && token_set_facts(api_of(s->rq)->store, s->tokens[i].id,
	    &r->facts, &r->quota, &e) != ERR_OK)
		state = FAILED;
	s->counts[state]++;
	json_add_int(row, "token_id", s->tokens[i].id);
	json_add_string(row, "email", s->tokens[i].email);
	json_add_string(row, "status", names[state]);
	json_add_string(row, "message", state == ACTIVATED
	    ? "Sora2 activated successfully" : state == ALREADY
	    ? "Sora2 is active already" : r->reason != NULL ? r->reason
	    : "Failed to activate Sora2");
	s->rows[i] = row;
}

struct invite_body {
	const char	*invite_code;
};

/*
 * POST /api/tokens/batch-activate: redeems an invite code on all accounts without Sora
 * 2. 400 invite_code; 503 too many requests ask the upstream.
 */
enum err
handle_tokens_batch_activate(struct req *rq, struct resp *rs,
    struct error *e)
{
	static const struct field fields[] = {
		{ "invite_code", FIELD_STRING, true, 0, MAX_STRING,
		    offsetof(struct invite_body, invite_code), NULL, false },
	};
	struct account_order *orders;
	struct invite_body body = { 0 };
	struct sweep s = { 0 };
	cJSON *root;
	enum err rc;

	if ((rc = api_read(rq, fields, NELEM(fields), &body, e)) != ERR_OK)
		return rc;
	if (!invite_code_valid(body.invite_code))
		return error_set(e, ERR_INVALID_VALUE, "invite_code",
		    "邀请码必须是6位");
	if ((rc = sweep_load(rq, TOKENS_WITHOUT_SORA2, ACCOUNT_ACTIVATE, &s,
	    &orders, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < s.n; i++)
		orders[i].invite_code = body.invite_code;
	if ((rc = sweep_run(&s, orders, ACTIVATIONS, on_activated, e))
	    != ERR_OK)
		return rc;
	root = admin_success(arena_printf(rq->arena,
	    "批量激活完成: %d 激活, %d 已激活, %d 失败",
	    s.counts[ACTIVATED], s.counts[ALREADY], s.counts[FAILED]));
	json_add_int(root, "total", (int64_t)s.n);
	json_add_int(root, "activated", s.counts[ACTIVATED]);
	json_add_int(root, "already_active", s.counts[ALREADY]);
	json_add_int(root, "failed", s.counts[FAILED]);
	add_rows(root, "details", &s);
	resp_json(rs, 200, root);
	return ERR_OK;
}

static void
on_named(void *arg, size_t i, const struct account_result *r)
{
	struct sweep *s = arg;
	struct error e;

	if (r->verdict != ACCOUNT_OK || r->facts.username == NULL ||
	    token_set_facts(api_of(s->rq)->store, s->tokens[i].id, &r->facts,
	    &r->quota, &e) != ERR_OK)
		s->counts[FAILED]++;
	else
		s->counts[r->already_named ? ALREADY : ACTIVATED]++;
}

/*
 * POST /api/tokens/batch-activate-username: gives enabled accounts without a user name
 * one. 503 too many requests ask the upstream.
 */
enum err
handle_tokens_batch_username(struct req *rq, struct resp *rs,
    struct error *e)
{
	struct account_order *orders;
	struct sweep s = { 0 };
	cJSON *root;
	enum err rc;

	if ((rc = sweep_load(rq, TOKENS_SORA_ENABLED, ACCOUNT_USERNAME, &s, &orders,
	    e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < s.n; i++)
		orders[i].max_names = BATCH_NAMES;
	if ((rc = sweep_run(&s, orders, 1, on_named, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	json_add_int(root, "activated", s.counts[ACTIVATED]);
	json_add_int(root, "already_set", s.counts[ALREADY]);
	json_add_int(root, "failed", s.counts[FAILED]);
	json_add_int(root, "total", (int64_t)s.n);
	resp_json(rs, 200, root);
	return ERR_OK;
}

static void
answer_count(struct resp *rs, const char *key, int count, const char *message)
{
	cJSON *root = admin_success(message);

	json_add_int(root, key, count);
	resp_json(rs, 200, root);
}

/* POST /api/tokens/batch-enable: enables all. */
enum err
handle_tokens_batch_enable(struct req *rq, struct resp *rs, struct error *e)
{
	int n;
	enum err rc = token_enable_all(api_of(rq)->store, &n, e);

	if (rc == ERR_OK)
		answer_count(rs, "enabled_count", n,
		    arena_printf(rq->arena, "已启用 %d 个账号", n));
	return rc;
}

/* POST /api/tokens/batch-disable: disables all. */
enum err
handle_tokens_batch_disable(struct req *rq, struct resp *rs, struct error *e)
{
	int n;
	enum err rc = token_disable_all(api_of(rq)->store, &n, e);

	if (rc == ERR_OK)
		answer_count(rs, "disabled_count", n,
		    arena_printf(rq->arena, "已禁用 %d 个账号", n));
	return rc;
}

/* DELETE /api/tokens/batch-delete-disabled: removes all that are disabled. */
enum err
handle_tokens_delete_disabled(struct req *rq, struct resp *rs,
    struct error *e)
{
	int n;
	enum err rc = token_delete_disabled(api_of(rq)->store, &n, e);

	if (rc == ERR_OK)
		answer_count(rs, "deleted_count", n,
		    arena_printf(rq->arena, "已删除 %d 个禁用账号", n));
	return rc;
}
