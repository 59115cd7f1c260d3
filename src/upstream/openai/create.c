/* SPDX-License-Identifier: MIT */
/* create.c: what makes a video or an image, in the form that the server wants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "openai.h"

#define IMAGE_TIMEOUT	300	/* s, at least: the answer is the image */
#define BODY_TIMEOUT	600	/* s for the answer after its first byte */

/* Stands for a file in the text of a body; it is the last of its kind there. */
#define MARK		"@file@"

/* ---- members ---- */

static void
add_seconds(const struct openai_options *b, const struct task *t, cJSON *body)
{
	char text[16];

	if (t->seconds <= 0)
		return;
	switch (b->seconds_as) {
	case SECONDS_TEXT:
		snprintf(text, sizeof(text), "%d", t->seconds);
		json_add_string(body, "seconds", text);
		break;
	case SECONDS_NUMBER:
		json_add_int(body, "seconds", t->seconds);
		break;
	case SECONDS_DURATION:
		json_add_int(body, "duration", t->seconds);
		break;
	}
}

/* The nearest of those that services with aspect_ratio know. */
static const char *
ratio_of(int width, int height)
{
	static const struct {
		const char	*text;
		double		 ratio;
	} known[] = {
		{ "16:9", 16.0 / 9 }, { "9:16", 9.0 / 16 }, { "1:1", 1 },
		{ "4:3", 4.0 / 3 }, { "3:4", 3.0 / 4 }, { "3:2", 3.0 / 2 },
		{ "2:3", 2.0 / 3 }, { "21:9", 21.0 / 9 }, { "9:21", 9.0 / 21 },
	};
	double ratio = (double)width / height, nearest = 0;
	size_t best = 0;

	for (size_t i = 0; i < NELEM(known); i++) {
		double near = ratio / known[i].ratio;	/* 1 is the same */

		if (near > 1)
			near = 1 / near;
		if (near > nearest) {
			nearest = near;
			best = i;
		}
	}
	return known[best].text;
}

/* The same for the shorter side. */
static const char *
resolution_of(int side)
{
	static const struct {
		const char	*text;
		int		 side;
	} known[] = {
		{ "480p", 480 }, { "720p", 720 }, { "768p", 768 },
		{ "1080p", 1080 }, { "2K", 1440 }, { "4K", 2160 },
	};
	size_t best = 0;

	for (size_t i = 1; i < NELEM(known); i++)
		if (abs(side - known[i].side) < abs(side - known[best].side))
			best = i;
	return known[best].text;
}

static void
add_size(const struct openai_options *b, const struct task *t, cJSON *body)
{
	int width, height;

	if (t->size == NULL || *t->size == '\0')
		return;
	if (b->size_as == SIZE_TEXT ||
	    sscanf(t->size, "%dx%d", &width, &height) != 2 || width < 1 ||
	    height < 1) {
		json_add_string(body, "size", t->size);
		return;
	}
	json_add_string(body, "aspect_ratio", ratio_of(width, height));
	json_add_string(body, "resolution", resolution_of(width < height
	    ? width : height));
}

/* The operator's own members, which win. */
static void
add_extra(const struct openai_options *b, cJSON *body)
{
	cJSON *extra = b->extra == NULL ? NULL : cJSON_Parse(b->extra), *member;

	if (cJSON_IsObject(extra)) {
		while ((member = extra->child) != NULL) {
			cJSON_DetachItemViaPointer(extra, member);
			cJSON_DeleteItemFromObjectCaseSensitive(body,
			    member->string);
			json_add_item(body, member->string, member);
		}
	}
	cJSON_Delete(extra);
}

static void
add_model(const char *model, cJSON *body)
{
	if (model != NULL)
		json_add_string(body, "model", model);
}

/* ---- references in JSON ---- */

static const char *
data_url(const struct task_media *m, struct arena *a)
{
	return arena_printf(a, "data:%s;base64," MARK,
	    m->mime != NULL ? m->mime : "image/png");
}

/* The last members of the body, so that their marks are the last there. */
static void
add_references(const struct openai_options *b, const struct task *t,
    struct arena *a, cJSON *body)
{
	const char *first;
	cJSON *list;

	if (t->n_media == 0)
		return;
	first = data_url(&t->media[0], a);
	switch (b->reference_as) {
	case REFERENCE_NONE:		/* seen to before */
		break;
	case REFERENCE_AUTO:
	case REFERENCE_OBJECT:
		json_add_string(cJSON_AddObjectToObject(body,
		    "input_reference"), "image_url", first);
		break;
	case REFERENCE_TEXT:
		json_add_string(body, "input_reference", first);
		break;
	case REFERENCE_IMAGE_URL:
		json_add_string(body, "image_url", first);
		break;
	case REFERENCE_IMAGE_URLS:
		list = cJSON_AddArrayToObject(body, "image_urls");
		for (size_t i = 0; i < t->n_media; i++)
			cJSON_AddItemToArray(list, cJSON_CreateString(
			    data_url(&t->media[i], a)));
		break;
	}
}

static size_t
sent_references(const struct openai_options *b, const struct task *t)
{
	return b->reference_as == REFERENCE_IMAGE_URLS || t->n_media == 0
	    ? t->n_media : 1;
}

static const char *
media_path(const struct call_input *in, size_t i, struct arena *a)
{
	return arena_printf(a, "%s/%s", in->spool_dir,
	    in->task->media[i].file);
}

/* The last mark before `end`. */
static char *
last_mark(char *text, char *end)
{
	char *found = NULL, *at = text;

	while ((at = strstr(at, MARK)) != NULL && at < end)
		found = at++;
	return found;
}

/* Cuts the text at its last `n` marks: the files go there. */
static void
set_pieces(const struct call_input *in, char *text, size_t n,
    struct arena *a, struct call_request *rq)
{
	struct call_piece *pieces = arena_array(a, 2 * n + 1, sizeof(*pieces));
	char *end = text + strlen(text);

	rq->pieces = pieces;
	rq->n_pieces = 2 * n + 1;
	for (size_t i = n; i > 0; i--) {
		char *mark = last_mark(text, end);

		pieces[2 * i].text = mark + strlen(MARK);
		pieces[2 * i - 1].path = media_path(in, i - 1, a);
		*mark = '\0';
		end = mark;
	}
	pieces[0].text = text;
}

static void
set_json(const struct call_input *in, const cJSON *body, size_t references,
    struct arena *a, struct call_request *rq)
{
	char *text = json_print(body, a);

	if (references > 0) {
		set_pieces(in, text, references, a, rq);
		return;
	}
	rq->body = text;
	rq->body_len = strlen(text);
}

/* ---- multipart ---- */

static const char *
file_name(const char *mime)
{
	static const char *const names[][2] = {
		{ "image/jpeg", "image.jpg" }, { "image/webp", "image.webp" },
		{ "image/gif", "image.gif" }, { "video/mp4", "video.mp4" },
	};

	for (size_t i = 0; mime != NULL && i < NELEM(names); i++)
		if (strcmp(mime, names[i][0]) == 0)
			return names[i][1];
	return "image.png";
}

/* Text as it is, all else as JSON. */
static const char *
part_value(const cJSON *member, struct arena *a)
{
	return cJSON_IsString(member) ? arena_strdup(a, member->valuestring)
	    : json_print(member, a);
}

static void
set_parts(const struct call_input *in, const cJSON *body, const char *name,
    size_t files, struct arena *a, struct call_request *rq)
{
	size_t most = (size_t)cJSON_GetArraySize(body) + files;
	const struct task *t = in->task;
	const cJSON *member;

	rq->parts = arena_array(a, most, sizeof(*rq->parts));
	cJSON_ArrayForEach(member, body)
		rq->parts[rq->n_parts++] = (struct call_part){
			.name = arena_strdup(a, member->string),
			.value = part_value(member, a),
		};
	for (size_t i = 0; i < files; i++)
		rq->parts[rq->n_parts++] = (struct call_part){
			.name = name, .path = media_path(in, i, a),
			.filename = file_name(t->media[i].mime),
			.type = t->media[i].mime != NULL ? t->media[i].mime
			    : "image/png",
		};
}

/* ---- the calls ---- */

static void
set_post(const struct call_input *in, const char *path, int answer_timeout,
    struct arena *a, struct call_request *rq)
{
	const struct task *t = in->task;

	rq->method = "POST";
	rq->url = openai_address(openai_options(in->token), a, path);
	rq->timeout = answer_timeout + BODY_TIMEOUT;
	rq->idle_timeout = answer_timeout;
	rq->sink_dir = in->conf->cache_dir;	/* it may have the result in it */
	rq->unpack = true;
	/* of use where the server is one of us: what was lost and sent again is one job */
	request_header(rq, a, "Idempotency-Key", arena_printf(a, "%s-%d",
	    t->task_id, t->resubmitted));
}

static enum err
build_remix(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);
	const char *id = openai_segment(in->task->remix_target, a);
	cJSON *body;

	if (!b->remix || id == NULL)
		return error_set(e, ERR_INVALID_VALUE, "remix_target_id",
		    "the server makes no remixes");
	body = cJSON_CreateObject();
	json_add_string(body, "prompt", in->task->prompt);
	set_post(in, arena_printf(a, "/videos/%s/remix", id),
	    b->answer_timeout, a, rq);
	set_json(in, body, 0, a, rq);
	cJSON_Delete(body);
	return ERR_OK;
}

/* With a file, unless the server wants it as text. */
static bool
is_multipart(const struct openai_options *b, const struct task *t)
{
	if (b->create_body != BODY_AUTO)
		return b->create_body == BODY_MULTIPART;
	return t->n_media > 0 && b->reference_as == REFERENCE_AUTO;
}

static void
build_video(const struct call_input *in, const char *model, struct arena *a,
    struct call_request *rq)
{
	const struct openai_options *b = openai_options(in->token);
	const struct task *t = in->task;
	cJSON *body = cJSON_CreateObject();

	add_model(model, body);
	json_add_string(body, "prompt", t->prompt);
	add_seconds(b, t, body);
	add_size(b, t, body);
	add_extra(b, body);
	set_post(in, "/videos", b->answer_timeout, a, rq);
	if (is_multipart(b, t)) {
		set_parts(in, body, "input_reference", t->n_media > 0 ? 1 : 0,
		    a, rq);
	} else {
		add_references(b, t, a, body);
		set_json(in, body, sent_references(b, t), a, rq);
	}
	cJSON_Delete(body);
}

static enum err
build_image(const struct call_input *in, const char *model, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);
	const struct task *t = in->task;
	cJSON *body;

	if (!b->images)
		return error_set(e, ERR_INVALID_VALUE, "model",
		    "the server makes no images");
	body = cJSON_CreateObject();
	add_model(model, body);
	json_add_string(body, "prompt", t->prompt);
	json_add_int(body, "n", 1);
	if (t->size != NULL && *t->size != '\0')
		json_add_string(body, "size", t->size);
	if (b->image_format)
		json_add_string(body, "response_format", "b64_json");
	set_post(in, t->n_media > 0 ? "/images/edits" : "/images/generations",
	    b->answer_timeout > IMAGE_TIMEOUT ? b->answer_timeout
	    : IMAGE_TIMEOUT, a, rq);
	if (t->n_media > 0)
		set_parts(in, body, t->n_media > 1 ? "image[]" : "image",
		    t->n_media, a, rq);
	else
		set_json(in, body, 0, a, rq);
	cJSON_Delete(body);
	return ERR_OK;
}

enum err
openai_build_create(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);
	const struct task *t = in->task;
	const char *model = openai_model(in->token, t);

	if (t->kind == TASK_CHARACTER)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the provider openai makes no characters");
	if (t->remix_target != NULL)
		return build_remix(in, a, rq, e);
	if (model == NULL)
		return error_set(e, ERR_INVALID_VALUE, "model",
		    "the server has no such model");
	if (t->kind == TASK_IMAGE)
		return build_image(in, model, a, rq, e);
	if (t->n_media > 0 && b->reference_as == REFERENCE_NONE)
		return error_set(e, ERR_INVALID_VALUE, "input_reference",
		    "the server takes no references");
	build_video(in, model, a, rq);
	return ERR_OK;
}
