/* SPDX-License-Identifier: MIT */
/* object.c: the object of a video, with the words and places of its dialect. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "json.h"
#include "openai.h"
#include "place.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/media.h"

#define LIFE	3600		/* seconds for which a finished video stays */

static bool
ends_badly(enum ending ending)
{
	return ending == END_VIOLATION || ending == END_UNSAFE ||
	    ending == END_ERROR || ending == END_FAILED ||
	    ending == END_FAILED_ONLY;
}

/* A client never sees a gap: what is not in the lists yet is still running. */
enum stand
openai_stand(const struct job *job, const struct moment *m)
{
	if (job->gone)
		return STAND_GONE;
	switch (m->phase) {
	case PHASE_PREPROCESSING:
	case PHASE_QUEUED:
		return STAND_QUEUED;
	case PHASE_RUNNING:
	case PHASE_PROCESSING:
	case PHASE_GAP:
		return STAND_RUNNING;
	case PHASE_FAILED:
		return STAND_FAILED;
	case PHASE_DRAFT:
	case PHASE_GONE:
		break;
	}
	if (job->timeline.ending == END_VANISH)
		return STAND_GONE;
	return ends_badly(job->timeline.ending) ? STAND_FAILED
	    : STAND_COMPLETED;
}

enum err
openai_find(struct visit *v, const struct req *rq, struct job **out,
    struct error *e)
{
	struct job *job = index_find(v->sb, INDEX_JOB, rq->param[0]);
	struct moment m;

	if (job == NULL || job->image)
		return refuse(e, v->sb->dialect->no_video);
	m = job_moment(job, timeline_now());
	if (openai_stand(job, &m) == STAND_GONE)
		return refuse(e, v->sb->dialect->no_video);
	*out = job;
	return ERR_OK;
}

/* ---- progress ---- */

static double
percent(enum stand stand, const struct moment *m)
{
	if (stand == STAND_COMPLETED)
		return 100;
	if (stand == STAND_QUEUED || m->progress < 0)
		return 0;
	return fmin(round(m->progress * 100), 99);
}

static void
add_number_text(cJSON *json, const char *fmt_end, double n)
{
	char text[24];

	snprintf(text, sizeof(text), "%.0f%s", n, fmt_end);
	json_add_string(json, "progress", text);
}

static void
add_progress(cJSON *json, enum progress_form form, enum stand stand,
    const struct moment *m)
{
	double n = percent(stand, m);
	bool runs = stand == STAND_RUNNING;

	switch (form) {
	case PROGRESS_INT:
		cJSON_AddNumberToObject(json, "progress", n);
		break;
	case PROGRESS_FLOAT:
		cJSON_AddNumberToObject(json, "progress", runs ? n + 0.5 : n);
		break;
	case PROGRESS_RATIO:
		cJSON_AddNumberToObject(json, "progress", n / 100);
		break;
	case PROGRESS_TEXT:
		add_number_text(json, "", n);
		break;
	case PROGRESS_PERCENT:
		add_number_text(json, "%", n);
		break;
	case PROGRESS_NULL:
		cJSON_AddNullToObject(json, "progress");
		break;
	case PROGRESS_MISSING:
		break;
	case PROGRESS_FALLING:
		cJSON_AddNumberToObject(json, "progress", runs ? 100 - n : n);
		break;
	case PROGRESS_TOO_MUCH:
		cJSON_AddNumberToObject(json, "progress", 150);
		break;
	case PROGRESS_AT_END:
		cJSON_AddNumberToObject(json, "progress", n < 100 ? 0 : 100);
		break;
	}
}

/* ---- the object ---- */

static const char *
word_of(const struct manners *m, enum stand stand)
{
	switch (stand) {
	case STAND_QUEUED:
		return m->word_queued;
	case STAND_RUNNING:
		return m->word_running;
	case STAND_COMPLETED:
		return m->word_completed;
	case STAND_FAILED:
	case STAND_GONE:
		break;
	}
	return m->word_failed;
}

static void
add_status(cJSON *json, const char *word)
{
	if (strcmp(word, "false") != 0)
		cJSON_AddRawToObject(json, "status", word);
}

static void
add_extras(cJSON *json, const struct sandbox *sb, const struct job *job,
    bool completed, struct arena *a)
{
	unsigned extras = sb->dialect->extras;
	const char *name = arena_printf(a, "%s.mp4", job->uuid);

	if (extras & EXTRA_PROMPT)
		json_add_string(json, "prompt", job->prompt);
	if (extras & EXTRA_EXPIRES && completed)
		json_add_int(json, "expires_at",
		    job_visible_ms(job) / 1000 + LIFE);
	if (extras & EXTRA_FILE_NAME)
		json_add_string(json, "file_name", completed ? name : NULL);
	if (extras & EXTRA_FILE_PATH)
		json_add_string(json, "file_path", !completed ? NULL
		    : arena_printf(a, "outputs/%s", name));
	if (extras & EXTRA_INFERENCE && completed)
		cJSON_AddNumberToObject(json, "inference_time_s",
		    (double)timeline_leaves(&job->timeline) / 1000);
	if (extras & EXTRA_MEMORY && completed)
		cJSON_AddNumberToObject(json, "peak_memory_mb", 40960);
}

static void
add_url(cJSON *json, struct sandbox *sb, const struct req *rq,
    const struct job *job)
{
	const char *url;

	if (sb->manners.url_at[0] == '\0')
		return;
	url = media_url(sb, rq, arena_printf(rq->arena, "%s/raw", job->uuid));
	place_put(json, sb->manners.url_at, cJSON_CreateString(url));
}

static void
add_padding(cJSON *json, int len, struct arena *a)
{
	char *text;

	if (len == 0)
		return;
	text = arena_alloc(a, (size_t)len + 1);
	memset(text, 'x', (size_t)len);
	text[len] = '\0';
	cJSON_AddItemToObject(json, "padding", cJSON_CreateStringReference(text));
}

cJSON *
openai_object(struct sandbox *sb, const struct req *rq, const struct job *job)
{
	struct moment m = job_moment(job, timeline_now());
	enum stand stand = openai_stand(job, &m);
	bool completed = stand == STAND_COMPLETED;
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", job->id);
	json_add_string(json, "object", "video");
	json_add_int(json, "created_at", job->created_ms / 1000);
	add_status(json, word_of(&sb->manners, stand));
	json_add_string(json, "model", job->model);
	add_progress(json, (enum progress_form)sb->manners.progress, stand, &m);
	json_add_string(json, "seconds",
	    arena_printf(rq->arena, "%d", job->n_frames / 30));
	json_add_string(json, "size", arena_printf(rq->arena, "%dx%d",
	    job->asked_width, job->asked_height));
	if (job->remix_target != NULL)
		json_add_string(json, "remixed_from_video_id",
		    job->remix_target);
	if (completed)
		json_add_int(json, "completed_at", job_visible_ms(job) / 1000);
	add_extras(json, sb, job, completed, rq->arena);
	if (stand == STAND_FAILED)
		openai_add_error(json, job, sb->manners.error);
	else
		json_add_string(json, "error", NULL);
	if (completed && m.has_url)
		add_url(json, sb, rq, job);
	add_padding(json, sb->manners.poll_bytes, rq->arena);
	return json;
}
