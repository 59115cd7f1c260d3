/* SPDX-License-Identifier: MIT */
/* chat_request.c: what a client may ask by a chat completion. */
#include "chat_request.h"

#include <string.h>

#include "arena.h"
#include "attr.h"
#include "capability.h"
#include "chat_message.h"
#include "prompt.h"
#include "request_impl.h"
#include "video.h"

#define MAX_MESSAGES	1000

/* ---- fields ---- */

/* A model that only servers have: length and size are the server's to decide. */
static const struct model *
server_model(const struct chat_request *r, struct arena *a)
{
	bool image = pool_draws(r->model) &&
	    pool_has_model(r->pool, TASK_IMAGE, r->model);
	struct model *m;

	if (!image && !pool_has_model(r->pool, TASK_VIDEO, r->model))
		return NULL;
	m = arena_alloc(a, sizeof(*m));
	*m = (struct model){ .id = r->model, .video = !image };
	return m;
}

/* A name of the catalogue sets length and size, also for a server that lists it. */
static const struct model *
find_model(const struct chat_request *r, struct arena *a)
{
	const struct model *m = model_find(r->model, USE_CHAT);

	if (m != NULL && (pool_has_sora(r->pool) || pool_has_model(r->pool,
	    m->video ? TASK_VIDEO : TASK_IMAGE, r->model)))
		return m;
	return m == NULL ? server_model(r, a) : NULL;
}

static enum err
check_model(void *request, const struct request_body *b UNUSED,
    struct arena *a, struct error *e)
{
	struct chat_request *r = request;

	r->means = find_model(r, a);
	return r->means != NULL ? ERR_OK : error_set(e, ERR_MODEL_NOT_FOUND,
	    "model", "Unknown model: %.64s; GET /v1/models lists what there is",
	    r->model);
}

/* Those of the message; they come behind the image field's, which is put in front later. */
static enum err
read_messages(void *request, const struct request_body *b UNUSED,
    struct arena *a, struct error *e)
{
	struct chat_request *r = request;
	struct chat_message m;
	enum err rc;

	if ((rc = chat_message_read(r->messages, a, &m, e)) != ERR_OK)
		return rc;
	r->prompt = m.prompt;
	memcpy(r->images, m.images, sizeof(r->images));
	r->n_images = m.n_images;
	r->video = m.video;
	r->has_video = m.n_videos > 0;
	return m.n_videos <= 1 ? ERR_OK : error_set(e, ERR_INVALID_VALUE,
	    "messages", "a request takes one video, not %zu", m.n_videos);
}

static enum err
add_image(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct chat_request *r = request;
	size_t most = r->means->video ? 1 : MEDIA_REFS_MAX;

	if (r->n_images + (r->image != NULL ? 1 : 0) > most)
		return error_set(e, ERR_INVALID_VALUE, "messages",
		    "%s takes at most %zu image%s", r->model, most,
		    most > 1 ? "s" : "");
	if (r->image == NULL)
		return ERR_OK;
	memmove(r->images + 1, r->images, r->n_images * sizeof(*r->images));
	r->images[0] = (struct media_ref){ .field = "image",
	    .node = r->image };
	r->n_images++;
	return ERR_OK;
}

static enum err
add_video(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct chat_request *r = request;

	if (r->clip != NULL && r->has_video)
		return error_set(e, ERR_INVALID_VALUE, "messages",
		    "a request takes one video, not 2");
	if (r->clip != NULL) {
		r->video = (struct media_ref){ .field = "video",
		    .node = r->clip };
		r->has_video = true;
	}
	return r->means->video || !r->has_video ? ERR_OK : error_set(e,
	    ERR_INVALID_VALUE, r->video.field,
	    "%s takes no video", r->model);
}

static enum err
check_remix(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	const struct chat_request *r = request;

	return r->means->video || r->remix_target_id == NULL ? ERR_OK
	    : error_set(e, ERR_INVALID_VALUE, "remix_target_id",
	    "%s cannot remix", r->model);
}

/* The videos API has the same field; images have no style. */
static enum err
check_style(void *request, const struct request_body *b, struct arena *a,
    struct error *e)
{
	struct chat_request *r = request;
	struct video_request v = { 0 };
	enum err rc = ERR_OK;

	for (size_t i = 0; r->means->video && i < n_video_fields; i++)
		if (strcmp(video_fields[i].name, "style_id") == 0)
			rc = fields_read(&video_fields[i], 1, b->fields, false,
			    a, &v, e);
	r->style_id = v.style_id;
	return rc;
}

static enum err
read_options(void *request, const struct request_body *b UNUSED,
    struct arena *a, struct error *e)
{
	struct chat_request *r = request;

	return !r->has_video ? ERR_OK : character_options_parse(
	    r->character_options, "character_options", a, &r->character, e);
}

static enum err
read_stream_options(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct chat_request *r = request;
	const cJSON *usage = json_get(r->stream_options, "include_usage");

	if (usage != NULL && !cJSON_IsBool(usage))
		return error_set(e, ERR_INVALID_TYPE, "stream_options",
		    "Invalid type for 'include_usage': expected boolean");
	r->include_usage = cJSON_IsTrue(usage);
	return ERR_OK;
}

#define AT(member)	offsetof(struct chat_request, member)
#define FIELD(name, type, required, min, max, member) \
	{ name, type, required, min, max, AT(member), NULL, false }

static const struct request_step steps[] = {
	{ FIELD("model", FIELD_STRING, true, 1, MAX_STRING, model),
	    check_model },
	{ FIELD("messages", FIELD_LIST, true, 1, MAX_MESSAGES, messages),
	    read_messages },
	{ FIELD("stream", FIELD_BOOLEAN, false, 0, 0, stream), NULL },
	{ FIELD("image", FIELD_MEDIA, false, 0, 0, image), add_image },
	{ FIELD("video", FIELD_MEDIA, false, 0, 0, clip), add_video },
	{ FIELD("remix_target_id", FIELD_STRING, false, 1, MAX_STRING,
	    remix_target_id), check_remix },
	{ FIELD("style_id", FIELD_STRING, false, 0, MAX_STRING, style_id),
	    check_style },
	{ FIELD("character_options", FIELD_NODE, false, 0, 0,
	    character_options), read_options },
	{ FIELD("stream_options", FIELD_NODE, false, 0, 0, stream_options),
	    read_stream_options },
};

/* ---- what is to be done ---- */

/* Finds what is remixed and takes its links out of the prompt. */
static enum err
find_remix(struct chat_request *r, struct arena *a, struct error *e)
{
	struct video_request v = { .prompt = r->prompt,
	    .remix_target_id = r->remix_target_id,
	    .sora = pool_has_sora(r->pool) &&
		model_find(r->model, USE_CHAT) != NULL };
	enum err rc = video_remix_target(&v, r->n_images > 0 || r->has_video, a,
	    &r->remix_target, e);

	if (rc != ERR_OK && e->param != NULL &&
	    strcmp(e->param, "prompt") == 0)
		e->param = "messages";
	r->prompt = v.prompt;
	return rc;
}

static enum chat_work
video_work(const struct chat_request *r)
{
	if (r->remix_target != NULL)
		return CHAT_REMIX;
	if (r->has_video)
		return *r->prompt == '\0' ? CHAT_CHARACTER
		    : CHAT_CHARACTER_VIDEO;
	return prompt_is_storyboard(r->prompt) ? CHAT_STORYBOARD : CHAT_VIDEO;
}

static enum err
decide(struct chat_request *r, struct arena *a, struct error *e)
{
	bool blank = *r->prompt == '\0';
	enum err rc;

	if (blank && (!r->has_video || r->remix_target_id != NULL))
		return error_set(e, ERR_MISSING, "messages",
		    "Missing required field: messages; the last message of the "
		    "user has no text");
	if (!r->means->video) {
		r->work = CHAT_IMAGE;
		return ERR_OK;
	}
	if (!blank && (rc = find_remix(r, a, e)) != ERR_OK)
		return rc;
	r->work = video_work(r);
	return ERR_OK;
}

enum err
chat_parse(const cJSON *body, const struct pool *pool, struct arena *a,
    struct chat_request *out, struct error *e)
{
	const struct request_body b = { .fields = body };
	enum err rc;

	*out = (struct chat_request){ .prompt = "", .pool = pool };
	if ((rc = request_read(steps, NELEM(steps), &b, a, out, e)) != ERR_OK)
		return rc;
	return decide(out, a, e);
}

/* ---- tasks ---- */

static const char *
operation(enum chat_work work)
{
	switch (work) {
	case CHAT_IMAGE:
		return "image_generation";
	case CHAT_REMIX:
		return "video_remix";
	case CHAT_CHARACTER:
		return "character_creation";
	case CHAT_CHARACTER_VIDEO:
	case CHAT_STORYBOARD:
	case CHAT_VIDEO:
		break;
	}
	return "video_generation";
}

void
chat_task(const struct chat_request *r, struct arena *a, struct task *out)
{
	*out = (struct task){
		.kind = r->work == CHAT_IMAGE ? TASK_IMAGE :
		    r->work == CHAT_CHARACTER ? TASK_CHARACTER : TASK_VIDEO,
		.operation = operation(r->work),
		.model = r->means->id,
		.public_model = r->model,
		.prompt = r->prompt,
		.size = r->means->size,
		.seconds = r->means->seconds,
		.style_id = r->style_id,
		.remixed_from = r->remix_target_id,
		.character_options = r->has_video ?
		    character_options_print(&r->character, a) : NULL,
		.task_id = video_new_id(r->model, a),
	};
	if (r->work == CHAT_CHARACTER) {
		out->size = NULL;
		out->seconds = 0;
		out->style_id = NULL;
	}
}

const char *
chat_prompt_with(const char *username, const char *prompt, struct arena *a)
{
	return arena_printf(a, "@%s %s", username, prompt);
}
