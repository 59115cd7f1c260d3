/* SPDX-License-Identifier: MIT */
/* invites.c: GET /m/bootstrap and /project_y/invite/mine, POST /project_y/invite/accept. */
#include "invites.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "json.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

struct invite {
	char		*code;
	long		 left;
	struct invite	*next;
};

static struct invite *
find_code(const struct sandbox *sb, const char *code)
{
	struct invite *i = sb->invites;

	while (i != NULL && strcmp(i->code, code) != 0)
		i = i->next;
	return i;
}

enum err
invite_set(struct sandbox *sb, const cJSON *body, struct error *e)
{
	const char *code = json_string(body, "code");
	struct invite *invite;

	if (code == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL, "code is needed");
	if ((invite = find_code(sb, code)) == NULL) {
		invite = xcalloc(1, sizeof(*invite));
		invite->code = xstrdup(code);
		invite->next = sb->invites;
		sb->invites = invite;
	}
	invite->left = (long)json_number(body, "uses", 1);
	return ERR_OK;
}

void
invites_clear(struct sandbox *sb)
{
	struct invite *next;

	for (struct invite *i = sb->invites; i != NULL; i = next) {
		next = i->next;
		free(i->code);
		free(i);
	}
	sb->invites = NULL;
}

/* The other account whose own code it is and who may still give it away. */
static struct account *
find_host(const struct sandbox *sb, const struct account *guest,
    const char *code)
{
	for (size_t i = 0; i < sb->n_accounts; i++) {
		struct account *ac = sb->accounts[i];

		if (ac != guest && ac->known && ac->sora2 &&
		    ac->invite_code != NULL &&
		    strcmp(ac->invite_code, code) == 0 &&
		    ac->redeemed_count < ac->total_count)
			return ac;
	}
	return NULL;
}

static bool
use_up(struct sandbox *sb, const struct account *guest, const char *code)
{
	struct invite *invite = find_code(sb, code);
	struct account *host;

	if (invite != NULL && invite->left > 0) {
		invite->left--;
		return true;
	}
	if ((host = find_host(sb, guest, code)) == NULL)
		return false;
	host->redeemed_count++;
	return true;
}

static void
activate(struct account *ac)
{
	ac->sora2 = ac->onboarded = true;
	if (ac->invite_code == NULL)
		ac->invite_code = new_invite_code();
}

static enum err
accept_invite(struct sandbox *sb, struct account *ac, const cJSON *body,
    bool *already, struct error *e)
{
	const char *code = json_string(body, "invite_code");

	if (ac->country != NULL)
		return refuse(e, "unsupported_country_code");
	if ((double)ac->failed_invites >= sb->limits.invite_tries)
		return refuse(e, "too_many_requests");
	if (code == NULL)
		return refuse(e, "invalid_request");
	if ((*already = ac->sora2))
		return ERR_OK;
	if (!use_up(sb, ac, code)) {
		ac->failed_invites++;
		return refuse(e, "invalid_invite_code");
	}
	activate(ac);
	return ERR_OK;
}

enum err
handle_sandbox_invite_accept(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer;
	bool already = false;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	rc = accept_invite(v->sb, v->account, body, &already, e);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc != ERR_OK)
		return rc;
	answer = cJSON_CreateObject();
	json_add_bool(answer, "success", true);
	json_add_bool(answer, "already_accepted", already);
	resp_json(rs, 200, answer);
	return ERR_OK;
}

/* Says nothing of whether it helped: who wants to know asks for the invite again. */
enum err
handle_sandbox_bootstrap(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	enum err rc = ERR_OK;

	sandbox_lock(v->sb);
	if (v->account->country != NULL)
		rc = refuse(e, "unsupported_country_code");
	else if (v->account->bootstrap)
		activate(v->account);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_text(rs, 200, "application/json", "{}");
	return rc;
}

enum err
handle_sandbox_invite_mine(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	enum err rc;

	sandbox_lock(v->sb);
	rc = account_may_use(v->account, "unauthorized", e);
	if (rc == ERR_OK) {
		json = cJSON_CreateObject();
		json_add_string(json, "invite_code", v->account->invite_code);
		json_add_int(json, "redeemed_count", v->account->redeemed_count);
		json_add_int(json, "total_count", v->account->total_count);
	}
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}
