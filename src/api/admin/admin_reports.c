/* SPDX-License-Identifier: MIT */
/* admin_reports.c: statistics, request log, characters. */
#include <string.h>

#include "admin.h"
#include "arena.h"
#include "character_store.h"
#include "clock.h"
#include "reqlog.h"
#include "status.h"

#define DEFAULT_LOGS	100
#define MAX_LOGS	1000

static void
add_totals(cJSON *root, const struct totals *t)
{
	json_add_int(root, "total_tokens", t->tokens);
	json_add_int(root, "active_tokens", t->active_tokens);
	json_add_int(root, "total_images", t->images);
	json_add_int(root, "total_videos", t->videos);
	json_add_int(root, "today_images", t->today_images);
	json_add_int(root, "today_videos", t->today_videos);
	json_add_int(root, "total_errors", t->errors);
	json_add_int(root, "today_errors", t->today_errors);
}

/* GET /api/stats: counters of the whole site. */
enum err
handle_admin_stats(struct req *rq, struct resp *rs, struct error *e)
{
	struct totals t;
	cJSON *root;
	enum err rc;

	if ((rc = totals_load(api_of(rq)->store, &t, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	add_totals(root, &t);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* GET /v1/stats: counters of the whole site. */
enum err
handle_stats(struct req *rq, struct resp *rs, struct error *e)
{
	struct totals t;
	cJSON *root;
	enum err rc;

	if ((rc = totals_load(api_of(rq)->store, &t, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	add_totals(cJSON_AddObjectToObject(root, "stats"), &t);
	resp_json(rs, 200, root);
	return ERR_OK;
}

static void
add_int_or_null(cJSON *root, const char *key, int64_t value, int64_t null)
{
	if (value == null)
		json_add_string(root, key, NULL);
	else
		json_add_int(root, key, value);
}

static cJSON *
log_json(const struct reqlog *l, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();

	json_add_int(root, "id", l->id);
	add_int_or_null(root, "token_id", l->token_id, 0);
	json_add_string(root, "token_email", l->token_email);
	json_add_string(root, "token_username", l->token_username);
	json_add_string(root, "operation", l->operation);
	json_add_int(root, "status_code", l->status_code);
	cJSON_AddNumberToObject(root, "duration", l->duration);
	json_add_string(root, "created_at", clock_format(a, l->created_at));
	json_add_string(root, "request_body",
	    l->request_body == NULL ? "" : l->request_body);
	json_add_string(root, "response_body", l->response_body);
	json_add_string(root, "task_id", l->task_id);
	add_int_or_null(root, "progress", l->progress, -1);
	json_add_string(root, "task_status", l->task_status);
	return root;
}

/* GET /api/logs: the newest requests. 400 limit. */
enum err
handle_logs(struct req *rq, struct resp *rs, struct error *e)
{
	const char *text = req_query(rq, "limit");
	int64_t limit = DEFAULT_LOGS;
	struct reqlog *logs;
	cJSON *root;
	size_t n;
	enum err rc;

	if (text != NULL && (!field_parse_int(text, &limit) || limit < 1 ||
	    limit > MAX_LOGS))
		return error_set(e, ERR_INVALID_VALUE, "limit",
		    "'limit' must be 1 to %d", MAX_LOGS);
	if ((rc = reqlog_list(api_of(rq)->store, (int)limit, rq->arena, &logs,
	    &n, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateArray();
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(root, log_json(&logs[i], rq->arena));
	resp_json(rs, 200, root);
	return ERR_OK;
}

static cJSON *
character_json(const struct character *c, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();

	json_add_int(root, "id", c->id);
	json_add_string(root, "cameo_id", c->cameo_id);
	json_add_string(root, "character_id", c->character_id);
	json_add_int(root, "token_id", c->token_id);
	json_add_string(root, "username", c->username);
	json_add_string(root, "display_name", c->display_name);
	json_add_string(root, "profile_url", c->profile_url);
	json_add_string(root, "instruction_set", c->instruction_set);
	json_add_string(root, "safety_instruction_set",
	    c->safety_instruction_set);
	json_add_string(root, "visibility", c->visibility);
	json_add_string(root, "status", c->status);
	json_add_string(root, "created_at", clock_format(a, c->created_at));
	json_add_string(root, "updated_at", clock_format(a, c->updated_at));
	return root;
}

static enum err
list_characters(struct req *rq, int64_t token_id, struct resp *rs,
    struct error *e)
{
	struct character *list;
	cJSON *root, *array;
	size_t n;
	enum err rc;

	if ((rc = character_list(api_of(rq)->store, token_id, rq->arena, &list,
	    &n, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	array = cJSON_AddArrayToObject(root, "characters");
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(array, character_json(&list[i],
		    rq->arena));
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* GET /api/characters: every stored character. */
enum err
handle_characters_list(struct req *rq, struct resp *rs, struct error *e)
{
	return list_characters(rq, 0, rs, e);
}

/* GET /api/characters/by-token/{token_id}: a token's characters. 404. */
enum err
handle_characters_by_token(struct req *rq, struct resp *rs, struct error *e)
{
	int64_t token_id;

	if (!field_parse_int(rq->param[0], &token_id))
		return error_set(e, ERR_UNKNOWN_URL, NULL, "Not Found");
	/* the store reads 0 as "all tokens", and no token has that id */
	return list_characters(rq, token_id == 0 ? -1 : token_id, rs, e);
}

/* GET /api/characters/{cameo_id}: one character. 404. */
enum err
handle_character_get(struct req *rq, struct resp *rs, struct error *e)
{
	struct character c;
	cJSON *root;
	enum err rc;

	if ((rc = character_load(api_of(rq)->store, rq->param[0], rq->arena,
	    &c, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	cJSON_AddItemToObject(root, "character", character_json(&c,
	    rq->arena));
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* DELETE /api/characters/{cameo_id}: forgets it here. 404. */
enum err
handle_character_delete(struct req *rq, struct resp *rs, struct error *e)
{
	enum err rc = character_delete(api_of(rq)->store, rq->param[0], e);

	if (rc == ERR_OK)
		resp_json(rs, 200, admin_success(
		    "Character deleted from database"));
	return rc;
}
