/* SPDX-License-Identifier: MIT */
/* video_read.c: status, content, list and deletion of videos. */
#include <string.h>

#include "api/api.h"
#include "arena.h"
#include "conf.h"
#include "field.h"
#include "meter.h"

#define DEFAULT_LIMIT	20
#define MAX_LIMIT	100

static enum err
load_video(struct req *rq, struct task *t, struct error *e)
{
	enum err rc = task_load(api_of(rq)->store, rq->param[0], rq->arena, t,
	    e);

	if (rc == ERR_OK && t->kind != TASK_VIDEO)
		rc = error_set(e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	return rc;
}

/*
 * GET /v1/videos/{video_id}: the video object. 404 task_not_found; 503 as plain text
 * while the database is busy.
 */
enum err
handle_video_get(struct req *rq, struct resp *rs, struct error *e)
{
	struct api *api = api_of(rq);
	const struct settings *settings;
	struct task t;
	enum err rc;

	if ((rc = api_settings(api, &settings, e)) != ERR_OK ||
	    (rc = load_video(rq, &t, e)) != ERR_OK)
		return rc;
	if (!task_is_terminal(t.status))
		video_poll_header(rs, api->conf);
	resp_json(rs, 200, video_json(&t, settings));
	return ERR_OK;
}

static enum err
check_has_content(const struct task *t, struct error *e)
{
	if (t->status == TASK_FAILED)
		return error_set(e, ERR_TASK_FAILED, NULL,
		    "Video generation failed: %.300s",
		    t->error_message == NULL ? "" : t->error_message);
	if (t->status != TASK_COMPLETED)
		return error_set(e, ERR_TASK_NOT_COMPLETED, NULL,
		    "Task not completed. Current status: %s",
		    task_status_shown(t->status));
	return ERR_OK;
}

/*
 * GET /v1/videos/{video_id}/content: 302 to the file. 400 task_not_completed,
 * generation_failed or variant; 404 task_not_found, content_not_found.
 */
enum err
handle_video_content(struct req *rq, struct resp *rs, struct error *e)
{
	const char *variant = req_query(rq, "variant"), *url;
	struct api *api = api_of(rq);
	const struct settings *settings;
	struct task t;
	enum err rc;

	if (variant != NULL && strcmp(variant, "video") != 0)
		return error_set(e, ERR_INVALID_VALUE, "variant",
		    "'variant' must be video");
	if ((rc = api_settings(api, &settings, e)) != ERR_OK ||
	    (rc = load_video(rq, &t, e)) != ERR_OK ||
	    (rc = check_has_content(&t, e)) != ERR_OK)
		return rc;
	url = video_url(&t, api->conf, settings, rq->arena);
	meter_add(METER_CONTENT, url == NULL ? "gone"
	    : url == t.source_url ? "upstream" : "cache", NULL, 1);
	if (url == NULL)
		return error_set(e, ERR_CONTENT_NOT_FOUND, NULL,
		    "Video content not available");
	rs->status = 302;
	resp_header(rs, "Location", url);
	return ERR_OK;
}

static enum err
read_page(struct req *rq, int64_t *limit, bool *ascending, struct error *e)
{
	const char *text = req_query(rq, "limit");
	const char *order = req_query(rq, "order");

	*limit = DEFAULT_LIMIT;
	*ascending = order != NULL && strcmp(order, "asc") == 0;
	if (text != NULL && *text != '\0' && (!field_parse_int(text, limit) ||
	    *limit < 0 || *limit > MAX_LIMIT))
		return error_set(e, ERR_INVALID_VALUE, "limit",
		    "'limit' must be a whole number from 0 to %d", MAX_LIMIT);
	if (order != NULL && *order != '\0' && !*ascending &&
	    strcmp(order, "desc") != 0)
		return error_set(e, ERR_INVALID_VALUE, "order",
		    "'order' must be asc or desc");
	return ERR_OK;
}

/*
 * GET /v1/videos: a page of videos. 400 invalid_value: limit, order; 404 task_not_found:
 * after.
 */
enum err
handle_video_list(struct req *rq, struct resp *rs, struct error *e)
{
	struct api *api = api_of(rq);
	const struct settings *settings;
	struct task_page page;
	cJSON *root, *data;
	const char *after = req_query(rq, "after");
	bool ascending;
	int64_t limit;
	enum err rc;

	if ((rc = read_page(rq, &limit, &ascending, e)) != ERR_OK ||
	    (rc = api_settings(api, &settings, e)) != ERR_OK ||
	    (rc = task_list(api->store, after != NULL && *after != '\0'
	    ? after : NULL, (int)limit, ascending, rq->arena, &page, e))
	    != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_string(root, "object", "list");
	data = cJSON_AddArrayToObject(root, "data");
	for (size_t i = 0; i < page.n; i++)
		cJSON_AddItemToArray(data, video_json(&page.tasks[i],
		    settings));
	json_add_string(root, "first_id",
	    page.n > 0 ? page.tasks[0].task_id : NULL);
	json_add_string(root, "last_id",
	    page.n > 0 ? page.tasks[page.n - 1].task_id : NULL);
	json_add_bool(root, "has_more", page.has_more);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* DELETE /v1/videos/{video_id}: cancels and forgets. 404 task_not_found. */
enum err
handle_video_delete(struct req *rq, struct resp *rs, struct error *e)
{
	cJSON *root;
	enum err rc;

	if ((rc = task_delete(api_of(rq)->store, rq->param[0], e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_string(root, "id", rq->param[0]);
	json_add_string(root, "object", "video.deleted");
	json_add_bool(root, "deleted", true);
	resp_json(rs, 200, root);
	return ERR_OK;
}
