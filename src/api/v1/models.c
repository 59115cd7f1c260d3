/* SPDX-License-Identifier: MIT */
/* models.c: GET /v1/models and GET /v1/models/{model}: what the tokens can serve. */
#include <string.h>

#include "api/api.h"
#include "arena.h"
#include "capability.h"
#include "model.h"
#include "token_store.h"

#define CREATED	1702388400	/* `created` of every model: clients require one */

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

static bool
is_listed(const char *name)
{
	const char *id, *ignored;

	for (size_t i = 0; model_listed(i, &id, &ignored); i++)
		if (strcmp(id, name) == 0)
			return true;
	return false;
}

/*
 * Calls `each` with one model after the other until it returns true: sora's, in
 * the contract's order, then those of the servers.
 */
typedef bool each_fn(void *arg, const char *id, const char *description);

static void
each_model(const struct pool *pool, each_fn *each, void *arg)
{
	const char *id, *description;
	bool sora = pool_has_sora(pool);

	for (size_t i = 0; sora && model_listed(i, &id, &description); i++)
		if (each(arg, id, description))
			return;
	for (size_t i = 0; (id = pool_listed(pool, TASK_VIDEO, i)) != NULL; i++)
		if (!(sora && is_listed(id)) &&
		    each(arg, id, "Served by an OpenAI-compatible server"))
			return;
}

static bool
add(void *arg, const char *id, const char *description)
{
	cJSON_AddItemToArray(arg, model_json(id, description));
	return false;
}

/* GET /v1/models: the catalogue and the models of the servers. */
enum err
handle_models_list(struct req *rq, struct resp *rs, struct error *e)
{
	const struct pool *pool;
	cJSON *root;
	enum err rc;

	if ((rc = token_pool(api_of(rq)->store, &pool, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_string(root, "object", "list");
	each_model(pool, add, cJSON_AddArrayToObject(root, "data"));
	resp_json(rs, 200, root);
	return ERR_OK;
}

struct wanted {
	const char	*id;
	cJSON		*found;
};

static bool
find(void *arg, const char *id, const char *description)
{
	struct wanted *w = arg;

	if (strcmp(id, w->id) != 0)
		return false;
	w->found = model_json(id, description);
	return true;
}

/* GET /v1/models/{model}: one model. 404 model_not_found. */
enum err
handle_model_get(struct req *rq, struct resp *rs, struct error *e)
{
	struct wanted w = { .id = rq->param[0] };
	const struct pool *pool;
	enum err rc;

	if ((rc = token_pool(api_of(rq)->store, &pool, e)) != ERR_OK)
		return rc;
	each_model(pool, find, &w);
	if (w.found == NULL)
		return error_set(e, ERR_UNKNOWN_MODEL, "model",
		    "The model '%.64s' does not exist", w.id);
	resp_json(rs, 200, w.found);
	return ERR_OK;
}
