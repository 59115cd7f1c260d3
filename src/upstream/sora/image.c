/* SPDX-License-Identifier: MIT */
/* image.c: images: how one is asked for, and what the list of recent ones says. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "model.h"
#include "sora.h"
#include "upstream/client/link.h"

#define RECENT_LIMIT	20
#define MOST_TASKS	1000		/* a page has 20 */
#define MOST_URLS	16

/* ---- requests ---- */

static void
add_inputs(cJSON *body, const struct task *t)
{
	cJSON *items = cJSON_AddArrayToObject(body, "inpaint_items");

	for (size_t i = 0; i < t->n_media; i++) {
		cJSON *item = cJSON_CreateObject();

		json_add_string(item, "type", "image");
		json_add_int(item, "frame_index", 0);
		json_add_string(item, "upload_media_id",
		    t->media[i].upstream_id);
		json_append_item(items, item);
	}
}

enum err
sora_build_image(const struct call_input *in, const struct model *m,
    struct arena *a, struct call_request *rq)
{
	const struct task *t = in->task;
	cJSON *body = cJSON_CreateObject();

	json_add_string(body, "type", "image_gen");
	json_add_string(body, "operation",
	    t->n_media > 0 ? "remix" : "simple_compose");
	json_add_string(body, "prompt", t->prompt != NULL ? t->prompt : "");
	json_add_int(body, "width", m->box_width);
	json_add_int(body, "height", m->box_height);
	json_add_int(body, "n_variants", 1);
	json_add_int(body, "n_frames", 1);
	add_inputs(body, t);
	sora_set_post(in, a, rq, "/video_gen", body);
	rq->timeout = in->conf->sora_create_timeout;
	return ERR_OK;
}

enum err
sora_build_recent(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	const char *before = in->cursor;

	sora_set_get(in, a, rq, arena_printf(a, "/v2/recent_tasks?limit=%d%s%s",
	    RECENT_LIMIT, before != NULL ? "&before=" : "",
	    before != NULL ? link_escape(before, a) : ""));
	return ERR_OK;
}

/* ---- answers ---- */

static bool
is_one_of(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; s != NULL && i < n; i++)
		if (strcmp(s, words[i]) == 0)
			return true;
	return false;
}

static bool
has_failed(const char *status)
{
	static const char *const ends[] = { "failed", "error", "cancelled",
	    "canceled" };

	return is_one_of(status, ends, NELEM(ends));
}

static bool
has_succeeded(const char *status)
{
	static const char *const ends[] = { "succeeded", "completed" };

	return is_one_of(status, ends, NELEM(ends));
}

/* The moderation of a task or of a generation let it not pass. */
static bool
is_moderated(const cJSON *object)
{
	const char *type = json_string(json_get(object, "moderation_result"),
	    "type");

	return type != NULL && strcmp(type, "passed") != 0;
}

/* Some addresses come with the bracket of a text that they were cut from. */
static const char *
generation_url(struct arena *a, const cJSON *generation)
{
	const char *url = sora_member_url(a, generation, "url");
	size_t len;

	if (url == NULL)
		return NULL;
	for (len = strlen(url); len > 0 && url[len - 1] == ')'; )
		len--;
	return arena_strndup(a, url, len);
}

/* What was made, and whether any of it was withheld. */
static void
read_generations(const struct sora_answer *ans, const cJSON *task,
    struct sighting *s, bool *withheld)
{
	const cJSON *generation;
	const char *url;

	s->urls = arena_array(ans->a, MOST_URLS, sizeof(*s->urls));
	cJSON_ArrayForEach(generation, json_get(task, "generations")) {
		url = generation_url(ans->a, generation);
		*withheld |= url == NULL && is_moderated(generation);
		if (url == NULL || s->n_urls == MOST_URLS)
			continue;
		if (s->n_urls == 0)
			s->generation_id = sora_member_id(ans->a, generation,
			    "id");
		s->urls[s->n_urls++] = url;
	}
}

static void
refused(const struct sora_answer *ans, const cJSON *task, struct sighting *s)
{
	sora_refused(ans, s, sora_member_text(ans, task, "failure_reason"));
}

static void
failed(const struct sora_answer *ans, const cJSON *task, struct sighting *s)
{
	const char *text = sora_member_text(ans, task, "failure_reason");

	if (text == NULL)
		text = sora_member_text(ans, task, "error_message");
	sora_failed(ans, s, text);
}

/* A task that has ended. */
static void
judge(const struct sora_answer *ans, const cJSON *task, const char *status,
    struct sighting *s)
{
	bool withheld = json_number(task, "num_unsafe_generations", 0) > 0;

	if (!has_failed(status))
		read_generations(ans, task, s, &withheld);
	if (is_moderated(task) || (withheld && s->n_urls == 0)) {
		refused(ans, task, s);
	} else if (has_failed(status)) {
		failed(ans, task, s);
	} else if (s->n_urls == 0) {
		s->state = SEEN_NOT_READY;
	} else {
		s->state = SEEN_DONE;
		s->progress = 100;
		s->url = s->urls[0];
	}
	if (s->state != SEEN_DONE)
		s->n_urls = 0;
}

/* A task of the list; false when it cannot be told which. */
static bool
read_task(const struct sora_answer *ans, const cJSON *task, struct sighting *s)
{
	const char *status = json_string(task, "status");

	*s = (struct sighting){ .state = SEEN_RUNNING };
	if ((s->upstream_id = sora_member_id(ans->a, task, "id")) == NULL)
		return false;
	s->prompt = arena_strdup(ans->a, json_string(task, "prompt"));
	s->created_at = sora_member_time(task, "created_at");
	s->progress = sora_progress(task);
	if (has_failed(status) || has_succeeded(status))
		judge(ans, task, status, s);
	return true;
}

bool
sora_read_recent(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *list = json_get(ans->json, "task_responses"), *task;
	size_t n = (size_t)cJSON_GetArraySize(list);

	if (!cJSON_IsArray(list))
		return false;
	out->sightings = arena_array(ans->a, n < MOST_TASKS ? n : MOST_TASKS,
	    sizeof(*out->sightings));
	cJSON_ArrayForEach(task, list) {
		if (out->n_sightings == MOST_TASKS)
			break;
		if (read_task(ans, task, &out->sightings[out->n_sightings]))
			out->n_sightings++;
	}
	if (!json_bool(ans->json, "has_more"))
		return true;
	out->cursor = sora_member_id(ans->a, ans->json, "last_id");
	if (out->cursor == NULL && out->n_sightings > 0)
		out->cursor = out->sightings[out->n_sightings - 1].upstream_id;
	return true;
}
