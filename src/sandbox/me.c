/* me.c: what an account may read about itself. */
#include "accounts.h"
#include "json.h"
#include "refusal.h"
#include "routes.h"
#include "visit.h"

static bool
has_sora2(struct visit *v)
{
	bool has;

	sandbox_lock(v->sb);
	has = v->account->sora2;
	sandbox_unlock(v->sb);
	return has;
}

enum err
handle_sandbox_check(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json;

	if (!has_sora2(v))
		return refuse(e, "not_found");
	json = cJSON_CreateObject();
	sandbox_lock(v->sb);
	if (account_remaining(v->sb, v->account) == 0)
		json_add_string(json, "type", "rate_limit_exhausted");
	cJSON_AddItemToObject(json, "rate_limit_and_credit_balance",
	    account_balance(v->sb, v->account));
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

enum err
handle_sandbox_me(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = cJSON_CreateObject();

	sandbox_lock(v->sb);
	json_add_string(json, "id", v->account->user_id);
	json_add_string(json, "email", v->account->email);
	json_add_string(json, "name", v->account->name);
	json_add_string(json, "username", v->account->username);
	json_add_string(json, "picture", NULL);
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

static cJSON *
subscription_json(const struct account *ac)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *plan = cJSON_AddObjectToObject(json, "plan");

	json_add_string(plan, "id", ac->plan_id);
	json_add_string(plan, "title", ac->plan_title);
	json_add_string(json, "end_ts", ac->plan_end);
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

enum err
handle_sandbox_invite_mine(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json;

	if (!has_sora2(v))
		return refuse(e, "unauthorized");
	json = cJSON_CreateObject();
	sandbox_lock(v->sb);
	json_add_string(json, "invite_code", v->account->invite_code);
	json_add_int(json, "redeemed_count", v->account->redeemed_count);
	json_add_int(json, "total_count", v->account->total_count);
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}
