/* SPDX-License-Identifier: MIT */
/* capability.c: what tokens offer and tasks need. */
#include "capability.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "json.h"
#include "model.h"
#include "prompt.h"
#include "provider_facts.h"
#include "video.h"

#define ALL_FEATURES	(~0U)

/* ---- offers ---- */

const char *
offer_print(const struct offer *o, struct arena *a)
{
	cJSON *root = cJSON_CreateObject(), *models;
	const char *text;

	json_add_bool(root, "images", o->images);
	json_add_int(root, "features", o->features);
	models = cJSON_AddArrayToObject(root, "models");
	for (size_t i = 0; i < o->n_models; i++)
		cJSON_AddItemToArray(models,
		    cJSON_CreateString(o->models[i]));
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

static unsigned
read_bits(const cJSON *root, const char *key)
{
	double bits = json_number(root, key, 0);

	return bits >= 0 && bits <= 0xffff ? (unsigned)bits : 0;
}

void
offer_read(const char *provider, const char *what, struct arena *a,
    struct offer *out)
{
	const struct provider_facts *facts = provider_facts(provider);
	cJSON *root = NULL;
	struct error ignored;		/* it is our own text */

	*out = (struct offer){ .sora = facts != NULL && facts->catalogue };
	if (out->sora) {
		out->features = ALL_FEATURES;
		return;
	}
	(void)!json_parse_object(what, strlen(what), &root, &ignored);
	out->images = json_bool(root, "images");
	out->features = read_bits(root, "features");
	read_models(json_get(root, "models"), a, out);
	cJSON_Delete(root);
}

/* ---- needs ---- */

/* The catalogue's model for the task; NULL: none. */
static const char *
catalogue_of(const struct task *t)
{
	const struct model *m = model_get(t->model);

	if (m == NULL || m->video != (t->kind != TASK_IMAGE))
		return NULL;
	return t->kind == TASK_VIDEO && m->seconds != t->seconds ? NULL
	    : m->id;
}

struct need
need_of_task(const struct task *t, unsigned features)
{
	struct need n = {
		.kind = t->kind, .model = t->public_model,
		.catalogue = catalogue_of(t), .seconds = t->seconds,
		.size = t->size, .features = features,
	};

	if (t->style_id != NULL)
		n.features |= FEATURE_STYLE;
	if (t->kind == TASK_CHARACTER)
		n.features |= FEATURE_CHARACTER;
	if (t->remix_target != NULL)
		n.features |= video_is_post_id(t->remix_target) ? FEATURE_POST
		    : FEATURE_REMIX;
	else if (t->kind == TASK_VIDEO && prompt_is_storyboard(t->prompt))
		n.features |= FEATURE_STORYBOARD;
	return n;
}

const char *
need_print(const struct need *n, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();
	const char *text;

	json_add_bool(root, "image", n->kind == TASK_IMAGE);
	json_add_string(root, "model", n->model);
	json_add_string(root, "catalogue", n->catalogue);
	json_add_int(root, "seconds", n->seconds);
	json_add_string(root, "size", n->size);
	json_add_int(root, "features", n->features);
	text = json_print(root, a);
	cJSON_Delete(root);
	return text;
}

void
need_read(const char *text, enum task_kind kind, struct arena *a,
    struct need *out)
{
	cJSON *root = NULL;
	struct error ignored;		/* it is our own text */

	*out = (struct need){ .kind = kind };
	if (json_parse_object(text, strlen(text), &root, &ignored) != ERR_OK) {
		out->catalogue = "";
		out->features = ALL_FEATURES;
		return;
	}
	out->model = arena_strdup(a, json_string(root, "model"));
	out->catalogue = arena_strdup(a, json_string(root, "catalogue"));
	out->seconds = (int)read_bits(root, "seconds");
	out->size = arena_strdup(a, json_string(root, "size"));
	out->features = read_bits(root, "features");
	cJSON_Delete(root);
}

/* ---- models ---- */

static bool
lists(const struct offer *o, const char *name)
{
	for (size_t i = 0; i < o->n_models; i++)
		if (strcmp(o->models[i], name) == 0)
			return true;
	return false;
}

/*
 * Whether the name sets length and size, as sora-video-landscape-10s does: a server that
 * does not list it cannot use it.
 */
static bool
is_catalogue_name(const char *name)
{
	return model_find(name, USE_CHAT) != NULL &&
	    strcmp(name, "sora-2") != 0 && strncmp(name, "gpt-image", 9) != 0;
}

static bool
is_server_for(const struct offer *o, enum task_kind kind)
{
	return !o->sora && kind != TASK_CHARACTER &&
	    (kind != TASK_IMAGE || o->images);
}

static bool
has_model(const struct offer *o, enum task_kind kind, const char *name)
{
	if (!is_server_for(o, kind))
		return false;
	return o->n_models == 0 ? !is_catalogue_name(name) : lists(o, name);
}

bool
offer_serves(const struct offer *o, const struct need *n)
{
	if ((n->features & ~o->features) != 0)
		return false;
	if (o->sora)
		return n->catalogue != NULL;
	return n->model != NULL && n->seconds <= CAPABILITY_MAX_SECONDS &&
	    has_model(o, n->kind, n->model);
}

/* ---- pools ---- */

bool
pool_has_sora(const struct pool *p)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (p->offers[i].sora)
			return true;
	return p == NULL || p->n == 0;
}

bool
pool_has_model(const struct pool *p, enum task_kind kind, const char *name)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (has_model(&p->offers[i], kind, name))
			return true;
	return false;
}

bool
pool_lists(const struct pool *p, const char *name)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (lists(&p->offers[i], name))
			return true;
	return false;
}

/* Whether an earlier offer, or an earlier place of this one, already named the model. */
static bool
was_listed(const struct pool *p, enum task_kind kind, size_t i, size_t place)
{
	const char *name = p->offers[i].models[place];

	for (size_t k = 0; k < i; k++)
		if (is_server_for(&p->offers[k], kind) &&
		    lists(&p->offers[k], name))
			return true;
	for (size_t k = 0; k < place; k++)
		if (strcmp(p->offers[i].models[k], name) == 0)
			return true;
	return false;
}

const char *
pool_listed(const struct pool *p, enum task_kind kind, size_t wanted)
{
	for (size_t i = 0; p != NULL && i < p->n; i++) {
		if (!is_server_for(&p->offers[i], kind))
			continue;
		for (size_t k = 0; k < p->offers[i].n_models; k++)
			if (!was_listed(p, kind, i, k) && wanted-- == 0)
				return p->offers[i].models[k];
	}
	return NULL;
}

bool
pool_draws(const char *name)
{
	static const char *const words[] = { "image", "dall-e", "dalle",
	    "flux", "sdxl", "stable-diffusion", "seedream" };

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcasestr(name, words[i]) != NULL)
			return true;
	return false;
}

const char *
pool_default_model(const struct pool *p, enum task_kind kind)
{
	const char *usual = kind == TASK_IMAGE ? "sora-image" : "sora-2";
	const char *name;

	if (pool_has_sora(p) || pool_has_model(p, kind, usual))
		return usual;
	if (kind == TASK_IMAGE && pool_has_model(p, kind, "gpt-image-2"))
		return "gpt-image-2";
	for (size_t i = 0; (name = pool_listed(p, kind, i)) != NULL; i++)
		if (pool_draws(name) == (kind == TASK_IMAGE))
			return name;
	name = pool_listed(p, kind, 0);
	return name != NULL ? name : usual;
}

/* ---- errors ---- */

#define MOST_NAMED	12	/* models in an error */
#define NAMES_LEN	420

static void
add_name(char list[NAMES_LEN], const char *name)
{
	size_t len = strlen(list);

	snprintf(list + len, NAMES_LEN - len, "%s%s", len > 0 ? ", " : "",
	    name);
}

enum err
pool_unknown_model(const struct pool *p, enum task_kind kind,
    const char *name, const char *sora, struct error *e)
{
	char list[NAMES_LEN] = "";
	const char *listed;

	assert(name != NULL && sora != NULL);
	if (pool_has_sora(p))
		add_name(list, sora);
	for (size_t i = 0; (listed = pool_listed(p, kind, i)) != NULL; i++) {
		if (i == MOST_NAMED ||
		    strlen(list) + strlen(listed) + 16 > sizeof(list))
			break;
		add_name(list, listed);
	}
	if (listed != NULL)
		add_name(list, "...");
	if (*list == '\0')
		add_name(list, "none: no server makes that");
	return error_set(e, ERR_MODEL_NOT_FOUND, "model",
	    "Unknown model: %.64s; accepted are %s", name, list);
}

bool
pool_sora_serves(const struct pool *p, const struct need *n)
{
	static const struct offer sora = { .sora = true,
	    .features = ALL_FEATURES };

	return pool_has_sora(p) && offer_serves(&sora, n);
}

static bool
serves(const struct pool *p, const struct need *n)
{
	if (pool_sora_serves(p, n))
		return true;
	for (size_t i = 0; i < p->n; i++)
		if (offer_serves(&p->offers[i], n))
			return true;
	return false;
}

enum err
pool_check(const struct pool *p, const struct need *n, struct error *e)
{
	static const struct {
		enum feature	 feature;
		const char	*param;
		const char	*what;
	} rows[] = {
		{ FEATURE_REFERENCE, "input_reference", "a reference image" },
		{ FEATURE_EDIT, "image", "reference images" },
		{ FEATURE_STYLE, "style_id", "a style" },
		{ FEATURE_REMIX, "remix_target_id", "a remix" },
		{ FEATURE_POST, "remix_target_id", "a remix of a post" },
		{ FEATURE_CHARACTER, "video", "a character" },
	};
	struct need less = *n;

	if (serves(p, n))
		return ERR_OK;
	for (size_t i = 0; i < NELEM(rows); i++) {
		less.features = n->features & ~(unsigned)rows[i].feature;
		if (less.features != n->features && serves(p, &less))
			return error_set(e, ERR_INVALID_VALUE, rows[i].param,
			    "No configured token makes %s with "
			    "model %.64s, this length and this size",
			    rows[i].what, n->model);
	}
	return error_set(e, ERR_INVALID_VALUE, "model",
	    "No configured token makes that with model %.64s",
	    n->model);
}
