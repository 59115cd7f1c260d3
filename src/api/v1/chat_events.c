/* SPDX-License-Identifier: MIT */
/*
 * chat_events.c: the events of a chat completion's stream.
 *
 * Structured: reasoning_content is an object, the content JSON text. Markdown:
 * both are text that front ends show, the role is in the first chunk alone, and
 * the last one has the finish_reason and nothing else.
 */
#include "chat_events.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "character.h"
#include "json.h"
#include "model.h"
#include "prompt.h"
#include "step_character.h"
#include "xalloc.h"

#define DONE	"data: [DONE]\n\n"

/* ---- what there is to tell ---- */

static bool
is_submitted(const struct task *t)
{
	return t->step == STEP_POLL || t->step == STEP_RESOLVE;
}

static struct chat_state
submission_of(const struct task *t)
{
	if (t->remix_target != NULL)
		return (struct chat_state){ "remix", "processing", 0,
		    "Submitting the remix" };
	if (t->kind == TASK_VIDEO && t->prompt != NULL &&
	    prompt_is_storyboard(t->prompt) && model_get(t->model) != NULL)
		return (struct chat_state){ "storyboard", "processing", 0,
		    "Submitting the storyboard" };
	return (struct chat_state){ "generation", "processing", 0,
	    "Submitting the request" };
}

static struct chat_state
making_of(const struct task *t)
{
	struct chat_state s = { "character_creation", "processing", 0,
	    "Processing the video of the character" };

	if (t->step == STEP_PICTURE)
		s.message = "Storing the picture of the character";
	else if (t->step == STEP_NAME)
		s.message = "Looking for a free name";
	else if (t->step == STEP_FINALIZE || t->step == STEP_FINALIZING ||
	    t->step == STEP_FINALIZE_LOST)
		s.message = "Giving the character its name";
	else if (t->step == STEP_SHOW)
		s.message = "Publishing the character";
	return s;
}

struct chat_state
chat_state_of(const struct task *t)
{
	struct chat_state s = { "generation", "processing", 0, "Generating" };

	if (t->step == STEP_UPLOAD)
		s = (struct chat_state){ "upload", "processing", 0,
		    "Uploading the references" };
	else if (t->step == STEP_CLIP || t->step == STEP_CLIP_SENDING)
		s = (struct chat_state){ "upload", "processing", 0,
		    "Uploading the video of the character" };
	else if (step_makes_character(t->step))
		s = making_of(t);
	else if (t->step == STEP_DOWNLOAD)
		s = (struct chat_state){ "cache", "processing", 0,
		    "Storing the result" };
	else if (t->step == STEP_PUBLISH || t->step == STEP_PARSE ||
	    t->step == STEP_UNPUBLISH)
		s = (struct chat_state){ "watermark_free", "processing", 0,
		    "Getting the file without watermark" };
	else if (!is_submitted(t))
		s = submission_of(t);
	s.progress = t->progress < 0 ? 0 : t->progress > 99 ? 99
	    : (int)t->progress;
	return s;
}

/* ---- the result ---- */

static const char *
markdown_content(enum task_kind kind, const char *url, struct arena *a)
{
	if (kind == TASK_IMAGE)
		return arena_printf(a, "![image](%s)", url);
	return arena_printf(a, "[video](%s)\n\n```html\n"
	    "<video src='%s' controls></video>\n```\n", url, url);
}

const char *
chat_content(const struct chat_voice *v, enum task_kind kind, const char *url,
    struct arena *a)
{
	cJSON *json, *urls;
	const char *text;

	if (v->markdown)
		return markdown_content(kind, url, a);
	json = cJSON_CreateObject();
	json_add_string(json, "type", kind == TASK_IMAGE ? "image" : "video");
	json_add_string(json, "url", url);
	if (kind == TASK_IMAGE) {
		urls = xmade(cJSON_AddArrayToObject(json, "urls"));
		cJSON_AddItemToArray(urls, xmade(cJSON_CreateString(url)));
	}
	text = json_print(json, a);
	cJSON_Delete(json);
	return text;
}

const char *
chat_character(const struct chat_voice *v, const struct character *c,
    struct arena *a)
{
	cJSON *json;
	const char *text;

	if (v->markdown)
		return arena_printf(a, "Character created: **@%s** (%s)\n",
		    c->username, c->display_name);
	json = cJSON_CreateObject();
	json_add_string(json, "type", "character");
	json_add_string(json, "cameo_id", c->cameo_id);
	json_add_string(json, "character_id", c->character_id);
	json_add_string(json, "username", c->username);
	json_add_string(json, "display_name", c->display_name);
	text = json_print(json, a);
	cJSON_Delete(json);
	return text;
}

static cJSON *
add_choice(cJSON *json)
{
	cJSON *choices = xmade(cJSON_AddArrayToObject(json, "choices"));
	cJSON *choice = xmade(cJSON_CreateObject());

	cJSON_AddItemToArray(choices, choice);
	json_add_int(choice, "index", 0);
	return choice;
}

const char *
chat_answer(const struct chat_voice *v, const char *content, struct arena *a)
{
	cJSON *json = cJSON_CreateObject(), *choice, *message;
	const char *text;

	json_add_string(json, "id", v->id);
	json_add_string(json, "object", "chat.completion");
	json_add_int(json, "created", v->created);
	json_add_string(json, "model", v->model);
	choice = add_choice(json);
	message = cJSON_AddObjectToObject(choice, "message");
	json_add_string(message, "role", "assistant");
	json_add_string(message, "content", content);
	json_add_string(choice, "finish_reason", "stop");
	text = json_print(json, a);
	cJSON_Delete(json);
	return text;
}

/* ---- events ---- */

static void
put_event(cJSON *json, struct buf *out)
{
	char *text = xmade(cJSON_PrintUnformatted(json));

	buf_puts(out, "data: ");
	buf_puts(out, text);
	buf_puts(out, "\n\n");
	cJSON_free(text);
	cJSON_Delete(json);
}

static cJSON *
chunk(const struct chat_voice *v)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", v->id);
	json_add_string(json, "object", "chat.completion.chunk");
	json_add_int(json, "created", v->created);
	json_add_string(json, "model", v->markdown ? v->model : "sora");
	return json;
}

/* Takes `delta`. */
static void
put_delta(const struct chat_voice *v, cJSON *delta, const char *finish_reason,
    struct buf *out)
{
	cJSON *json = chunk(v), *choice = add_choice(json);

	cJSON_AddItemToObject(choice, "delta", delta);
	json_add_string(choice, "finish_reason", finish_reason);
	put_event(json, out);
}

static void
put_text(const struct chat_voice *v, const char *key, const char *text,
    struct buf *out)
{
	cJSON *delta = cJSON_CreateObject();

	json_add_string(delta, key, text);
	put_delta(v, delta, NULL, out);
}

static void
add_reasoning(cJSON *delta, const struct chat_state *s)
{
	cJSON *json = cJSON_AddObjectToObject(delta, "reasoning_content");

	json_add_string(json, "stage", s->stage);
	json_add_string(json, "status", s->status);
	json_add_int(json, "progress", s->progress);
	json_add_string(json, "message", s->message);
}

void
chat_put_first(const struct chat_voice *v, struct buf *out)
{
	static const struct chat_state begin = { "generation", "started", 0,
	    "Initializing generation request" };
	cJSON *delta = cJSON_CreateObject();
	struct buf line;

	json_add_string(delta, "role", "assistant");
	if (!v->markdown) {
		json_add_string(delta, "content", NULL);
		add_reasoning(delta, &begin);
		put_delta(v, delta, NULL, out);
		return;
	}
	json_add_string(delta, "content", "");
	put_delta(v, delta, NULL, out);
	buf_init(&line, 1024);
	buf_printf(&line, "Task %.200s\n", v->task_id);
	put_text(v, "reasoning_content", line.data, out);
	buf_clear(&line);
}

void
chat_put_progress(const struct chat_voice *v, const struct chat_state *s,
    struct buf *out)
{
	cJSON *delta;
	struct buf line;

	if (!v->markdown) {
		delta = cJSON_CreateObject();
		json_add_string(delta, "content", NULL);
		add_reasoning(delta, s);
		put_delta(v, delta, NULL, out);
		return;
	}
	buf_init(&line, 1024);
	buf_printf(&line, "%.600s, %d%%\n", s->message, s->progress);
	put_text(v, "reasoning_content", line.data, out);
	buf_clear(&line);
}

static void
put_usage(const struct chat_voice *v, struct buf *out)
{
	cJSON *json = chunk(v), *usage;

	cJSON_AddArrayToObject(json, "choices");
	usage = cJSON_AddObjectToObject(json, "usage");
	json_add_int(usage, "prompt_tokens", 0);
	json_add_int(usage, "completion_tokens", 0);
	json_add_int(usage, "total_tokens", 0);
	put_event(json, out);
}

void
chat_put_result(const struct chat_voice *v, const char *content,
    struct buf *out)
{
	cJSON *delta = cJSON_CreateObject();

	json_add_string(delta, "content", content);
	put_delta(v, delta, v->markdown ? NULL : "stop", out);
	if (v->markdown)
		put_delta(v, cJSON_CreateObject(), "stop", out);
	if (v->include_usage)
		put_usage(v, out);
	buf_puts(out, DONE);
}

static void
put_error(const struct error *e, struct buf *out)
{
	const struct err_row *row = error_row(e->code);
	cJSON *json = cJSON_CreateObject();
	cJSON *error = cJSON_AddObjectToObject(json, "error");

	json_add_string(error, "message", e->text);
	json_add_string(error, "type", row->type);
	json_add_string(error, "param", NULL);
	json_add_string(error, "code", row->code);
	put_event(json, out);
}

void
chat_put_failure(const struct chat_voice *v, int progress,
    const struct error *e, struct buf *out)
{
	const struct chat_state failed = { "error", "error", progress,
	    e->text };

	if (v->markdown) {	/* front ends that know no error event show this */
		put_text(v, "content", e->text, out);
		put_delta(v, cJSON_CreateObject(), "stop", out);
	} else {
		chat_put_progress(v, &failed, out);
	}
	put_error(e, out);
	buf_puts(out, DONE);
}
