/* SPDX-License-Identifier: MIT */
/* cameo.c: the calls that make a character of a clip, and unmake it. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"
#include "upstream/client/text.h"

#define TIMESTAMPS	"0,3"
#define FAILED		"Character creation failed"

/* ---- requests ---- */

static enum err
missing(const char *what, struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, what, "is missing");
}

static const char *
clip_name(const char *mime)
{
	if (strcmp(mime, "video/webm") == 0)
		return "video.webm";
	return strcmp(mime, "video/quicktime") == 0 ? "video.mov" : "video.mp4";
}

/* A file and a text, to that path. */
static void
set_parts(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *path, struct call_part file,
    struct call_part text)
{
	rq->method = "POST";
	rq->url = sora_address(in, a, path);
	rq->n_parts = 2;
	rq->parts = arena_array(a, rq->n_parts, sizeof(*rq->parts));
	rq->parts[0] = file;
	rq->parts[1] = text;
	rq->timeout = in->conf->sora_create_timeout;
}

static enum err
build_clip(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *mime = in->media->mime;
	const char *timestamps = in->making->timestamps;

	if (mime == NULL)
		mime = "video/mp4";
	if (strncmp(mime, "video/", 6) != 0)
		return error_set(e, ERR_INVALID_VALUE, "video",
		    "the provider sora makes characters of clips only");
	set_parts(in, a, rq, "/characters/upload", (struct call_part){
		.name = "file", .path = in->media_path,
		.filename = clip_name(mime), .type = mime,
	    }, (struct call_part){ .name = "timestamps",
		.value = timestamps != NULL ? timestamps : TIMESTAMPS,
	    });
	return ERR_OK;
}

static enum err
build_status(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *id = sora_segment(in->making->cameo_id, a);

	if (id == NULL)
		return missing("cameo_id", e);
	sora_set_get(in, a, rq,
	    arena_printf(a, "/project_y/cameos/in_progress/%s", id));
	return ERR_OK;
}

static enum err
build_asset(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	set_parts(in, a, rq, "/project_y/file/upload", (struct call_part){
		.name = "file", .path = in->media_path,
		.filename = "profile.webp", .type = "image/webp",
	    }, (struct call_part){ .name = "use_case", .value = "profile" });
	return ERR_OK;
}

static void
add_instruction(cJSON *body, const char *key, const char *text)
{
	json_add_item(body, key, sora_instruction(text));
}

static enum err
build_finalize(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct cameo_making *c = in->making;
	cJSON *body;

	if (c->cameo_id == NULL)
		return missing("cameo_id", e);
	if (c->asset_pointer == NULL)
		return missing("asset_pointer", e);
	if (c->username == NULL || c->display_name == NULL)
		return missing("username", e);
	body = cJSON_CreateObject();
	json_add_string(body, "cameo_id", c->cameo_id);
	json_add_string(body, "username", c->username);
	json_add_string(body, "display_name", c->display_name);
	json_add_string(body, "profile_asset_pointer", c->asset_pointer);
	add_instruction(body, "instruction_set", c->instruction_set);
	add_instruction(body, "safety_instruction_set",
	    c->safety_instruction_set);
	sora_set_post(in, a, rq, "/characters/finalize", body);
	rq->timeout = in->conf->sora_create_timeout;
	return ERR_OK;
}

static enum err
build_delete(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *id = sora_segment(in->making->character_id, a);

	if (id == NULL)
		return missing("character_id", e);
	sora_set_get(in, a, rq, arena_printf(a, "/project_y/characters/%s", id));
	rq->method = "DELETE";
	return ERR_OK;
}

enum err
sora_build_making(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	static enum err (*const builders[])(const struct call_input *,
	    struct arena *, struct call_request *, struct error *) = {
		[CALL_CAMEO_UPLOAD] = build_clip,
		[CALL_CAMEO_STATUS] = build_status,
		[CALL_ASSET_UPLOAD] = build_asset,
		[CALL_CAMEO_FINALIZE] = build_finalize,
		[CALL_CHARACTER_DELETE] = build_delete,
	};

	return builders[in->call](in, a, rq, e);
}

/* ---- answers ---- */

static bool
has_word(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(text, words[i]) != NULL)
			return true;
	return false;
}

static bool
is_violation(const char *text)
{
	static const char *const words[] = { "violat", "guardrail" };

	return has_word(text, words, NELEM(words));
}

/* It speaks of the person that should be in the clip. */
static bool
is_about_people(const char *text)
{
	static const char *const words[] = { "face", "person", "people" };

	return has_word(text, words, NELEM(words));
}

static void
cameo_failed(const struct sora_answer *ans, struct outcome *out)
{
	const char *text = sora_member_text(ans, ans->json,
	    "status_message");

	out->log = text;
	out->cameo.state = CAMEO_FAILED;
	out->cameo.policy = text != NULL && is_violation(text);
	out->bad_clip = text != NULL && !out->cameo.policy &&
	    is_about_people(text);
	out->cameo.message = out->cameo.policy
	    ? sora_policy_text(ans, text, FAILED)
	    : text_for_client(ans->in, ans->a, text, false);
	if (out->cameo.message == NULL)
		out->cameo.message = FAILED;
}

static bool
says(const cJSON *object, const char *key, const char *word)
{
	const char *s = json_string(object, key);

	return s != NULL && strcmp(s, word) == 0;
}

/* The message says that it is ready while the status still says that it is not. */
bool
sora_read_cameo_status(const struct sora_answer *ans, struct outcome *out)
{
	struct cameo_status *c = &out->cameo;
	const cJSON *o = ans->json;

	if (!cJSON_IsObject(o) || json_get(o, "error") != NULL)
		return false;
	c->username_hint = sora_member_text(ans, o, "username_hint");
	c->display_name_hint = sora_member_text(ans, o, "display_name_hint");
	c->asset_url = sora_member_url(ans->a, o, "profile_asset_url");
	c->finalized = says(o, "status", "finalized");
	if (says(o, "status", "failed") || says(o, "status", "error"))
		cameo_failed(ans, out);
	else if (c->asset_url != NULL)
		c->state = CAMEO_READY;
	else if (says(o, "status_message", "Completed") || c->finalized)
		c->state = CAMEO_NO_ASSET;
	else if (json_string(o, "status") == NULL &&
	    json_string(o, "status_message") == NULL)
		return false;
	return true;
}

bool
sora_read_asset(const struct sora_answer *ans, struct outcome *out)
{
	out->id = sora_member_id(ans->a, ans->json, "asset_pointer");
	return out->id != NULL;
}

/* Without an id it is made, but cannot be deleted. */
bool
sora_read_finalize(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *o = ans->json;

	if (!cJSON_IsObject(o) || json_get(o, "error") != NULL)
		return false;
	if (json_get(o, "character") != NULL)
		o = json_get(o, "character");
	out->id = sora_member_id(ans->a, o, "character_id");
	return true;
}

/* One that is not there any more is deleted, too. */
bool
sora_read_character_delete(const struct sora_answer *ans,
    struct outcome *out UNUSED)
{
	long status = ans->r->status;

	return (status >= 200 && status <= 299) || status == 404 ||
	    status == 410;
}
