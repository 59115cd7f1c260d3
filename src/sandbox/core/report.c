/* SPDX-License-Identifier: MIT */
/* report.c: GET /_control/state's contents. */
#include "report.h"

#include "clock.h"
#include "faults.h"
#include "jobs.h"
#include "json.h"
#include "routes.h"
#include "sandbox/sora/accounts.h"
#include "sandbox/sora/cameos.h"
#include "sandbox/sora/posts.h"

static cJSON *
calls_json(const struct endpoint_count *calls)
{
	cJSON *json = cJSON_CreateObject();

	for (size_t i = 0; i < sandbox_n_routes; i++) {
		cJSON *row;

		if (calls[i].calls == 0 && calls[i].refused == 0)
			continue;
		row = cJSON_AddObjectToObject(json,
		    sandbox_routes[i].operation);
		json_add_int(row, "calls", calls[i].calls);
		json_add_int(row, "refused", calls[i].refused);
	}
	return json;
}

static cJSON *
account_json(const struct sandbox *sb, struct account *ac, int64_t now)
{
	cJSON *json = cJSON_CreateObject();

	account_settle(ac, now);
	json_add_string(json, "account", ac->key);
	json_add_string(json, "email", ac->email);
	json_add_string(json, "user_id", ac->user_id);
	json_add_string(json, "username", ac->username);
	json_add_bool(json, "sora2", ac->sora2);
	json_add_bool(json, "onboarded", ac->onboarded);
	json_add_string(json, "invite_code", ac->invite_code);
	json_add_int(json, "redeemed_count", ac->redeemed_count);
	json_add_int(json, "created", ac->created);
	json_add_int(json, "unfinished", (int64_t)ac->open.n);
	json_add_int(json, "concurrency", account_concurrency(sb, ac));
	json_add_int(json, "remaining", account_remaining(sb, ac));
	cJSON_AddItemToObject(json, "endpoints", calls_json(ac->calls));
	return json;
}

static const char *
state_name(enum phase phase)
{
	if (phase_is_pending(phase))
		return phase_name(phase);
	if (phase == PHASE_GAP)
		return "gap";
	return phase == PHASE_DRAFT ? "draft" : "gone";
}

static cJSON *
job_json(const struct job *job, int64_t now)
{
	struct moment m = job_moment(job, now);
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", job->id);
	json_add_string(json, "generation_id", job->gen_id);
	json_add_string(json, "type", job->image ? "image_gen" : "video_gen");
	json_add_int(json, "inputs", job->n_inputs);
	json_add_string(json, "model", job->model);
	json_add_bool(json, "gone", job->gone);
	cJSON_AddRawToObject(json, "fields",
	    job->fields != NULL ? job->fields : "null");
	json_add_string(json, "input_sha256", job->input_sha256);
	json_add_int(json, "width", job->asked_width);
	json_add_int(json, "height", job->asked_height);
	json_add_string(json, "account", job->account->key);
	json_add_string(json, "prompt", job->prompt);
	json_add_string(json, "orientation", job->orientation);
	json_add_int(json, "n_frames", job->n_frames);
	json_add_bool(json, "storyboard", job->storyboard);
	json_add_string(json, "remix_target_id", job->remix_target);
	json_add_string(json, "state", state_name(m.phase));
	json_add_int(json, "created_ms", job->created_ms);
	if (m.phase == PHASE_DRAFT)
		json_add_int(json, "finished_ms", job_visible_ms(job));
	else
		json_add_string(json, "finished_ms", NULL);
	return json;
}

static cJSON *
prompts_json(const struct sandbox *sb)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < sb->n_prompts; i++) {
		cJSON *json = cJSON_CreateObject();

		json_add_string(json, "prompt", sb->prompts[i]->prompt);
		json_add_int(json, "attempts", sb->prompts[i]->attempts);
		json_add_int(json, "accepted", sb->prompts[i]->accepted);
		cJSON_AddItemToArray(list, json);
	}
	return list;
}

static cJSON *
jobs_json(const struct sandbox *sb, int64_t now)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < sb->jobs.n; i++)
		cJSON_AddItemToArray(list, job_json(sb->jobs.at[i], now));
	return list;
}

static cJSON *
server_json(const struct sandbox *sb)
{
	cJSON *json = manners_json(&sb->manners);

	json_add_string(json, "dialect", sb->dialect->name);
	json_add_int(json, "peak", sb->peak);
	return json;
}

cJSON *
report_json(struct sandbox *sb, bool with_tasks)
{
	cJSON *json = cJSON_CreateObject(), *accounts;
	int64_t now = timeline_now();

	json_add_int(json, "now_ms", clock_now_ms());
	json_add_int(json, "created", (int64_t)sb->jobs.n);
	json_add_bool(json, "shared_clips", sb->shared_clips);
	json_add_int(json, "media_keys", sb->media_keys);
	if (sb->dialect != NULL)
		cJSON_AddItemToObject(json, "server", server_json(sb));
	cJSON_AddItemToObject(json, "limits", limits_json(&sb->limits));
	cJSON_AddItemToObject(json, "endpoints", calls_json(sb->calls));
	cJSON_AddItemToObject(json, "faults", faults_json(sb));
	accounts = cJSON_AddArrayToObject(json, "accounts");
	for (size_t i = 0; i < sb->n_accounts; i++)
		if (sb->accounts[i]->known)
			cJSON_AddItemToArray(accounts,
			    account_json(sb, sb->accounts[i], now));
	if (with_tasks) {
		cJSON_AddItemToObject(json, "tasks", jobs_json(sb, now));
		cJSON_AddItemToObject(json, "prompts", prompts_json(sb));
		cJSON_AddItemToObject(json, "posts", posts_json(sb));
		cJSON_AddItemToObject(json, "characters", cameos_json(sb));
	}
	return json;
}
