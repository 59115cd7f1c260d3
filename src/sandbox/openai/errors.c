/* SPDX-License-Identifier: MIT */
/* errors.c: refusals, and the ends of failed videos, in each server's form. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "json.h"
#include "openai.h"

/* ---- answers of 400 and more ---- */

static cJSON *
envelope(const struct refusal *r, const char *code)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *inner = cJSON_AddObjectToObject(json, "error");

	json_add_string(inner, "message", r->message);
	json_add_string(inner, "type",
	    r->type != NULL ? r->type : "invalid_request_error");
	json_add_string(inner, "param", r->param);
	json_add_string(inner, "code", code);
	return json;
}

/* As FastAPI writes a request that does not fit. */
static void
add_details(cJSON *json, const char *where, const char *message)
{
	cJSON *item = cJSON_CreateObject(), *loc;

	loc = cJSON_AddArrayToObject(item, "loc");
	cJSON_AddItemToArray(loc, cJSON_CreateString("body"));
	cJSON_AddItemToArray(loc, cJSON_CreateString(where));
	json_add_string(item, "msg", message);
	json_add_string(item, "type", "value_error");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "detail"), item);
}

static cJSON *
flat(const struct refusal *r)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "code", r->code != NULL ? r->code : r->name);
	json_add_string(json, "message", r->message);
	json_add_string(json, "data", NULL);
	return json;
}

static cJSON *
refusal_json(const struct refusal *r, int status, enum refusal_form form)
{
	cJSON *json = NULL;
	char code[16];

	switch (form) {
	case REFUSAL_OPENAI:
		return envelope(r, r->code);
	case REFUSAL_STATUS:
		snprintf(code, sizeof(code), "%d", status);
		return envelope(r, code);
	case REFUSAL_FLAT:
		return flat(r);
	case REFUSAL_DETAIL:
		json = cJSON_CreateObject();
		json_add_string(json, "detail", r->message);
		break;
	case REFUSAL_DETAILS:
		json = cJSON_CreateObject();
		add_details(json, r->param != NULL ? r->param : "body",
		    r->message);
		break;
	}
	return json;
}

static bool
is_json(enum refusal_shape shape)
{
	return shape == SHAPE_JSON || shape == SHAPE_STATUS ||
	    shape == SHAPE_COUNTRY || shape == SHAPE_TASKS ||
	    shape == SHAPE_QUOTA;
}

void
openai_refuse(const struct sandbox *sb, const struct refusal *r, int status,
    struct resp *rs)
{
	struct refusal_facts none = { 0 };

	if (status == 0)
		status = r->status;
	if (!is_json(r->shape))
		refusal_write(r, status, &none, rs);
	else
		resp_json(rs, status, refusal_json(r, status,
		    (enum refusal_form)sb->manners.refusal));
}

/* ---- the end of a video ---- */

static void
add_pair(cJSON *json, const char *code_name, int number,
    const char *message_name, const char *message)
{
	json_add_int(json, code_name, number);
	json_add_string(json, message_name, message);
}

void
openai_add_error(cJSON *object, const struct job *job, int form)
{
	bool blocked = job->timeline.ending == END_VIOLATION ||
	    job->timeline.ending == END_UNSAFE;
	const struct refusal *r = refusal_find(blocked ? "moderation_blocked"
	    : "internal_error");
	const char *code = blocked ? r->code : "video_generation_failed";
	cJSON *json;

	switch ((enum error_form)form) {
	case ERROR_OBJECT:
		json = cJSON_AddObjectToObject(object, "error");
		json_add_string(json, "code", code);
		json_add_string(json, "message", r->message);
		break;
	case ERROR_NUMBER:
		json = cJSON_AddObjectToObject(object, "error");
		add_pair(json, "code", r->status, "message", r->message);
		break;
	case ERROR_MESSAGE:
		json = cJSON_AddObjectToObject(object, "error");
		json_add_string(json, "message", r->message);
		break;
	case ERROR_TEXT:
		json_add_string(object, "error", r->message);
		break;
	case ERROR_DETAIL:
		json_add_string(object, "detail", r->message);
		break;
	case ERROR_DETAILS:
		add_details(object, "prompt", r->message);
		break;
	case ERROR_FLAT:
		json_add_string(object, "code", code);
		json_add_string(object, "message", r->message);
		break;
	case ERROR_REASON:
		json_add_string(object, "fail_reason", r->message);
		break;
	case ERROR_BASE_RESP:
		json = cJSON_AddObjectToObject(object, "base_resp");
		add_pair(json, "status_code", r->status, "status_msg",
		    r->message);
		break;
	}
}
