/* SPDX-License-Identifier: MIT */
/* me.c: what an account may read about itself. */
#include "accounts.h"
#include "json.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "usernames.h"

static cJSON *
check_json(struct sandbox *sb, struct account *ac)
{
	cJSON *json = cJSON_CreateObject();

	if (account_remaining(sb, ac) == 0)
		json_add_string(json, "type", "rate_limit_exhausted");
	cJSON_AddItemToObject(json, "rate_limit_and_credit_balance",
	    account_balance(sb, ac));
	return json;
}

enum err
handle_sandbox_check(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	enum err rc;

	sandbox_lock(v->sb);
	rc = account_may_use(v->account, "not_found", e);
	if (rc == ERR_OK)
		json = check_json(v->sb, v->account);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}

/* With the lock held. */
static cJSON *
me_json(const struct account *ac)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", ac->user_id);
	json_add_string(json, "email", ac->me_email != NULL ? ac->me_email
	    : ac->email);
	json_add_string(json, "name", ac->name);
	json_add_string(json, "username", ac->username);
	json_add_string(json, "picture", NULL);
	return json;
}

enum err
handle_sandbox_me(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json;

	sandbox_lock(v->sb);
	json = me_json(v->account);
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* The newer way to a username; accounts of both kinds have it. */
enum err
handle_sandbox_me_set(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *json = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	if ((rc = username_take(v->sb, v->account, body, e)) == ERR_OK)
		json = me_json(v->account);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}

enum err
handle_sandbox_create_account(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	bool already;

	sandbox_lock(v->sb);
	already = v->account->onboarded;
	v->account->onboarded = true;
	sandbox_unlock(v->sb);
	if (already)
		return refuse(e, "account_already_created");
	resp_text(rs, 200, "application/json", "{}");
	return ERR_OK;
}

static cJSON *
subscription_json(const struct account *ac)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *plan = cJSON_AddObjectToObject(json, "plan");

	json_add_string(plan, "id", ac->plan_id);
	json_add_string(plan, "title", ac->plan_title);
	cJSON_AddRawToObject(json, "end_ts", ac->plan_end);
	return json;
}

enum err
handle_sandbox_subscriptions(struct req *rq, struct resp *rs,
    UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = cJSON_CreateObject();
	cJSON *data = cJSON_AddArrayToObject(json, "data");

	sandbox_lock(v->sb);
	if (v->account->plan_id != NULL)
		cJSON_AddItemToArray(data, subscription_json(v->account));
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}
