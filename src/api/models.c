/* models.c: GET /v1/models and GET /v1/models/{model}. */
#include <string.h>

#include "api.h"
#include "model.h"

#define CREATED	1702388400	/* of the catalogue; clients want some time there */

static cJSON *
model_json(const char *id, const char *description)
{
	cJSON *m = cJSON_CreateObject();

	json_add_string(m, "id", id);
	json_add_string(m, "object", "model");
	json_add_int(m, "created", CREATED);
	json_add_string(m, "owned_by", "sora2api");
	json_add_string(m, "description", description);
	return m;
}

enum err
handle_models_list(struct req *rq UNUSED, struct resp *rs,
    struct error *e UNUSED)
{
	cJSON *root = cJSON_CreateObject(), *data;
	const char *id, *description;

	json_add_string(root, "object", "list");
	data = cJSON_AddArrayToObject(root, "data");
	for (size_t i = 0; model_listed(i, &id, &description); i++)
		cJSON_AddItemToArray(data, model_json(id, description));
	resp_json(rs, 200, root);
	return ERR_OK;
}

enum err
handle_model_get(struct req *rq, struct resp *rs, struct error *e)
{
	const char *id, *description;

	for (size_t i = 0; model_listed(i, &id, &description); i++) {
		if (strcmp(id, rq->param[0]) != 0)
			continue;
		resp_json(rs, 200, model_json(id, description));
		return ERR_OK;
	}
	return error_set(e, ERR_UNKNOWN_MODEL, "model",
	    "The model '%.64s' does not exist", rq->param[0]);
}
