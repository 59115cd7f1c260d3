/* SPDX-License-Identifier: MIT */
/* create.c: POST /nf/create and /nf/create/storyboard. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "cameos.h"
#include "create.h"
#include "json.h"
#include "posts.h"
#include "prompt.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/markers.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define MAX_FRAMES	3600		/* two minutes */

static const struct {
	const char	*orientation;
	int		 small[2];	/* width, height */
	int		 large[2];
} frames[] = {
	{ "landscape", { 1280, 720 }, { 1792, 1024 } },
	{ "portrait", { 720, 1280 }, { 1024, 1792 } },
	{ "square", { 720, 720 }, { 1024, 1024 } },
};

static bool
set_frame(struct job *job, const char *orientation, const char *size)
{
	bool large = size != NULL && strcmp(size, "large") == 0;

	for (size_t i = 0; i < NELEM(frames); i++) {
		const int *wh = large ? frames[i].large : frames[i].small;

		if (strcmp(frames[i].orientation, orientation) != 0)
			continue;
		job->orientation = frames[i].orientation;
		job->width = wh[0];
		job->height = wh[1];
		return true;
	}
	return false;
}

static bool
is_text_or_absent(const cJSON *body, const char *key)
{
	const cJSON *item = json_get(body, key);

	return item == NULL || cJSON_IsString(item);
}

/* What has to be there, or may be there in one form only; all else is ignored. */
static enum err
read_body(const cJSON *body, struct job *job, struct error *e)
{
	const char *prompt = json_string(body, "prompt");
	const char *orientation = json_string(body, "orientation");
	const char *kind = json_string(body, "kind");
	double n_frames = json_number(body, "n_frames", 0);

	if (prompt == NULL || prompt[0] == '\0' || orientation == NULL ||
	    !(n_frames >= 1 && n_frames <= MAX_FRAMES) ||
	    floor(n_frames) < n_frames ||
	    (kind != NULL && strcmp(kind, "video") != 0) ||
	    !is_text_or_absent(body, "size") ||
	    !is_text_or_absent(body, "model") ||
	    !is_text_or_absent(body, "style_id") ||
	    !is_text_or_absent(body, "remix_target_id") ||
	    !set_frame(job, orientation, json_string(body, "size")))
		return refuse(e, "invalid_request");
	job->n_frames = (int)n_frames;
	job->prompt = xstrdup(prompt);
	job->style = xstrdup(json_string(body, "style_id"));
	job->remix_target = xstrdup(json_string(body, "remix_target_id"));
	return ERR_OK;
}

static enum err
check_item(struct sandbox *sb, const struct account *ac, const cJSON *item,
    struct error *e)
{
	const char *kind = json_string(item, "kind");
	const char *upload = json_string(item, "upload_id");
	const char *generation = json_string(item, "generation_id");
	const struct media *media;
	const struct job *job;

	if (kind == NULL)
		return refuse(e, "invalid_request");
	if (strcmp(kind, "upload") == 0 && upload != NULL) {
		media = index_find(sb, INDEX_MEDIA, upload);
		return media != NULL && media->account == ac ?
		    ERR_OK : refuse(e, "not_found");
	}
	if (strcmp(kind, "generation") == 0 && generation != NULL) {
		job = index_find(sb, INDEX_GENERATION, generation);
		return job != NULL && job->account == ac ?
		    ERR_OK : refuse(e, "not_found");
	}
	if (strcmp(kind, "file") == 0 || strcmp(kind, "reference") == 0)
		return refuse(e, "not_found");
	return refuse(e, "invalid_request");
}

/* The input of another account does not exist for this one. */
static enum err
check_items(struct sandbox *sb, const struct account *ac, const cJSON *body,
    struct error *e)
{
	const cJSON *items = json_get(body, "inpaint_items"), *item;
	enum err rc;

	if (items != NULL && !cJSON_IsArray(items))
		return refuse(e, "invalid_request");
	cJSON_ArrayForEach(item, items)
		if ((rc = check_item(sb, ac, item, e)) != ERR_OK)
			return rc;
	return ERR_OK;
}

/* Links to posts of others, who are not here, are welcome unless a test says no. */
static enum err
check_remix(struct sandbox *sb, const char *target, struct error *e)
{
	if (target == NULL || sb->limits.check_remix < 1 ||
	    post_find(sb, target) != NULL)
		return ERR_OK;
	return refuse(e, "not_found");
}

/* A private character of another account is nobody here. */
static enum err
check_mentions(struct sandbox *sb, const struct account *ac,
    const char *prompt, struct error *e)
{
	struct arena *a = arena_new();
	const char **names;
	size_t n = prompt_mentions(prompt, a, &names);
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		const struct cameo *c = cameo_named(sb, names[i]);

		if (c != NULL && !cameo_is_seen(c, ac))
			rc = refuse(e, "bad_request");
	}
	arena_free(a);
	return rc;
}

static enum err
check_limits(struct sandbox *sb, struct account *ac, struct error *e)
{
	enum err rc;

	account_settle(ac, timeline_now());
	if ((rc = account_may_use(ac, "unauthorized", e)) != ERR_OK)
		return rc;
	if (!ac->onboarded)
		return refuse(e, "onboarding_required");
	if (sb->limits.need_username > 0 && ac->username == NULL)
		return refuse(e, "username_required");
	if ((long)ac->open.n >= account_concurrency(sb, ac))
		return refuse(e, "too_many_concurrent_tasks");
	if (account_remaining(sb, ac) == 0)
		return refuse(e, "rate_limit_exhausted");
	return ERR_OK;
}

enum err
create_follow_markers(struct visit *v, struct job *job,
    const struct prompt_count *count, struct error *e)
{
	struct markers m;
	enum err rc;

	if ((rc = markers_read(job->prompt, &job->timeline, &m, e)) != ERR_OK)
		return rc;
	if (m.refusal != NULL &&
	    (m.refusals < 0 || count->attempts <= m.refusals))
		return refuse(e, m.refusal->name);
	if (m.drops < 0 || count->attempts <= m.drops)
		v->after.refusal = refusal_find("drop");
	if (m.delay_ms > 0)
		v->after.delay_ms = m.delay_ms;
	return ERR_OK;
}

/* With the lock held: takes the task, or says why not. */
static enum err
accept_job(struct visit *v, struct job *job, const cJSON *body,
    struct error *e)
{
	struct prompt_count *count = prompt_count(v->sb, job->prompt);
	struct aftermath before = v->after;
	enum err rc;

	count->attempts++;
	timeline_init(&job->timeline, &v->sb->limits);
	job->account = v->account;
	if ((rc = check_items(v->sb, v->account, body, e)) != ERR_OK)
		return rc;
	if ((rc = check_remix(v->sb, job->remix_target, e)) != ERR_OK)
		return rc;
	if ((rc = check_mentions(v->sb, v->account, job->prompt, e))
	    != ERR_OK)
		return rc;
	if ((rc = check_limits(v->sb, v->account, e)) != ERR_OK)
		return rc;
	if ((rc = create_follow_markers(v, job, count, e)) != ERR_OK) {
		v->after = before;
		return rc;
	}
	job_add(v->sb, job);
	v->account->used++;
	count->accepted++;
	return ERR_OK;
}

static cJSON *
created_json(struct visit *v, const struct job *job)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", job->id);
	json_add_string(json, "task_type", "video_gen");
	json_add_int(json, "priority", 2);
	cJSON_AddItemToObject(json, "rate_limit_and_credit_balance",
	    account_balance(v->sb, v->account));
	return json;
}

static enum err
create(struct req *rq, struct resp *rs, bool storyboard, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = xcalloc(1, sizeof(*job));
	cJSON *body = NULL, *answer;
	enum err rc;

	job->storyboard = storyboard;
	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		goto out;
	if ((rc = read_body(body, job, e)) != ERR_OK)
		goto out;
	sandbox_lock(v->sb);
	if ((rc = accept_job(v, job, body, e)) == ERR_OK) {
		answer = created_json(v, job);
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

enum err
handle_sandbox_create(struct req *rq, struct resp *rs, struct error *e)
{
	return create(rq, rs, false, e);
}

enum err
handle_sandbox_storyboard(struct req *rq, struct resp *rs, struct error *e)
{
	return create(rq, rs, true, e);
}
