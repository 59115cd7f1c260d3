/* SPDX-License-Identifier: MIT */
/* server_ask.c: what an OpenAI-compatible server is, by its answers. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "attr.h"
#include "json.h"
#include "model.h"
#include "openai.h"
#include "server_ask.h"
#include "upstream/client/answer_json.h"

#define MAX_MODELS	256
#define MAX_NAME	256
#define MAX_ANSWER	(2 * 1024 * 1024)	/* some list all that a relay has */
#define UNKNOWN_ID	"video_0000000000000000000000000000dead"

/* ---- questions ---- */

/* Scheme and host of base_url. */
static const char *
origin(const struct openai_options *b, struct arena *a)
{
	const char *host = strstr(b->base_url, "://") + 3;

	return arena_strndup(a, b->base_url,
	    (size_t)(host - b->base_url) + strcspn(host, "/"));
}

static const char *
url_of(enum server_question q, const struct openai_options *b, struct arena *a)
{
	switch (q) {
	case ASK_MODELS:
		return arena_printf(a, "%s/models", b->base_url);
	case ASK_OPENAPI:
		return arena_printf(a, "%s/openapi.json", origin(b, a));
	case ASK_UNKNOWN:
		break;
	}
	return arena_printf(a, "%s/videos/" UNKNOWN_ID, b->base_url);
}

void
server_build(enum server_question q, const struct openai_options *b,
    const char *key, struct arena *a, struct call_request *out)
{
	*out = (struct call_request){
		.method = "GET", .url = url_of(q, b, a),
		.timeout = b->connect_timeout + 10, .max_body = MAX_ANSWER,
		.label = "server",
	};
	openai_connect(b, out);
	request_header(out, a, "Accept", "application/json");
	if (*key == '\0' || (b->auth_header != NULL && *b->auth_header == '\0'))
		return;
	if (b->auth_header == NULL)
		request_header(out, a, "Authorization",
		    arena_printf(a, "Bearer %s", key));
	else
		request_header(out, a, b->auth_header, key);
}

/* ---- what it is ---- */

struct sign {			/* the first that is there tells */
	const char	*what;
	const char	*preset;
};

static const char *
preset_by_host(const struct openai_options *b)
{
	static const struct sign hosts[] = {
		{ "https://api.openai.com/", "openai" },
		{ "https://openrouter.ai/", "openrouter" },
	};

	for (size_t i = 0; i < NELEM(hosts); i++)
		if (strncmp(b->base_url, hosts[i].what,
		    strlen(hosts[i].what)) == 0)
			return hosts[i].preset;
	return NULL;
}

static const char *
preset_by_header(const struct call_response *r)
{
	static const struct sign headers[] = {
		{ "x-litellm-version", "litellm" },
		{ "x-litellm-call-id", "litellm" },
		{ "x-new-api-version", "new-api" },
		{ "x-oneapi-request-id", "new-api" },
		{ "openai-version", "openai" },
	};

	for (size_t i = 0; i < NELEM(headers); i++)
		if (response_header(r, headers[i].what) != NULL)
			return headers[i].preset;
	return NULL;
}

static const char *
preset_by_owner(const char *owner)
{
	static const struct sign owners[] = {
		{ "vllm", "vllm-omni" }, { "vllm-omni", "vllm-omni" },
		{ "sglang", "sglang" }, { "tensorrt_llm", "tensorrt-llm" },
		{ "nvidia", "dynamo" }, { "sora2api", "sora2api" },
	};

	for (size_t i = 0; owner != NULL && i < NELEM(owners); i++)
		if (strcmp(owner, owners[i].what) == 0)
			return owners[i].preset;
	return NULL;
}

/* By keys that only one kind of server has in its list of models. */
static const char *
preset_by_key(const cJSON *model)
{
	static const struct sign keys[] = {
		{ "supported_endpoint_types", "new-api" },
		{ "canonical_slug", "openrouter" },
		{ "num_gpus", "sglang" }, { "task_type", "sglang" },
	};

	for (size_t i = 0; i < NELEM(keys); i++)
		if (cJSON_HasObjectItem(model, keys[i].what))
			return keys[i].preset;
	return NULL;
}

static const char *
preset_by_title(const cJSON *root)
{
	static const struct sign titles[] = {
		{ "LiteLLM", "litellm" }, { "Dynamo", "dynamo" },
		{ "TensorRT-LLM", "tensorrt-llm" },
	};
	const char *title = json_string(json_get(root, "info"), "title");

	for (size_t i = 0; title != NULL && i < NELEM(titles); i++)
		if (strcasestr(title, titles[i].what) != NULL)
			return titles[i].preset;
	return NULL;
}

static const char *
preset_by_path(const cJSON *root)
{
	static const struct sign paths[] = {
		{ "/v1/videos/sync", "vllm-omni" },
		{ "/vertex_generate", "sglang" },
		{ "/health_generate", "sglang" },
		{ "/v1/videos/generations", "tensorrt-llm" },
		{ "/utils/transform_request", "litellm" },
	};
	const cJSON *all = json_get(root, "paths");

	for (size_t i = 0; i < NELEM(paths); i++)
		if (json_get(all, paths[i].what) != NULL)
			return paths[i].preset;
	return NULL;
}

/* By the form in which it says that there is no such video. */
static const char *
preset_by_error(const cJSON *root)
{
	const char *code = json_string(root, "code");
	const cJSON *error = json_get(root, "error");

	if (code != NULL && strcmp(code, "task_not_exist") == 0)
		return "new-api";
	code = json_string(error, "code");
	return code != NULL && strcmp(code, "task_not_found") == 0 &&
	    cJSON_GetArraySize(error) == 2 ? "sora2api" : NULL;
}

/* ---- models ---- */

/* Relays list all that they have; what makes no videos and images has other names. */
static bool
is_visual(const char *name)
{
	static const char *const words[] = {
		"sora", "video", "veo", "wan", "kling", "hailuo", "seedance",
		"ltx", "hunyuan", "cogvideo", "mochi", "vidu", "runway",
		"pika", "luma", "ray-", "t2v", "i2v", "image", "dall-e",
		"flux", "imagen", "diffusion", "sdxl", "seedream",
	};

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcasestr(name, words[i]) != NULL)
			return true;
	return false;
}

/* These make nothing but videos and images. */
static bool
is_specialist(const char *preset)
{
	static const char *const presets[] = { "vllm-omni", "sglang",
	    "tensorrt-llm", "dynamo" };

	for (size_t i = 0; preset != NULL && i < NELEM(presets); i++)
		if (strcmp(preset, presets[i]) == 0)
			return true;
	return false;
}

/* Names of its chat, which its videos API does not know. */
static bool
is_chat_name(const char *name)
{
	return strncmp(name, "sora-video-", 11) == 0;
}

static bool
is_wanted(const char *preset, const char *name)
{
	if (*name == '\0' || utf8_count(name, strlen(name)) > MAX_NAME)
		return false;
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	if (preset != NULL && strcmp(preset, "sora2api") == 0)
		return !is_chat_name(name);
	return is_specialist(preset) || is_visual(name);
}

static void
add_model(struct server_findings *f, const char *name, struct arena *a)
{
	if (f->n_models == MAX_MODELS || name == NULL ||
	    !is_wanted(f->preset, name))
		return;
	for (size_t i = 0; i < f->n_models; i++)
		if (strcmp(f->models[i], name) == 0)
			return;
	f->models[f->n_models++] = arena_strdup(a, name);
}

static void
read_models(const cJSON *root, const cJSON *list, struct arena *a,
    struct server_findings *f)
{
	const cJSON *item;

	f->has_list = true;
	f->n_models = 0;
	f->models = arena_array(a, MAX_MODELS, sizeof(*f->models));
	add_model(f, json_string(root, "model_path"), a);
	cJSON_ArrayForEach(item, list)
		add_model(f, json_string(item, "id"), a);
	/* it takes this one as well, and does not list it */
	if (f->preset != NULL && strcmp(f->preset, "sora2api") == 0 &&
	    f->n_models > 0)
		add_model(f, "sora-2-pro", a);
}

/* ---- answers ---- */

static void
note(struct server_findings *f, const char *preset)
{
	if (f->preset == NULL)
		f->preset = preset;
}

static void
read_list(const cJSON *root, struct arena *a, struct server_findings *f)
{
	const cJSON *list = json_get(root, "data");
	const cJSON *first = cJSON_GetArrayItem(list, 0);
	bool old_sglang = json_string(root, "model_path") != NULL;

	if (!cJSON_IsArray(list) && !old_sglang)
		return;
	note(f, old_sglang ? "sglang" : preset_by_key(first));
	note(f, preset_by_owner(json_string(first, "owned_by")));
	read_models(root, list, a, f);
}

void
server_read(enum server_question q, const struct openai_options *b,
    const struct call_response *r, struct arena *a,
    struct server_findings *f)
{
	cJSON *root;

	note(f, preset_by_host(b));
	if (r->transport != TRANSPORT_OK)
		return;
	note(f, preset_by_header(r));
	root = answer_json(r->body, r->body_len);
	switch (q) {
	case ASK_MODELS:
		if (r->status == 200)
			read_list(root, a, f);
		break;
	case ASK_OPENAPI:
		if (r->status == 200) {
			note(f, preset_by_title(root));
			note(f, preset_by_path(root));
		}
		break;
	case ASK_UNKNOWN:
		note(f, preset_by_error(root));
		break;
	}
	cJSON_Delete(root);
}

const char *
server_found(const struct server_findings *f, struct arena *a)
{
	cJSON *root = cJSON_CreateObject(), *models;
	const char *text;

	json_add_string(root, "preset", f->preset != NULL ? f->preset
	    : "openai");
	models = cJSON_AddArrayToObject(root, "models");
	for (size_t i = 0; i < f->n_models; i++)
		cJSON_AddItemToArray(models,
		    cJSON_CreateString(f->models[i]));
	text = json_print(root, a);
	cJSON_Delete(root);
	return text;
}

/* ---- one question after the other ---- */

static bool
is_known(const struct openai_options *b, const struct server_findings *f)
{
	return f->preset != NULL || strcmp(b->preset, "auto") != 0;
}

/* The first that is needed from that one on; false: none is. */
static bool
choose(const struct openai_options *b, struct server_findings *f)
{
	bool known = is_known(b, f);

	if (f->asked == 0)
		f->question = ASK_MODELS;
	else if (f->question == ASK_MODELS && !known)
		f->question = ASK_OPENAPI;
	else if (f->question != ASK_UNKNOWN && (!known || !f->has_list))
		f->question = ASK_UNKNOWN;
	else
		return false;
	f->asked++;
	return true;
}

static bool
ask(const struct token *t, struct server_findings *f, struct arena *a,
    struct call_request *out)
{
	const struct openai_options *b = openai_options(t);

	if (f->asked == 0 && strcmp(b->preset, "auto") != 0)
		f->preset = b->preset;
	if (!choose(b, f))
		return false;
	/* who has no description of itself has not failed */
	f->may_fail = f->question == ASK_OPENAPI;
	server_build((enum server_question)f->question, b, t->token, a, out);
	return true;
}

static void
hear(const struct token *t, const struct call_response *r, struct arena *a,
    struct server_findings *f)
{
	server_read((enum server_question)f->question, openai_options(t), r,
	    a, f);
}

const struct server_facet openai_server = {
	.ask = ask, .hear = hear, .found = server_found,
};
