/* SPDX-License-Identifier: MIT */
/* create.c: POST /v1/videos. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "id.h"
#include "json.h"
#include "openai.h"
#include "place.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/routes.h"
#include "sandbox/sora/accounts.h"
#include "sandbox/sora/create.h"
#include "xalloc.h"

/* ---- ids ---- */

/* So long, and so that each of the three odd characters is in it. */
static char *
new_base64_id(void)
{
	char hex[33];

	id_hex(hex, 32);
	return xasprintf("video_%.20s+%.6s/%.6s==", hex, hex + 20, hex + 26);
}

static char *
new_long_id(void)
{
	char hex[201];

	for (size_t i = 0; i < 200; i += 40)
		id_hex(hex + i, 40);
	for (size_t i = 7; i < 200; i += 16)
		hex[i] = i % 32 == 7 ? '_' : '-';
	return xstrdup(hex);
}

char *
openai_new_id(int form)
{
	char hex[49];

	id_hex(hex, 48);
	switch ((enum id_form)form) {
	case ID_OPENAI:
		return xasprintf("video_%s", hex);
	case ID_HEX:
		return xasprintf("video_gen_%.32s", hex);
	case ID_UUID:
		return xasprintf("%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8,
		    hex + 12, hex + 15, hex + 18);
	case ID_TASK:
		return xasprintf("task_%.32s", hex);
	case ID_BASE64:
		return new_base64_id();
	case ID_BASE64URL:
		return new_long_id();
	}
	return NULL;
}

/* ---- the job ---- */

enum err
openai_accept(struct visit *v, struct job *job, struct error *e)
{
	struct sandbox *sb = v->sb;
	struct prompt_count *count = prompt_count(sb, job->prompt);
	struct aftermath before = v->after;
	enum err rc;

	count->attempts++;
	timeline_init(&job->timeline, &sb->limits);
	job->timeline.gap = 0;
	job->account = v->account;
	if ((rc = create_follow_markers(v, job, count, e)) != ERR_OK) {
		v->after = before;
		return rc;
	}
	account_settle(v->account, timeline_now());
	job->id = openai_new_id(sb->manners.id_form);
	job_add(sb, job);
	count->accepted++;
	if ((long)v->account->open.n > sb->peak)
		sb->peak = (long)v->account->open.n;
	return ERR_OK;
}

/* The answer to a create, its id where the dialect has it. */
static cJSON *
created_json(struct sandbox *sb, const struct req *rq, const struct job *job)
{
	cJSON *json = openai_object(sb, rq, job);

	if (strcmp(sb->manners.id_at, "id") == 0)
		return json;
	cJSON_DeleteItemFromObjectCaseSensitive(json, "id");
	if (sb->manners.id_at[0] != '\0')
		place_put(json, sb->manners.id_at,
		    cJSON_CreateString(job->id));
	return json;
}

void
openai_wait(struct sandbox *sb, int64_t until)
{
	sandbox_sleep(sb, until - timeline_now());
}

/* A server without jobs: the answer comes when the video is done. */
static enum err
answer_later(struct visit *v, struct req *rq, struct resp *rs, const char *id,
    int64_t until, struct error *e)
{
	bool url = v->manners.sync == SYNC_URL;
	const char *place = !url ? "data[0].b64_json"
	    : v->manners.url_at[0] != '\0' ? v->manners.url_at : "data[0].url";
	cJSON *json, *file;
	enum err rc;

	openai_wait(v->sb, until);
	if ((rc = openai_file_json(v, rq, id, url, &file, e)) != ERR_OK)
		return rc;
	json = cJSON_CreateObject();
	json_add_int(json, "created", clock_now());
	place_put(json, place, cJSON_DetachItemViaPointer(file, file->child));
	cJSON_Delete(file);
	resp_json(rs, 200, json);
	return ERR_OK;
}

void
openai_poll_after(const struct visit *v, struct resp *rs)
{
	int ms = v->manners.poll_after_ms;

	if (ms > 0)
		resp_header(rs, "openai-poll-after-ms",
		    arena_printf(rs->arena, "%d", ms));
}

enum err
openai_create(struct visit *v, struct req *rq, struct resp *rs,
    struct job **job, struct error *e)
{
	int64_t until = 0;
	cJSON *json = NULL;
	const char *id = NULL;
	enum err rc;

	sandbox_lock(v->sb);
	if ((rc = openai_accept(v, *job, e)) == ERR_OK) {
		id = arena_strdup(rq->arena, (*job)->id);
		until = job_visible_mono(*job);
		json = created_json(v->sb, rq, *job);
		*job = NULL;		/* the state's now */
	}
	sandbox_unlock(v->sb);
	if (rc != ERR_OK)
		return rc;
	if (v->manners.sync != SYNC_NO) {
		cJSON_Delete(json);
		return answer_later(v, rq, rs, id, until, e);
	}
	resp_json(rs, v->manners.create_status, json);
	openai_poll_after(v, rs);
	return ERR_OK;
}

enum err
handle_openai_create(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = xcalloc(1, sizeof(*job));
	struct form form = { 0 };
	enum err rc;

	if ((rc = req_form(rq, v->sb->media_dir, &form, e)) == ERR_OK &&
	    (rc = openai_read_fields(v, &form, job, e)) == ERR_OK)
		rc = openai_create(v, rq, rs, &job, e);
	job_free(job);
	form_clear(&form);
	return rc;
}
