/* SPDX-License-Identifier: MIT */
/* video_json.c: how a task looks to clients of the videos API. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "arena.h"
#include "conf.h"
#include "json_check.h"
#include "xalloc.h"

/* Whole percents; 100 only when completed. */
static int
shown_progress(const struct task *t)
{
	int percent = (int)t->progress;

	if (t->status == TASK_COMPLETED)
		return 100;
	return percent < 0 ? 0 : percent > 99 ? 99 : percent;
}

/* The client's members, without those that the upstream gave, too. */
static void
put_members(struct buf *out, const char *object, bool told)
{
	const char *at = object, *end = object + strlen(object);
	struct json_member m;

	while (json_next_member(&at, end, &m)) {
		if (told && (json_member_is(&m, "generation_id") ||
		    json_member_is(&m, "permalink")))
			continue;
		if (out->len > 1)
			buf_puts(out, ",");
		buf_append(out, m.name, m.name_len);
		buf_puts(out, ":");
		buf_append(out, m.value, m.value_len);
	}
}

/* The client's metadata, overwritten by what the upstream gave. */
static void
add_metadata(cJSON *v, const struct task *t)
{
	bool told = t->generation_id != NULL || t->permalink != NULL;
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	buf_puts(&text, "{");
	if (t->metadata != NULL)
		put_members(&text, t->metadata, told);
	if (t->generation_id != NULL)
		json_put_string(&text, "generation_id", t->generation_id);
	if (t->permalink != NULL)
		json_put_string(&text, "permalink", t->permalink);
	if (text.len > 1) {
		buf_puts(&text, "}");
		cJSON_AddItemToObject(v, "metadata",
		    xmade(cJSON_CreateRaw(text.data)));
	}
	buf_clear(&text);
}

static void
add_error(cJSON *v, const struct task *t)
{
	cJSON *error = cJSON_AddObjectToObject(v, "error");
	const char *code = t->error_code;

	/* of a clip, which videos do not know */
	if (code == NULL || strcmp(code, "invalid_video") == 0)
		code = "generation_failed";

	json_add_string(error, "message", t->error_message == NULL ? ""
	    : t->error_message);
	json_add_string(error, "code", code);
}

cJSON *
video_json(const struct task *t, const struct settings *settings)
{
	cJSON *v = cJSON_CreateObject();
	char seconds[16];

	snprintf(seconds, sizeof(seconds), "%d", t->seconds);
	json_add_string(v, "id", t->task_id);
	json_add_string(v, "object", "video");
	json_add_string(v, "model", t->public_model);
	json_add_string(v, "status", task_status_shown(t->status));
	json_add_int(v, "progress", shown_progress(t));
	json_add_int(v, "created_at", t->created_at);
	if (t->status == TASK_COMPLETED)
		json_add_int(v, "completed_at", t->completed_at);
	if (t->status == TASK_COMPLETED && t->result_file != NULL)
		json_add_int(v, "expires_at", t->completed_at +
		    settings->cache_timeout);
	json_add_string(v, "seconds", seconds);
	json_add_string(v, "size", t->size);
	if (t->remixed_from != NULL)
		json_add_string(v, "remixed_from_video_id", t->remixed_from);
	if (t->status == TASK_FAILED || t->status == TASK_CANCELLED)
		add_error(v, t);
	add_metadata(v, t);
	return v;
}

const char *
video_json_accepted(const struct task *t, struct arena *a)
{
	/* no file yet, so no setting is needed for its URL */
	static const struct settings none;
	cJSON *v = video_json(t, &none);
	const char *text = json_print(v, a);

	cJSON_Delete(v);
	return text;
}

const char *
video_url(const struct task *t, const struct conf *conf,
    const struct settings *settings, struct arena *a)
{
	const char *base = *settings->cache_base_url != '\0'
	    ? settings->cache_base_url : t->base_url;

	if (t->result_file != NULL && access(arena_printf(a, "%s/%s",
	    conf->cache_dir, t->result_file), R_OK) == 0)
		return arena_printf(a, "%s/tmp/%s", base, t->result_file);
	return t->source_url;
}

void
video_poll_header(struct resp *rs, const struct conf *conf)
{
	double ms = conf->sora_poll_interval * 2500;

	ms = ms < 2000 ? 2000 : ms > 10000 ? 10000 : ms;
	resp_header(rs, "openai-poll-after-ms",
	    arena_printf(rs->arena, "%.0f", ms));
}
