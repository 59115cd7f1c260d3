/* SPDX-License-Identifier: MIT */
/* jobs.c: GET, list, DELETE and remix of videos. */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "number.h"
#include "openai.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/routes.h"
#include "xalloc.h"

#define PAGE		20
#define PAGE_MAX	100

static enum stand
stand_of(const struct job *job)
{
	struct moment m = job_moment(job, timeline_now());

	return openai_stand(job, &m);
}

static bool
is_over(const struct job *job)
{
	return stand_of(job) >= STAND_COMPLETED;
}

/* ---- one ---- */

enum err
handle_openai_get(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	struct job *job;
	bool over = false;
	enum err rc;

	sandbox_lock(v->sb);
	if ((rc = openai_find(v, rq, &job, e)) == ERR_OK) {
		json = openai_object(v->sb, rq, job);
		over = is_over(job);
	}
	sandbox_unlock(v->sb);
	if (rc != ERR_OK)
		return rc;
	resp_json(rs, 200, json);
	if (!over)
		openai_poll_after(v, rs);
	return ERR_OK;
}

/* ---- all ---- */

static size_t
page_size(const struct req *rq)
{
	const char *text = req_query(rq, "limit");
	int64_t n = text == NULL ? PAGE : number_or(text, 0, INT64_MAX, 0);

	return n > PAGE_MAX ? PAGE_MAX : (size_t)n;
}

struct walk {			/* over the jobs, from one end */
	const struct job_list *list;
	bool		 rising;	/* the oldest first */
	size_t		 at;
};

static struct job *
walk_next(struct walk *w)
{
	while (w->at < w->list->n) {
		size_t i = w->rising ? w->at : w->list->n - 1 - w->at;
		struct job *job = w->list->at[i];

		w->at++;
		if (!job->image && stand_of(job) != STAND_GONE)
			return job;
	}
	return NULL;
}

/* Goes past that video; false when there is none. */
static bool
walk_past(struct walk *w, const char *id)
{
	struct job *job;

	while ((job = walk_next(w)) != NULL)
		if (strcmp(job->id, id) == 0)
			return true;
	return false;
}

static cJSON *
page_json(struct sandbox *sb, const struct req *rq, struct walk *w)
{
	cJSON *json = cJSON_CreateObject(), *data;
	size_t left = page_size(rq);
	struct job *job, *first = NULL, *last = NULL;

	data = cJSON_AddArrayToObject(json, "data");
	for (; (job = walk_next(w)) != NULL && left > 0; left--) {
		first = first == NULL ? job : first;
		last = job;
		cJSON_AddItemToArray(data, openai_object(sb, rq, job));
	}
	if (sb->manners.list == LIST_DATA)
		return json;
	json_add_string(json, "object", "list");
	json_add_string(json, "first_id", first == NULL ? NULL : first->id);
	json_add_string(json, "last_id", last == NULL ? NULL : last->id);
	json_add_bool(json, "has_more", job != NULL);
	return json;
}

enum err
handle_openai_list(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *after = req_query(rq, "after");
	const char *order = req_query(rq, "order");
	struct walk w = { .list = &v->sb->jobs,
		.rising = order != NULL && strcmp(order, "asc") == 0 };
	cJSON *json = NULL;

	sandbox_lock(v->sb);
	if (v->sb->manners.list == LIST_NONE)
		refuse(e, "not_found");
	else if (after != NULL && !walk_past(&w, after))
		refuse(e, "invalid_after");
	else
		json = page_json(v->sb, rq, &w);
	sandbox_unlock(v->sb);
	if (json == NULL)
		return e->code;
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* ---- delete ---- */

static cJSON *
deleted_json(struct sandbox *sb, const struct req *rq, const struct job *job)
{
	cJSON *json;

	if (sb->manners.delete_form == DELETED_OBJECT) {
		json = openai_object(sb, rq, job);
		cJSON_ReplaceItemInObjectCaseSensitive(json, "status",
		    cJSON_CreateString("deleted"));
		json_add_bool(json, "deleted", true);
		return json;
	}
	json = cJSON_CreateObject();
	if (sb->manners.delete_form == DELETED_VIDEO) {
		json_add_string(json, "id", job->id);
		json_add_string(json, "object", "video.deleted");
	}
	json_add_bool(json, "deleted", true);
	return json;
}

/* With the lock held. */
static enum err
delete_job(struct visit *v, const struct req *rq, cJSON **out, struct error *e)
{
	int running = v->sb->manners.running_form;
	struct job *job;
	enum err rc;

	if (v->sb->manners.delete_form == DELETED_NONE)
		return refuse(e, "not_found");
	if ((rc = openai_find(v, rq, &job, e)) != ERR_OK)
		return rc;
	if (!is_over(job) && running == RUNNING_REFUSED)
		return refuse(e, "video_running");
	*out = deleted_json(v->sb, rq, job);
	if (running == RUNNING_ABORTED)
		job_abort(job);
	job->gone = true;	/* one that goes on takes its place until its end */
	return ERR_OK;
}

enum err
handle_openai_delete(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *json = NULL;
	enum err rc;

	sandbox_lock(v->sb);
	rc = delete_job(v, rq, &json, e);
	sandbox_unlock(v->sb);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}

/* ---- remix ---- */

/* With the lock held: a new job like the old one. */
static enum err
copy_job(struct visit *v, const struct req *rq, struct job *out,
    struct error *e)
{
	struct job *job;
	enum err rc;

	if (!v->sb->dialect->remix)
		return refuse(e, "not_found");
	if ((rc = openai_find(v, rq, &job, e)) != ERR_OK)
		return rc;
	if (stand_of(job) != STAND_COMPLETED)
		return refuse(e, "video_running");
	out->model = xstrdup(job->model);
	out->remix_target = xstrdup(job->id);
	out->n_frames = job->n_frames;
	out->width = job->width;
	out->height = job->height;
	out->asked_width = job->asked_width;
	out->asked_height = job->asked_height;
	return ERR_OK;
}

enum err
handle_openai_remix(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = xcalloc(1, sizeof(*job));
	struct form form = { 0 };
	const char *prompt;
	enum err rc;

	sandbox_lock(v->sb);
	rc = copy_job(v, rq, job, e);
	sandbox_unlock(v->sb);
	if (rc != ERR_OK ||
	    (rc = req_form(rq, v->sb->media_dir, &form, e)) != ERR_OK)
		goto out;
	if ((prompt = json_string(form.fields, "prompt")) == NULL ||
	    *prompt == '\0') {
		rc = refuse(e, "missing_prompt");
		goto out;
	}
	job->prompt = xstrdup(prompt);
	openai_note(job, &form);
	rc = openai_create(v, rq, rs, &job, e);
out:
	job_free(job);
	form_clear(&form);
	return rc;
}
