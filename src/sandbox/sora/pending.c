/* SPDX-License-Identifier: MIT */
/* pending.c: GET /nf/pending/v2 and /nf/pending: the unfinished tasks of an account. */
#include <stdio.h>

#include "accounts.h"
#include "arena.h"
#include "buf.h"
#include "drafts.h"
#include "json.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"

static void
add_progress(cJSON *json, const struct moment *m)
{
	if (m->progress < 0)
		cJSON_AddNullToObject(json, "progress_pct");
	else
		cJSON_AddNumberToObject(json, "progress_pct", m->progress);
}

static const char *
failure_of(const struct moment *m)
{
	return m->phase == PHASE_FAILED ? "processing_error" : NULL;
}

/*
 * Printed and not built: an account may have hundreds of tasks, and clients
 * read them all every few seconds. Only the prompt needs escaping, once.
 */
static void
print_pending(struct buf *out, struct job *job, const struct moment *m)
{
	const char *failure = failure_of(m);
	char progress[16] = "null";

	if (m->progress >= 0)
		snprintf(progress, sizeof(progress), "%g", m->progress);
	buf_printf(out, "%s{\"id\":\"%s\",\"task_type\":\"video_gen\","
	    "\"status\":\"%s\",\"failure_reason\":%s%s%s,\"prompt\":",
	    out->len > 1 ? "," : "", job->id, phase_name(m->phase),
	    failure != NULL ? "\"" : "", failure != NULL ? failure : "null",
	    failure != NULL ? "\"" : "");
	buf_puts(out, job_prompt_json(job));
	buf_printf(out, ",\"title\":\"New Video\",\"progress_pct\":%s,"
	    "\"generations\":[],\"creation_config\":", progress);
	buf_puts(out, job_config(job));
	buf_puts(out, "}");
}

static void
add_nulls(cJSON *json, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cJSON_AddNullToObject(json, names[i]);
}

static cJSON *
moderation_json(const struct job *job)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "type", "passed");
	cJSON_AddObjectToObject(json, "results_by_frame_index");
	json_add_string(json, "code", NULL);
	json_add_bool(json, "is_output_rejection", false);
	json_add_string(json, "task_id", job->id);
	return json;
}

/* Version 1 tells more about a queue that nobody is in. */
static void
add_queue(cJSON *json, const struct moment *m)
{
	static const char *const absent[] = { "progress_pos_in_queue",
		"estimated_queue_wait_time", "queue_status_message" };

	if (m->phase != PHASE_QUEUED) {
		add_nulls(json, absent, NELEM(absent));
		return;
	}
	json_add_int(json, "progress_pos_in_queue", 1);
	json_add_int(json, "estimated_queue_wait_time", 10);
	json_add_string(json, "queue_status_message", "In queue");
}

static cJSON *
pending_v1_json(struct job *job, const struct moment *m)
{
	static const char *const absent[] = { "preset_id", "caption",
		"actions", "interpolation", "sdedit", "remix_config",
		"quality", "size", "model", "seed", "guidance", "project_id",
		"request_id", "tracking_id", "organization_id", "story_id",
		"storyboard_id" };
	cJSON *json = cJSON_CreateObject();
	char created[32];

	write_time(created, job->created_ms);
	json_add_string(json, "id", job->id);
	json_add_string(json, "user", job->account->user_id);
	json_add_string(json, "created_at", created);
	json_add_string(json, "status", phase_name(m->phase));
	add_progress(json, m);
	add_queue(json, m);
	json_add_int(json, "priority", 2);
	json_add_string(json, "type", "video_gen");
	json_add_string(json, "prompt", job->prompt);
	json_add_int(json, "n_variants", 1);
	json_add_int(json, "n_frames", job->n_frames);
	json_add_int(json, "height", job->height);
	json_add_int(json, "width", job->width);
	json_add_string(json, "operation", "simple_compose");
	cJSON_AddArrayToObject(json, "inpaint_items");
	add_nulls(json, absent, NELEM(absent));
	json_add_bool(json, "is_storyboard", job->storyboard);
	cJSON_AddArrayToObject(json, "generations");
	json_add_int(json, "num_unsafe_generations", 0);
	json_add_string(json, "title", "New Video");
	cJSON_AddItemToObject(json, "moderation_result", moderation_json(job));
	json_add_string(json, "failure_reason", failure_of(m));
	json_add_bool(json, "needs_user_review", false);
	return json;
}

enum err
handle_sandbox_pending(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	struct buf out;
	int64_t now;

	buf_init(&out, SIZE_MAX / 2);
	buf_puts(&out, "[");
	sandbox_lock(v->sb);
	now = timeline_now();
	account_settle(v->account, now);
	for (size_t i = v->account->open.n; i > 0; i--) {
		struct job *job = v->account->open.at[i - 1];
		struct moment m = job_moment(job, now);

		print_pending(&out, job, &m);
	}
	sandbox_unlock(v->sb);
	buf_puts(&out, "]");
	resp_body(rs, 200, "application/json",
	    arena_strndup(rq->arena, out.data, out.len), out.len);
	buf_clear(&out);
	return ERR_OK;
}

enum err
handle_sandbox_pending_v1(struct req *rq, struct resp *rs,
    UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *list = cJSON_CreateArray();
	int64_t now;

	sandbox_lock(v->sb);
	now = timeline_now();
	account_settle(v->account, now);
	for (size_t i = v->account->open.n; i > 0; i--) {
		struct job *job = v->account->open.at[i - 1];
		struct moment m = job_moment(job, now);

		cJSON_AddItemToArray(list, pending_v1_json(job, &m));
	}
	sandbox_unlock(v->sb);
	resp_json(rs, 200, list);
	return ERR_OK;
}
