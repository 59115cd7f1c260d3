/* SPDX-License-Identifier: MIT */
/* tokens_activate.c: invite codes and user names of accounts. */
#include <string.h>

#include "arena.h"
#include "tokens.h"

#define MAX_STRING	4096

bool
invite_code_valid(const char *code)
{
	return code != NULL && strlen(code) == 6 && strspn(code,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
	    == 6;
}

struct invite_body {
	const char	*invite_code;
};

static enum err
read_invite_code(struct req *rq, const char **code, struct error *e)
{
	static const struct field fields[] = {
		{ "invite_code", FIELD_STRING, false, 0, MAX_STRING,
		    offsetof(struct invite_body, invite_code), NULL, false },
	};
	struct invite_body body = { .invite_code = req_query(rq,
	    "invite_code") };
	enum err rc = ERR_OK;

	if (rq->content_length > 0)
		rc = api_read(rq, fields, NELEM(fields), &body, e);
	if (rc != ERR_OK)
		return rc;
	if (!invite_code_valid(body.invite_code))
		return error_set(e, ERR_INVALID_VALUE, "invite_code",
		    "邀请码必须是6位");
	*code = body.invite_code;
	return ERR_OK;
}

static cJSON *
activated_json(const struct token *t, bool already)
{
	cJSON *root = admin_success("Sora2 activated successfully");

	json_add_bool(root, "already_accepted", already);
	json_add_string(root, "invite_code", t->sora2_invite_code);
	json_add_int(root, "redeemed_count", t->sora2_redeemed_count);
	json_add_int(root, "total_count", t->sora2_total_count);
	json_add_int(root, "sora2_remaining_count", t->sora2_remaining_count);
	return root;
}

static void
answer_not_activated(struct resp *rs)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", false);
	json_add_string(root, "message", "Failed to activate Sora2");
	resp_json(rs, 200, root);
}

/*
 * POST /api/tokens/{token_id}/sora2/activate: redeems an invite code on one account. 400
 * invite_code, a server; 404; 502, 503, 504.
 */
enum err
handle_token_activate(struct req *rq, struct resp *rs, struct error *e)
{
	struct account_order order;
	struct account_result result;
	struct token t;
	const char *code = NULL;
	enum err rc;

	if ((rc = read_invite_code(rq, &code, e)) != ERR_OK ||
	    (rc = account_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	order = token_order(rq, &t, ACCOUNT_ACTIVATE);
	order.invite_code = code;
	if ((rc = token_ask(rq, &order, &result, e)) != ERR_OK ||
	    (rc = token_no_answer(&result, e)) != ERR_OK)
		return rc;
	if (result.verdict != ACCOUNT_OK)
		return error_set(e, ERR_INVALID_VALUE, "invite_code", "%.300s",
		    result.reason != NULL ? result.reason
		    : "The upstream refused the invite code");
	if (!result.facts.success) {
		answer_not_activated(rs);
		return ERR_OK;
	}
	if ((rc = token_set_facts(api_of(rq)->store, t.id, &result.facts,
	    &result.quota, e)) != ERR_OK ||
	    (rc = token_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	resp_json(rs, 200, activated_json(&t, result.facts.already_accepted));
	return ERR_OK;
}

/*
 * POST /api/tokens/{token_id}/activate-username: gives the account a user name, if it
 * has none. 400 a server; 404; 502, 503, 504.
 */
enum err
handle_token_activate_username(struct req *rq, struct resp *rs,
    struct error *e)
{
	struct account_order order;
	struct account_result r;
	struct token t;
	cJSON *root;
	enum err rc;

	if ((rc = account_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	order = token_order(rq, &t, ACCOUNT_USERNAME);
	if ((rc = token_ask(rq, &order, &r, e)) != ERR_OK ||
	    (rc = token_no_answer(&r, e)) != ERR_OK)
		return rc;
	if (r.verdict != ACCOUNT_OK || r.facts.username == NULL)
		return error_set(e, ERR_UPSTREAM, NULL, "%.300s",
		    r.reason != NULL ? r.reason : "No free user name was found");
	if ((rc = token_set_facts(api_of(rq)->store, t.id, &r.facts, &r.quota,
	    e)) != ERR_OK)
		return rc;
	root = admin_success(arena_printf(rq->arena, r.already_named
	    ? "用户名已存在: %.100s" : "用户名设置成功: %.100s",
	    r.facts.username));
	json_add_string(root, "username", r.facts.username);
	json_add_bool(root, "already_set", r.already_named);
	resp_json(rs, 200, root);
	return ERR_OK;
}
