/* SPDX-License-Identifier: MIT */
/* lists.c: the upstream's lists of running and of finished tasks. */
#include <string.h>

#include "arena.h"
#include "sora.h"

#define MOST_SIGHTINGS	1000		/* an account runs a handful; a page has 15 */
#define CURSOR_MAX	2048

/* Room for the sightings of a list. */
static void
begin_sightings(const struct sora_answer *ans, const cJSON *list,
    struct outcome *out)
{
	int n = cJSON_GetArraySize(list);

	if (n > MOST_SIGHTINGS)
		n = MOST_SIGHTINGS;
	out->n_sightings = 0;
	out->sightings = arena_array(ans->a, (size_t)n, sizeof(*out->sightings));
}

double
sora_progress(const cJSON *task)
{
	double n = sora_member_number(task, "progress_pct", 0, 100, -1);

	if (n > 0 && n <= 1)
		n *= 100;		/* a fraction; beyond 1 it is per cent */
	return n > 99 ? 99 : n;
}

static bool
has_failed(const cJSON *task)
{
	static const char *const ends[] = { "failed", "error", "cancelled",
	    "canceled" };
	const char *status = json_string(task, "status");

	for (size_t i = 0; status != NULL && i < NELEM(ends); i++)
		if (strcmp(status, ends[i]) == 0)
			return true;
	return false;
}

/* A task of the list of unfinished ones; false when it cannot be told which. */
static bool
read_task(const struct sora_answer *ans, const cJSON *task, struct sighting *s)
{
	const char *text, *prompt;

	*s = (struct sighting){ .state = SEEN_RUNNING };
	if ((s->upstream_id = sora_member_id(ans->a, task, "id")) == NULL)
		return false;
	if ((prompt = json_string(task, "prompt")) == NULL)
		prompt = json_string(json_get(task, "creation_config"), "prompt");
	s->prompt = arena_strdup(ans->a, prompt);
	s->created_at = sora_member_time(task, "created_at");
	s->progress = sora_progress(task);
	text = sora_member_text(ans, task, "failure_reason");
	if (text == NULL && !has_failed(task))
		return true;
	if (text == NULL)
		text = sora_member_text(ans, task, "error_message");
	sora_failed(ans, s, text);
	return true;
}

const cJSON *
sora_task_list(const cJSON *json)
{
	const cJSON *list = json;

	if (cJSON_IsObject(json) && !cJSON_IsArray(list = json_get(json, "items")))
		list = json_get(json, "data");
	return cJSON_IsArray(list) ? list : NULL;
}

bool
sora_read_pending(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *list = sora_task_list(ans->json), *task;

	if (list == NULL)
		return false;
	begin_sightings(ans, list, out);
	cJSON_ArrayForEach(task, list) {
		if (out->n_sightings == MOST_SIGHTINGS)
			break;
		if (read_task(ans, task, &out->sightings[out->n_sightings]))
			out->n_sightings++;
	}
	return true;
}

bool
sora_read_drafts(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *list = json_get(ans->json, "items"), *draft;
	const char *cursor = json_string(ans->json, "cursor");

	if (!cJSON_IsArray(list))
		return false;
	begin_sightings(ans, list, out);
	cJSON_ArrayForEach(draft, list) {
		if (out->n_sightings == MOST_SIGHTINGS)
			break;
		if (sora_draft(ans, draft, &out->sightings[out->n_sightings]))
			out->n_sightings++;
	}
	if (cursor != NULL && *cursor != '\0' && strlen(cursor) <= CURSOR_MAX)
		out->cursor = arena_strdup(ans->a, cursor);
	return true;
}

bool
sora_read_draft(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *draft = json_get(ans->json, "draft");

	if (!cJSON_IsObject(draft))
		draft = ans->json;
	out->sightings = arena_array(ans->a, 1, sizeof(*out->sightings));
	out->n_sightings = sora_draft(ans, draft, out->sightings) ? 1 : 0;
	return out->n_sightings == 1;
}
