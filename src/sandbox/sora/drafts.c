/* SPDX-License-Identifier: MIT */
/* drafts.c: GET /project_y/profile/drafts, /drafts/v2 and /drafts/v2/{generation_id}. */
#include "drafts.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "json.h"
#include "number.h"
#include "posts.h"
#include "sandbox/clip/clips.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define TITLE_MAX	48
#define WHY	"This content may violate our guardrails concerning " \
	"similarity to third-party content."
#define WHY_MARKDOWN	"This content may violate our " \
	"[guardrails](https://openai.com/policies) concerning similarity to " \
	"third-party content."

/* The text of `json`, which is deleted. */
static char *
print_json(cJSON *json)
{
	char *text = xmade(cJSON_PrintUnformatted(json));

	cJSON_Delete(json);
	return text;
}

const char *
job_prompt_json(struct job *job)
{
	if (job->prompt_json == NULL)
		job->prompt_json = print_json(cJSON_CreateString(job->prompt));
	return job->prompt_json;
}

const char *
job_config(struct job *job)
{
	cJSON *json;

	if (job->config_json != NULL)
		return job->config_json;
	json = cJSON_CreateObject();
	json_add_string(json, "prompt", job->prompt);
	json_add_string(json, "task_id", job->id);
	json_add_string(json, "orientation", job->orientation);
	json_add_int(json, "n_frames", job->n_frames);
	json_add_string(json, "style", job->style);
	json_add_string(json, "storyboard_id", NULL);
	json_add_string(json, "inpaint_image", NULL);
	cJSON_AddArrayToObject(json, "reference_inpaint_items");
	cJSON_AddArrayToObject(json, "cameo_profiles");
	json_add_string(json, "remix_target_post", job->remix_target);
	json_add_string(json, "editing_config", NULL);
	job->config_json = print_json(json);
	return job->config_json;
}

/* The service makes a title of the prompt; ours is its beginning. */
static const char *
title_of(const struct job *job, struct arena *a)
{
	size_t len = strlen(job->prompt);

	if (len > TITLE_MAX)
		for (len = TITLE_MAX; (job->prompt[len] & 0xc0) == 0x80; len--)
			;
	return arena_strndup(a, job->prompt, len);
}

static void
add_path(cJSON *encodings, const char *key, const char *url)
{
	json_add_string(cJSON_AddObjectToObject(encodings, key), "path", url);
}

static void
add_source(cJSON *encodings, const struct job *job, const char *url)
{
	cJSON *source = cJSON_AddObjectToObject(encodings, "source");

	json_add_string(source, "path", url);
	json_add_string(source, "size", NULL);	/* nobody knows before it is made */
	cJSON_AddNumberToObject(source, "duration_secs", job_seconds(job));
	json_add_string(source, "ssim", NULL);
}

static void
add_urls(cJSON *json, struct sandbox *sb, const struct req *rq,
    const struct job *job)
{
	struct arena *a = rq->arena;
	const char *raw = media_url(sb, rq, arena_printf(a, "%s/raw", job->uuid));
	const char *md = media_url(sb, rq,
	    arena_printf(a, "%.8s_%s/drvs/md/raw", job->uuid + 28, job->uuid));
	const char *still = media_url(sb, rq, arena_printf(a,
	    "%.8s_%s/drvs/thumbnail/raw", job->uuid + 28, job->uuid));
	cJSON *urls, *encodings;

	json_add_string(json, "url", md);
	json_add_string(json, "downloadable_url", raw);
	urls = cJSON_AddObjectToObject(json, "download_urls");
	json_add_string(urls, "watermark", raw);
	json_add_string(urls, "no_watermark", NULL);
	json_add_string(urls, "endcard_watermark", NULL);
	encodings = cJSON_AddObjectToObject(json, "encodings");
	add_source(encodings, job, raw);
	add_path(encodings, "source_wm", raw);
	add_path(encodings, "thumbnail", still);
	add_path(encodings, "md", md);
	json_add_string(encodings, "ld", NULL);
	json_add_string(encodings, "gif", NULL);
}

static void
add_video(cJSON *json, struct sandbox *sb, const struct req *rq,
    struct job *job, bool has_url)
{
	json_add_string(json, "generation_type", "video_gen");
	json_add_string(json, "title", title_of(job, rq->arena));
	json_add_int(json, "width", job->width);
	json_add_int(json, "height", job->height);
	cJSON_AddNumberToObject(json, "duration_s", job_seconds(job));
	if (has_url) {
		add_urls(json, sb, rq, job);
	} else {
		json_add_string(json, "url", NULL);
		json_add_string(json, "downloadable_url", NULL);
	}
	json_add_bool(json, "draft_reviewed", false);
	json_add_bool(json, "can_remix", true);
	json_add_bool(json, "can_extend", true);
	json_add_bool(json, "can_storyboard", true);
	json_add_bool(json, "can_create_character", true);
	json_add_bool(json, "has_children", false);
	json_add_string(json, "storyboard_id", NULL);
	post_add_to_draft(json, sb, rq, job);
	cJSON_AddArrayToObject(json, "tags");
	cJSON_AddRawToObject(json, "creation_config", job_config(job));
}

static void
add_failure(cJSON *json, enum ending ending)
{
	if (ending == END_VIOLATION || ending == END_UNSAFE) {
		json_add_string(json, "reason", "third_party_similarity");
		json_add_string(json, "reason_str", WHY);
		json_add_string(json, "markdown_reason_str", WHY_MARKDOWN);
	} else {
		json_add_string(json, "error_reason", "processing_error");
	}
	json_add_string(json, "url", NULL);
	json_add_string(json, "downloadable_url", NULL);
}

static const char *
kind_of(enum ending ending)
{
	if (ending == END_VIOLATION || ending == END_UNSAFE)
		return "sora_content_violation";
	return ending == END_DRAFT || ending == END_LATE_URL ?
	    "sora_draft" : "sora_error";
}

static cJSON *
draft_json(struct sandbox *sb, const struct req *rq, struct job *job,
    int64_t now)
{
	const char *kind = kind_of(job->timeline.ending);
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", job->gen_id);
	json_add_string(json, "generation_id", job->gen_id);
	json_add_string(json, "task_id", job->id);
	json_add_string(json, "kind", kind);
	cJSON_AddNumberToObject(json, "created_at",
	    (double)job_visible_ms(job) / 1000);
	json_add_string(json, "prompt", job->prompt);
	if (strcmp(kind, "sora_draft") == 0)
		add_video(json, sb, rq, job, job_moment(job, now).has_url);
	else
		add_failure(json, job->timeline.ending);
	return json;
}

/* A whole number in the query; `fallback` when it is absent or none. */
static size_t
query_number(const struct req *rq, const char *name, size_t fallback,
    size_t max)
{
	size_t value = (size_t)number_or(req_query(rq, name), 0, INT64_MAX,
	    (int64_t)fallback);

	return value < max ? value : max;
}

/*
 * Counts the drafts before which the page begins: they are in the order of
 * their times, the newest last, so a page goes down from there. The cursor is
 * the generation id of the last draft of the page before.
 */
static enum err
find_start(struct sandbox *sb, const struct req *rq, const struct account *ac,
    int64_t now, size_t *out, struct error *e)
{
	const char *cursor = req_query(rq, "cursor");
	const struct job *last;
	size_t n = ac->done.n;
	size_t offset;

	while (n > 0 && job_visible_mono(ac->done.at[n - 1]) > now)
		n--;
	if (cursor != NULL && cursor[0] != '\0') {
		last = index_find(sb, INDEX_GENERATION, cursor);
		if (last == NULL || last->account != ac)
			return refuse(e, "invalid_request");
		while (n > 0 && ac->done.at[n - 1] != last)
			n--;
		n -= n > 0;
	}
	offset = query_number(rq, "offset", 0, n);
	*out = n - offset;
	return ERR_OK;
}

static cJSON *
page_json(struct sandbox *sb, const struct req *rq, const struct account *ac,
    size_t start, int64_t now)
{
	size_t max = (size_t)sb->limits.page_max;
	size_t limit = query_number(rq, "limit",
	    (size_t)sb->limits.page_size, max);
	cJSON *json = cJSON_CreateObject();
	cJSON *items = cJSON_AddArrayToObject(json, "items");
	size_t end;

	if (limit == 0)
		limit = (size_t)sb->limits.page_size;
	end = start > limit ? start - limit : 0;
	for (size_t i = start; i > end; i--)
		cJSON_AddItemToArray(items,
		    draft_json(sb, rq, ac->done.at[i - 1], now));
	json_add_string(json, "cursor",
	    end > 0 ? ac->done.at[end]->gen_id : NULL);
	return json;
}

enum err
handle_sandbox_drafts(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	int64_t now;
	size_t start = 0;
	enum err rc;

	sandbox_lock(v->sb);
	now = timeline_now();
	account_settle(v->account, now);
	rc = find_start(v->sb, rq, v->account, now, &start, e);
	if (rc == ERR_OK)
		json = page_json(v->sb, rq, v->account, start, now);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}

enum err
handle_sandbox_draft(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	struct job *job;
	int64_t now;

	sandbox_lock(v->sb);
	now = timeline_now();
	job = index_find(v->sb, INDEX_GENERATION, rq->param[0]);
	if (job != NULL && job->account == v->account &&
	    job_visible_mono(job) <= now)
		json = draft_json(v->sb, rq, job, now);
	sandbox_unlock(v->sb);
	if (json == NULL)
		return refuse(e, "not_found");
	resp_json(rs, 200, json);
	return ERR_OK;
}
