/* SPDX-License-Identifier: MIT */
/* video.c: what a client may ask of the videos API. */
#include "video.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "capability.h"
#include "id.h"
#include "model.h"
#include "number.h"
#include "prompt.h"
#include "token.h"

#define MAX_PROMPT	32000		/* characters */
#define MAX_STRING	4096
#define MAX_METADATA	(16 * 1024)	/* bytes */
#define POST_ID_LEN	34		/* "s_" and 32 hex digits */
#define MAX_ID		64		/* bytes of a task's id */
#define ID_DIGITS	12		/* at its end */

static const char *const sora_seconds[] = { "10", "15", NULL };
static const char *const orientations[] = { "landscape", "portrait", NULL };
static const char *const sizes[] = { "720x1280", "1280x720", NULL };
static const char *const sizes_pro[] = {
	"720x1280", "1280x720", "1024x1792", "1792x1024", NULL
};
static const char *const styles[] = {
	"festive", "retro", "news", "selfie", "handheld", "anime", "comic",
	"golden", "vintage", NULL
};

#define AT(member)	offsetof(struct video_request, member)
#define PROMPT \
	{ "prompt", FIELD_STRING, true, 1, MAX_PROMPT, AT(prompt), NULL, false }
#define MODEL \
	{ "model", FIELD_STRING, false, 1, MAX_STRING, AT(model), NULL, false }
#define SECONDS \
	{ "seconds", FIELD_NUMERAL, false, 1, MAX_STRING, AT(seconds), NULL, false }
#define SIZE \
	{ "size", FIELD_STRING, false, 1, MAX_STRING, AT(size), NULL, false }
#define STYLE \
	{ "style_id", FIELD_STRING, false, 1, MAX_STRING, AT(style_id), styles, true }
#define ASYNC \
	{ "async_mode", FIELD_BOOLEAN, false, 0, 0, AT(async_mode), NULL, false }

const struct field video_fields[] = {
	PROMPT, MODEL, SECONDS, SIZE,
	{ "orientation", FIELD_STRING, false, 1, MAX_STRING, AT(orientation),
	    orientations, false },
	STYLE,
	{ "input_reference", FIELD_MEDIA, false, 0, 0, AT(input_reference),
	    NULL, false },
	{ "input_image", FIELD_MEDIA, false, 0, 0, AT(input_image), NULL,
	    false },
	{ "remix_target_id", FIELD_STRING, false, 1, MAX_STRING,
	    AT(remix_target_id), NULL, false },
	{ "metadata", FIELD_OBJECT, false, 0, MAX_METADATA, AT(metadata), NULL,
	    false },
	ASYNC,
};
const size_t n_video_fields = NELEM(video_fields);

const struct field remix_fields[] = {
	PROMPT, MODEL, SECONDS, SIZE, STYLE, ASYNC
};
const size_t n_remix_fields = NELEM(remix_fields);

/* Both tables begin with prompt and model, then seconds and size. */
#define UP_TO_MODEL	2
#define UP_TO_SIZE	4

static bool
is_one_of(const char *value, const char *const *list)
{
	while (*list != NULL && strcmp(value, *list) != 0)
		list++;
	return *list != NULL;
}

/*
 * What a server lists is passed on as it is; else other names of sora's models
 * become the usual one.
 */
static enum err
check_model(struct video_request *r, const struct pool *pool, struct error *e)
{
	const char *usual = model_videos_name(r->model);

	r->sora = usual != NULL && pool_has_sora(pool);
	if (usual != NULL && !pool_lists(pool, r->model))
		r->model = usual;
	r->server = pool_has_model(pool, TASK_VIDEO, r->model);
	return r->sora || r->server ? ERR_OK : pool_unknown_model(pool,
	    TASK_VIDEO, r->model, "sora-2 and sora-2-pro", e);
}

/* In the form in which they are shown. */
static bool
is_whole_seconds(const char *s)
{
	int64_t value;

	return *s != '0' && number_read(s, 1, CAPABILITY_MAX_SECONDS, &value);
}

static enum err
check_seconds(struct video_request *r, struct error *e)
{
	r->sora = r->sora && is_one_of(r->seconds, sora_seconds);
	r->server = r->server && is_whole_seconds(r->seconds);
	if (r->sora || r->server)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, "seconds", r->by_server
	    ? "'seconds' must be a whole number from 1 to 60"
	    : "'seconds' must be one of 10, 15");
}

static bool
is_width_x_height(const char *s)
{
	enum orientation ignored;

	return strchr(s, 'x') != NULL && model_size_orientation(s, &ignored);
}

/* The larger sizes go with the larger model of sora. */
static enum err
check_size(struct video_request *r, struct error *e)
{
	const char *usual = model_videos_name(r->model);
	bool pro = usual != NULL && strcmp(usual, "sora-2-pro") == 0;

	if (r->size == NULL)
		return ERR_OK;
	r->sora = r->sora && is_one_of(r->size, pro ? sizes_pro : sizes);
	r->server = r->server && is_width_x_height(r->size);
	if (r->sora || r->server)
		return ERR_OK;
	if (r->by_server)
		return error_set(e, ERR_INVALID_VALUE, "size",
		    "'size' must be WxH, such as 1280x720");
	return error_set(e, ERR_INVALID_VALUE, "size", pro
	    ? "'size' must be one of 720x1280, 1280x720, 1024x1792, 1792x1024"
	    : "'size' must be 720x1280 or 1280x720 with %s", r->model);
}

/* The first field that is wrong is told, in the order of the table. */
static enum err
read_in_order(const struct field *fields, size_t n, const cJSON *body,
    bool text, const struct pool *pool, struct arena *a,
    struct video_request *out, struct error *e)
{
	enum err rc;

	if ((rc = fields_read(fields, UP_TO_MODEL, body, text, a, out, e))
	    != ERR_OK || (rc = check_model(out, pool, e)) != ERR_OK)
		return rc;
	out->by_server = out->server;
	if ((rc = fields_read(fields + UP_TO_MODEL, 1, body, text, a, out, e))
	    != ERR_OK || (rc = check_seconds(out, e)) != ERR_OK ||
	    (rc = fields_read(fields + UP_TO_MODEL + 1, 1, body, text, a, out,
	    e)) != ERR_OK || (rc = check_size(out, e)) != ERR_OK)
		return rc;
	if ((rc = fields_read(fields + UP_TO_SIZE, n - UP_TO_SIZE, body, text,
	    a, out, e)) != ERR_OK)
		return rc;
	if (out->size == NULL)
		out->size = out->orientation != NULL &&
		    strcmp(out->orientation, "portrait") == 0 ? "720x1280"
		    : "1280x720";
	return ERR_OK;
}

static struct video_request
defaults(const struct pool *pool, struct arena *a)
{
	return (struct video_request){
		.model = arena_strdup(a, pool_default_model(pool,
		    TASK_VIDEO)),
		.seconds = "15", .async_mode = true,
	};
}

enum err
video_parse(const cJSON *body, bool text, const struct pool *pool,
    struct arena *a, struct video_request *out, struct error *e)
{
	*out = defaults(pool, a);
	return read_in_order(video_fields, n_video_fields, body, text, pool, a,
	    out, e);
}

/* Chat has names for models that the videos API does not know. */
static bool
is_videos_model(const struct pool *pool, const char *name)
{
	return model_videos_name(name) != NULL ||
	    pool_has_model(pool, TASK_VIDEO, name);
}

enum err
remix_parse(const cJSON *body, bool text, const struct task *source,
    const struct pool *pool, struct arena *a, struct video_request *out,
    struct error *e)
{
	*out = defaults(pool, a);
	if (source != NULL && is_videos_model(pool, source->public_model))
		out->model = source->public_model;
	if (source != NULL)
		out->size = source->size;
	return read_in_order(remix_fields, n_remix_fields, body, text, pool, a,
	    out, e);
}

bool
video_is_post_id(const char *id)
{
	return strlen(id) == POST_ID_LEN && strncmp(id, "s_", 2) == 0 &&
	    strspn(id + 2, "0123456789abcdef") == POST_ID_LEN - 2;
}

enum err
video_strip_posts(struct video_request *r, struct arena *a, struct error *e)
{
	if (!r->sora)
		return ERR_OK;
	r->prompt = prompt_remove_posts(r->prompt, a);
	if (*r->prompt == '\0')
		return error_set(e, ERR_INVALID_VALUE, "prompt",
		    "'prompt' must say what to change, not only name the video");
	return ERR_OK;
}

/* Checks that each shot of a storyboard has a text. */
static enum err
check_storyboard(const struct video_request *r, struct arena *a,
    struct error *e)
{
	struct storyboard shots;

	return prompt_is_storyboard(r->prompt)
	    ? prompt_storyboard(r->prompt, a, &shots, e) : ERR_OK;
}

enum err
video_remix_target(struct video_request *r, bool has_upload, struct arena *a,
    const char **target, struct error *e)
{
	const char *post;

	*target = r->remix_target_id;
	if (*target == NULL && !r->sora)
		return ERR_OK;		/* for servers a prompt is plain text */
	post = prompt_find_post(*target != NULL ? *target : r->prompt, a);
	if (post != NULL)
		*target = post;
	if (*target == NULL)
		return check_storyboard(r, a, e);
	if (has_upload || r->input_reference != NULL ||
	    r->input_image != NULL)
		return error_set(e, ERR_INVALID_VALUE, "remix_target_id",
		    "A remix takes no reference image");
	return video_strip_posts(r, a, e);
}

/*
 * The id to remix: of the post, or the upstream's id, which only the token that made it
 * knows.
 */
static const char *
remix_id(const struct task *source, const struct token_terms *maker,
    struct arena *a)
{
	const char *post;

	if (maker != NULL)
		return maker->remix ? source->upstream_id : NULL;
	post = source->permalink == NULL ? NULL
	    : prompt_find_post(source->permalink, a);
	return post != NULL ? post : source->generation_id;
}

enum err
video_remix_source(const struct task *source, const struct token_terms *maker,
    struct arena *a, struct task *out, struct error *e)
{

	if (source->status == TASK_FAILED)
		return error_set(e, ERR_TASK_FAILED, "remix_target_id",
		    "Video generation failed: %.200s",
		    source->error_message == NULL ? ""
		    : source->error_message);
	if (source->status != TASK_COMPLETED)
		return error_set(e, ERR_TASK_NOT_COMPLETED, "remix_target_id",
		    "Task not completed. Current status: %s",
		    task_status_shown(source->status));
	out->remix_target = remix_id(source, maker, a);
	if (out->remix_target == NULL)
		return error_set(e, ERR_INVALID_VALUE, "remix_target_id",
		    maker != NULL && !maker->remix
		    ? "This video cannot be remixed: the server that made it "
		    "cannot do that" : "This video cannot be remixed: the "
		    "upstream gave it no id");
	out->bound_token = maker == NULL &&
	    video_is_post_id(out->remix_target) ? 0 : source->token_id;
	return ERR_OK;
}

void
video_task(const struct video_request *r, struct arena *a, struct task *out)
{
	enum orientation orientation = LANDSCAPE;

	model_size_orientation(r->size, &orientation);
	*out = (struct task){
		.kind = TASK_VIDEO,
		.operation = "video_generation",
		.public_model = r->model,
		.prompt = r->prompt,
		.size = r->size,
		.seconds = (int)number_or(r->seconds, 1, CAPABILITY_MAX_SECONDS, 0),
		.style_id = r->style_id,
		.metadata = r->metadata,
		.remixed_from = r->remix_target_id,
		.is_async = r->async_mode,
	};
	out->model = r->sora ? model_video(orientation, out->seconds)->id
	    : r->model;
	out->task_id = video_new_id(r->model, a);
}

const char *
video_new_id(const char *model, struct arena *a)
{
	char name[MAX_ID - ID_DIGITS + 1];
	size_t n = 0;

	for (; *model != '\0' && n < sizeof(name) - 2; model++) {
		bool plain = *model == '_' || isalnum((unsigned char)*model);

		if (plain || *model == '-')
			name[n++] = *model;
		else if (n > 0 && name[n - 1] != '-')
			name[n++] = '-';
		if (n == 1 && *name == '-')
			n = 0;
	}
	while (n > 0 && name[n - 1] == '-')
		n--;
	snprintf(name + n, sizeof(name) - n, "-");
	return id_new(a, n > 0 ? name : "video-", ID_DIGITS);
}

/* Whether there is an image; the clip of a character is none. */
static bool
has_image(const struct task *t)
{
	for (size_t i = 0; i < t->n_media; i++)
		if (t->media[i].mime == NULL ||
		    strncmp(t->media[i].mime, "video/", 6) != 0)
			return true;
	return false;
}

const char *
video_log_body(const struct task *t, struct arena *a)
{
	cJSON *body = cJSON_CreateObject();
	const char *text;

	json_add_string(body, "model", t->public_model);
	json_add_string(body, "prompt", t->prompt);
	json_add_bool(body, "has_image", has_image(t));
	if (t->size != NULL)
		json_add_string(body, "size", t->size);
	if (t->seconds > 0)
		json_add_string(body, "seconds",
		    arena_printf(a, "%d", t->seconds));
	if (t->style_id != NULL)
		json_add_string(body, "style_id", t->style_id);
	text = json_print(body, a);
	cJSON_Delete(body);
	return text;
}
