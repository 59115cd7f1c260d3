/* SPDX-License-Identifier: MIT */
/* control.c: the path by which tests steer the sandbox. */
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "clock.h"
#include "faults.h"
#include "jobs.h"
#include "json.h"
#include "report.h"
#include "routes.h"
#include "sandbox/sora/accounts.h"
#include "sandbox/sora/clearance.h"
#include "sandbox/sora/grants.h"
#include "sandbox/sora/invites.h"
#include "sandbox/sora/sessions.h"
#include "sandbox/sora/usernames.h"
#include "timeline.h"
#include "visit.h"
#include "xalloc.h"

#define MAX_PASSED	1000000		/* s */

static void
answer_done(struct resp *rs)
{
	resp_text(rs, 200, "application/json", "{\"ok\":true}");
}

enum err
handle_control_state(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *tasks = req_query(rq, "tasks");
	cJSON *json;

	sandbox_lock(v->sb);
	json = report_json(v->sb, tasks == NULL || strcmp(tasks, "0") != 0);
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* The calls that change one thing as the body says. */
static enum err
change(struct req *rq, struct resp *rs,
    enum err (*set)(struct sandbox *, const cJSON *, struct error *),
    struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	rc = set(v->sb, body, e);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		answer_done(rs);
	return rc;
}

enum err
handle_control_fault_add(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, fault_add, e);
}

enum err
handle_control_session(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, session_set, e);
}

enum err
handle_control_grant(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, grant_set, e);
}

enum err
handle_control_invite(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, invite_set, e);
}

enum err
handle_control_usernames(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, usernames_rule, e);
}

enum err
handle_control_challenge(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, clearance_set, e);
}

static enum err
set_links(struct sandbox *sb, const cJSON *body, UNUSED struct error *e)
{
	set_text(body, "token", &sb->parse_token);
	return ERR_OK;
}

enum err
handle_control_links(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, set_links, e);
}

enum err
handle_control_asked(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json;

	sandbox_lock(v->sb);
	json = asked_json(v->sb, req_query(rq, "endpoint"),
	    req_query(rq, "account"));
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

enum err
handle_control_asked_clear(struct req *rq, struct resp *rs,
    UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);

	sandbox_lock(v->sb);
	asked_clear(v->sb);
	sandbox_unlock(v->sb);
	answer_done(rs);
	return ERR_OK;
}

enum err
handle_control_faults_clear(struct req *rq, struct resp *rs,
    UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);

	sandbox_lock(v->sb);
	faults_clear(v->sb);
	sandbox_unlock(v->sb);
	answer_done(rs);
	return ERR_OK;
}

/* All of the limits in the body, or none. */
static enum err
set_limits(struct sandbox *sb, const cJSON *body, struct error *e)
{
	struct limits limits = sb->limits;
	const cJSON *item;
	enum err rc;

	cJSON_ArrayForEach(item, body) {
		if (strcmp(item->string, "shared_clips") == 0)
			continue;
		if (!cJSON_IsNumber(item))
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "%.64s: not a number", item->string);
		rc = limits_set(&limits, item->string, item->valuedouble, e);
		if (rc != ERR_OK)
			return rc;
	}
	sb->limits = limits;
	if ((item = json_get(body, "shared_clips")) != NULL)
		sb->shared_clips = cJSON_IsTrue(item);
	return ERR_OK;
}

enum err
handle_control_limits(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		goto out;
	sandbox_lock(v->sb);
	if ((rc = set_limits(v->sb, body, e)) == ERR_OK)
		answer = limits_json(&v->sb->limits);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, answer);
out:
	cJSON_Delete(body);
	return rc;
}

static enum err
pass_time(UNUSED struct sandbox *sb, const cJSON *body, struct error *e)
{
	const cJSON *item = json_get(body, "passed");
	double seconds = cJSON_IsNumber(item) ? item->valuedouble : -1;

	if (!(seconds >= 0 && seconds <= MAX_PASSED))
		return error_set(e, ERR_INVALID_VALUE, "passed",
		    "passed: not a number of 0 to %d", MAX_PASSED);
	timeline_pass((int64_t)(seconds * 1000));
	return ERR_OK;
}

enum err
handle_control_time(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, pass_time, e);
}

static void
set_json(const cJSON *body, const char *key, char **field)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, key);

	if (item == NULL)
		return;
	free(*field);
	*field = xmade(cJSON_PrintUnformatted(item));
}

static void
set_flag(const cJSON *body, const char *key, bool *field)
{
	if (cJSON_HasObjectItem(body, key))
		*field = json_bool(body, key);
}

static void
set_long(const cJSON *body, const char *key, long *field)
{
	*field = (long)json_number(body, key, (double)*field);
}

static void
set_quota(struct sandbox *sb, struct account *ac, const cJSON *body)
{
	double left = json_number(body, "remaining", -1);
	double resets = json_number(body, "resets_in", -1);

	ac->concurrency = json_number(body, "concurrency", ac->concurrency);
	ac->quota = json_number(body, "quota", ac->quota);
	if (resets >= 0)
		ac->window_end_ms = clock_now_ms() + (int64_t)(resets * 1000);
	if (left >= 0)
		ac->used += account_remaining(sb, ac) - (long)left;
}

static void
set_account(struct sandbox *sb, struct account *ac, const cJSON *body)
{
	set_text(body, "name", &ac->name);
	set_text(body, "username", &ac->username);
	set_text(body, "plan_id", &ac->plan_id);
	set_text(body, "plan_title", &ac->plan_title);
	set_text(body, "country", &ac->country);
	set_text(body, "me_email", &ac->me_email);
	set_json(body, "plan_end", &ac->plan_end);
	set_text(body, "invite_code", &ac->invite_code);
	set_long(body, "redeemed_count", &ac->redeemed_count);
	set_long(body, "total_count", &ac->total_count);
	set_quota(sb, ac, body);
	set_flag(body, "sora2", &ac->sora2);
	set_flag(body, "bootstrap", &ac->bootstrap);
	set_flag(body, "onboarded", &ac->onboarded);
	set_flag(body, "newer", &ac->newer);
	if (json_bool(body, "invalidate"))
		account_end_tokens(sb, ac, INDEX_DEAD_TOKEN);
	if (json_bool(body, "expire"))
		account_end_tokens(sb, ac, INDEX_LATE_TOKEN);
}

static enum err
change_account(struct sandbox *sb, const cJSON *body, struct error *e)
{
	const char *email = json_string(body, "email");
	const char *user_id = json_string(body, "user_id");

	if (email == NULL && user_id == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "email or user_id is needed");
	set_account(sb, account_get(sb, email, user_id), body);
	return ERR_OK;
}

enum err
handle_control_account(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, change_account, e);
}

enum err
handle_control_expire(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);

	sandbox_lock(v->sb);
	v->sb->epoch++;
	sandbox_unlock(v->sb);
	answer_done(rs);
	return ERR_OK;
}

static enum err
set_manners(struct sandbox *sb, const cJSON *body, struct error *e)
{
	if (sb->dialect == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "there is no dialect");
	return manners_set(&sb->manners, sb->dialect, body, e);
}

enum err
handle_control_server(struct req *rq, struct resp *rs, struct error *e)
{
	return change(rq, rs, set_manners, e);
}

enum err
handle_control_restart(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);

	sandbox_lock(v->sb);
	for (size_t i = 0; i < v->sb->jobs.n; i++)
		job_abort(v->sb->jobs.at[i]);
	sandbox_unlock(v->sb);
	answer_done(rs);
	return ERR_OK;
}

enum err
handle_control_reset(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	sandbox_reset(visit_get(rq)->sb);
	answer_done(rs);
	return ERR_OK;
}
