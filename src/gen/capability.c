/* capability.c: what tokens offer. */
#include "capability.h"

#include <string.h>

#include "arena.h"
#include "backend.h"
#include "json.h"

/* ---- as text ---- */

static unsigned
features_of(const struct backend *b)
{
	unsigned features = 0;

	if (b->reference_as != REFERENCE_NONE)
		features |= FEATURE_REFERENCE;
	if (b->images)
		features |= FEATURE_EDIT;
	if (b->remix)
		features |= FEATURE_REMIX;
	return features;
}

const char *
offer_print(const struct backend *b, struct arena *a)
{
	cJSON *root = cJSON_CreateObject(), *models;
	const char *text;

	json_add_bool(root, "images", b->images);
	json_add_int(root, "features", features_of(b));
	models = cJSON_AddArrayToObject(root, "models");
	for (size_t i = 0; i < b->n_models; i++)
		cJSON_AddItemToArray(models,
		    cJSON_CreateString(b->models[i].name));
	text = json_print(root, a);
	cJSON_Delete(root);
	return text;
}

static void
read_models(const cJSON *list, struct arena *a, struct offer *out)
{
	const cJSON *item;

	out->models = arena_array(a, (size_t)cJSON_GetArraySize(list),
	    sizeof(*out->models));
	cJSON_ArrayForEach(item, list)
		if (cJSON_IsString(item))
			out->models[out->n_models++] =
			    arena_strdup(a, item->valuestring);
}

void
offer_read(const char *provider, const char *what, struct arena *a,
    struct offer *out)
{
	cJSON *root = NULL;
	struct error ignored;

	*out = (struct offer){ .sora = strcmp(provider, "sora") == 0 };
	if (out->sora)
		return;
	/* it is our own text; of another no model is offered */
	if (json_parse_object(what, strlen(what), &root, &ignored) != ERR_OK)
		what = "";
	out->images = json_bool(root, "images");
	out->features = (unsigned)json_number(root, "features", 0);
	read_models(json_get(root, "models"), a, out);
	cJSON_Delete(root);
}
