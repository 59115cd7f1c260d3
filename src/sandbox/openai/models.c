/* SPDX-License-Identifier: MIT */
/* models.c: GET /v1/models, and what else tells the servers apart. */
#include <string.h>

#include "clock.h"
#include "json.h"
#include "openai.h"
#include "sandbox/core/routes.h"

#define OWNER	"sandbox"

static void
add_model(cJSON *list, const struct dialect *d, const char *id)
{
	cJSON *json = cJSON_CreateObject(), *types;

	json_add_string(json, "id", id);
	json_add_string(json, "object", "model");
	json_add_int(json, "created", 1759190400);
	json_add_string(json, "owned_by", OWNER);
	if (d->models_form == MODELS_VLLM) {
		json_add_string(json, "root", id);
		json_add_string(json, "parent", NULL);
		json_add_string(json, "max_model_len", NULL);
	}
	if (d->models_form == MODELS_NEW_API) {
		types = cJSON_AddArrayToObject(json,
		    "supported_endpoint_types");
		cJSON_AddItemToArray(types, cJSON_CreateString(
		    strcmp(id, d->image_model) == 0 ? "image-generation"
		    : "openai-video"));
	}
	cJSON_AddItemToArray(list, json);
}

static cJSON *
list_json(const struct dialect *d)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *data = cJSON_AddArrayToObject(json, "data");

	for (size_t i = 0; i < NELEM(d->models) && d->models[i] != NULL; i++)
		add_model(data, d, d->models[i]);
	if (d->models_form != MODELS_VLLM)	/* which has one a server */
		add_model(data, d, d->image_model);
	json_add_string(json, "object", "list");
	if (d->models_form == MODELS_NEW_API)
		json_add_bool(json, "success", true);
	return json;
}

static cJSON *
server_json(const struct dialect *d)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "model_path", d->models[0]);
	json_add_string(json, "task_type", "T2V");
	json_add_int(json, "num_gpus", 1);
	json_add_string(json, "dit_precision", "bf16");
	return json;
}

enum err
handle_openai_models(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	const struct dialect *d = visit_get(rq)->sb->dialect;

	resp_json(rs, 200, d->models_form == MODELS_SERVER ? server_json(d)
	    : list_json(d));
	return ERR_OK;
}

/* Of a FastAPI server; the others have no such path. */
static enum err
need_fastapi(const struct req *rq, const struct dialect **out,
    struct error *e)
{
	*out = visit_get(rq)->sb->dialect;
	return *out != NULL && (*out)->fastapi != NULL ? ERR_OK
	    : refuse(e, "not_found");
}

enum err
handle_openai_health(struct req *rq, struct resp *rs, struct error *e)
{
	const struct dialect *d;
	enum err rc;

	if ((rc = need_fastapi(rq, &d, e)) != ERR_OK)
		return rc;
	if (d->models_form == MODELS_VLLM)
		resp_text(rs, 200, "text/plain", "");
	else
		resp_text(rs, 200, "application/json", "{\"status\":\"ok\"}");
	return ERR_OK;
}

static void
add_path(cJSON *paths, const char *path, const char *method)
{
	cJSON *item = cJSON_AddObjectToObject(paths, path);

	cJSON_AddObjectToObject(item, method);
}

enum err
handle_openai_schema(struct req *rq, struct resp *rs, struct error *e)
{
	const struct dialect *d;
	cJSON *json, *info, *paths;
	enum err rc;

	if ((rc = need_fastapi(rq, &d, e)) != ERR_OK)
		return rc;
	json = cJSON_CreateObject();
	json_add_string(json, "openapi", "3.1.0");
	info = cJSON_AddObjectToObject(json, "info");
	json_add_string(info, "title", d->fastapi);
	json_add_string(info, "version", "0.1.0");
	paths = cJSON_AddObjectToObject(json, "paths");
	add_path(paths, "/v1/videos", "post");
	add_path(paths, "/v1/videos/{video_id}", "get");
	add_path(paths, "/v1/videos/{video_id}/content", "get");
	if (d->models_form == MODELS_VLLM)
		add_path(paths, "/v1/videos/sync", "post");
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* By which new-api tells its name. */
enum err
handle_openai_status(struct req *rq, struct resp *rs, struct error *e)
{
	const struct dialect *d = visit_get(rq)->sb->dialect;
	cJSON *json, *data;

	if (d == NULL || d->models_form != MODELS_NEW_API)
		return refuse(e, "not_found");
	json = cJSON_CreateObject();
	data = cJSON_AddObjectToObject(json, "data");
	json_add_string(data, "system_name", "New API");
	json_add_string(data, "version", "v0.9.0");
	json_add_string(json, "message", "");
	json_add_bool(json, "success", true);
	resp_json(rs, 200, json);
	return ERR_OK;
}
