/* SPDX-License-Identifier: MIT */
/* images.c: POST /video_gen, which makes images, and GET /v2/recent_tasks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "create.h"
#include "json.h"
#include "number.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/markers.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define MAX_SIDE	2048
#define SHORT_SIDE	1024		/* of what is made */
#define PAGE		20
#define PAGE_MAX	100
#define WHY		"This content may violate our guardrails concerning" \
			    " similarity to third-party content."

/* ---- creates ---- */

static bool
is_side(double n)
{
	return n >= 64 && n <= MAX_SIDE && floor(n) >= n;
}

static enum err
read_body(const cJSON *body, struct job *job, struct error *e)
{
	const char *type = json_string(body, "type");
	const char *operation = json_string(body, "operation");
	const char *prompt = json_string(body, "prompt");
	const cJSON *items = json_get(body, "inpaint_items");
	double width = json_number(body, "width", 0);
	double height = json_number(body, "height", 0);

	if (type == NULL || strcmp(type, "image_gen") != 0 ||
	    operation == NULL || prompt == NULL || prompt[0] == '\0' ||
	    !is_side(width) || !is_side(height) || !cJSON_IsArray(items) ||
	    json_number(body, "n_variants", 0) > 1 ||
	    strcmp(operation, cJSON_GetArraySize(items) > 0 ? "remix"
	    : "simple_compose") != 0)
		return refuse(e, "invalid_request");
	job->image = true;
	job->n_frames = 1;
	job->n_inputs = cJSON_GetArraySize(items);
	job->asked_width = (int)width;
	job->asked_height = (int)height;
	job->width = (int)(width * SHORT_SIDE / fmin(width, height));
	job->height = (int)(height * SHORT_SIDE / fmin(width, height));
	job->prompt = xstrdup(prompt);
	return ERR_OK;
}

static enum err
check_items(struct sandbox *sb, const struct account *ac, const cJSON *body,
    struct error *e)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(body, "inpaint_items")) {
		const char *id = json_string(item, "upload_media_id");
		const struct media *media = id == NULL ? NULL
		    : index_find(sb, INDEX_MEDIA, id);

		if (media == NULL || media->account != ac)
			return refuse(e, "not_found");
	}
	return ERR_OK;
}

static bool
is_unfinished(const struct job *job, int64_t now)
{
	return now - job->created_mono < timeline_leaves(&job->timeline);
}

/* Images do not touch the quota of videos, nor their places. */
static enum err
check_account(struct sandbox *sb, const struct account *ac, struct error *e)
{
	int64_t now = timeline_now();
	long unfinished = 0;
	enum err rc;

	if ((rc = account_may_use(ac, "unauthorized", e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < ac->images.n; i++)
		unfinished += is_unfinished(ac->images.at[i], now);
	return unfinished < account_concurrency(sb, ac) ? ERR_OK
	    : refuse(e, "too_many_concurrent_tasks");
}

static enum err
accept_job(struct visit *v, struct job *job, const cJSON *body,
    struct error *e)
{
	struct prompt_count *count = prompt_count(v->sb, job->prompt);
	struct aftermath before = v->after;
	enum err rc;

	count->attempts++;
	timeline_init(&job->timeline, &v->sb->limits);
	job->timeline.gap = 0;
	job->account = v->account;
	if ((rc = check_items(v->sb, v->account, body, e)) != ERR_OK ||
	    (rc = check_account(v->sb, v->account, e)) != ERR_OK)
		return rc;
	if ((rc = create_follow_markers(v, job, count, e)) != ERR_OK) {
		v->after = before;
		return rc;
	}
	job_add(v->sb, job);
	count->accepted++;
	return ERR_OK;
}

/* ---- the task as it is now ---- */

static bool
has_failed(const struct job *job, const struct moment *m)
{
	enum ending ending = job->timeline.ending;

	return m->phase == PHASE_FAILED ||
	    (!phase_is_pending(m->phase) && (ending == END_VIOLATION ||
	    ending == END_ERROR || ending == END_FAILED ||
	    ending == END_FAILED_ONLY));
}

static const char *
status_of(const struct job *job, const struct moment *m)
{
	if (has_failed(job, m))
		return "failed";
	return phase_is_pending(m->phase) ? phase_name(m->phase) : "succeeded";
}

static bool
is_refused(const struct job *job, const struct moment *m)
{
	return has_failed(job, m) && job->timeline.ending == END_VIOLATION;
}

static void
add_moderation(cJSON *json, const struct job *job, bool refused)
{
	cJSON *moderation = cJSON_AddObjectToObject(json, "moderation_result");

	json_add_string(moderation, "type", refused ? "terminal" : "passed");
	cJSON_AddObjectToObject(moderation, "results_by_frame_index");
	json_add_string(moderation, "code",
	    refused ? "third_party_similarity" : NULL);
	json_add_bool(moderation, "is_output_rejection", refused);
	json_add_string(moderation, "task_id", job->id);
}

static void
add_generation(cJSON *list, struct sandbox *sb, const struct req *rq,
    const struct job *job, bool has_url)
{
	const char *url = !has_url ? NULL : media_url(sb, rq,
	    arena_printf(rq->arena, "%.8s_%s/_src_/image.png", job->uuid + 28,
	    job->uuid));
	cJSON *json = cJSON_CreateObject(), *encodings;
	char created[32];

	write_time(created, job_visible_ms(job));
	json_add_string(json, "id", job->gen_id);
	json_add_string(json, "task_id", job->id);
	json_add_string(json, "created_at", created);
	json_add_string(json, "deleted_at", NULL);
	json_add_string(json, "url", url);
	json_add_bool(json, "can_download", true);
	json_add_string(json, "download_status", has_url ? "ready" : "pending");
	json_add_int(json, "width", job->width);
	json_add_int(json, "height", job->height);
	json_add_int(json, "n_frames", 1);
	json_add_string(json, "prompt", job->prompt);
	json_add_string(json, "task_type", "image_gen");
	encodings = cJSON_AddObjectToObject(json, "encodings");
	json_add_string(cJSON_AddObjectToObject(encodings, "source"), "path",
	    url);
	add_moderation(json, job, false);
	cJSON_AddItemToArray(list, json);
}

static void
add_progress(cJSON *json, const struct moment *m)
{
	if (m->progress < 0)
		json_add_string(json, "progress_pct", NULL);
	else
		cJSON_AddNumberToObject(json, "progress_pct", m->progress);
}

static cJSON *
image_json(struct sandbox *sb, const struct req *rq, const struct job *job,
    int64_t now)
{
	struct moment m = job_moment(job, now);
	bool failed = has_failed(job, &m), refused = is_refused(job, &m);
	bool done = !failed && !phase_is_pending(m.phase);
	bool unsafe = job->timeline.ending == END_UNSAFE;
	cJSON *json = cJSON_CreateObject(), *list;
	char created[32];

	write_time(created, job->created_ms);
	json_add_string(json, "id", job->id);
	json_add_string(json, "user", job->account->user_id);
	json_add_string(json, "created_at", created);
	json_add_string(json, "status", status_of(job, &m));
	add_progress(json, &m);
	json_add_int(json, "priority", 1);
	json_add_string(json, "type", "image_gen");
	json_add_string(json, "prompt", job->prompt);
	json_add_int(json, "n_variants", 1);
	json_add_int(json, "n_frames", 1);
	json_add_int(json, "width", job->asked_width);
	json_add_int(json, "height", job->asked_height);
	json_add_string(json, "operation",
	    job->n_inputs > 0 ? "remix" : "simple_compose");
	json_add_string(json, "title", "Image Generation");
	json_add_int(json, "num_unsafe_generations", done && unsafe);
	json_add_string(json, "failure_reason", refused ? WHY
	    : failed ? "processing_error" : NULL);
	json_add_bool(json, "needs_user_review", false);
	add_moderation(json, job, refused);
	list = cJSON_AddArrayToObject(json, "generations");
	if (done && !unsafe)
		add_generation(list, sb, rq, job, m.has_url);
	return json;
}

/* ---- requests ---- */

enum err
handle_sandbox_image(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = xcalloc(1, sizeof(*job));
	cJSON *body = NULL, *answer = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK ||
	    (rc = read_body(body, job, e)) != ERR_OK)
		goto out;
	sandbox_lock(v->sb);
	if ((rc = accept_job(v, job, body, e)) == ERR_OK) {
		answer = image_json(v->sb, rq, job, timeline_now());
		job = NULL;		/* the state's now */
	}
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, answer);
out:
	job_free(job);
	cJSON_Delete(body);
	return rc;
}

/* How many of the account's images are older than the task `before`. */
static enum err
find_start(const struct account *ac, const char *before, size_t *out,
    struct error *e)
{
	*out = ac->images.n;
	if (before == NULL || *before == '\0')
		return ERR_OK;
	for (size_t i = 0; i < ac->images.n; i++)
		if (strcmp(ac->images.at[i]->id, before) == 0) {
			*out = i;
			return ERR_OK;
		}
	return refuse(e, "invalid_request");
}

static size_t
page_size(const struct req *rq)
{
	int64_t n = number_or(req_query(rq, "limit"), 1, INT64_MAX, PAGE);

	return n > PAGE_MAX ? PAGE_MAX : (size_t)n;
}

/* The newest first; those that vanished are left out. */
static cJSON *
page_json(struct sandbox *sb, const struct req *rq, const struct account *ac,
    size_t start)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(json, "task_responses");
	int64_t now = timeline_now();
	const char *last = NULL;
	size_t i, left = page_size(rq);

	for (i = start; i > 0 && left > 0; i--) {
		const struct job *job = ac->images.at[i - 1];

		if (job->timeline.ending == END_VANISH &&
		    !is_unfinished(job, now))
			continue;
		cJSON_AddItemToArray(list, image_json(sb, rq, job, now));
		last = job->id;
		left--;
	}
	json_add_string(json, "last_id", last);
	json_add_bool(json, "has_more", i > 0);
	return json;
}

enum err
handle_sandbox_recent(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	size_t start;
	enum err rc;

	sandbox_lock(v->sb);
	if ((rc = find_start(v->account, req_query(rq, "before"), &start, e))
	    == ERR_OK)
		json = page_json(v->sb, rq, v->account, start);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}
