/* SPDX-License-Identifier: MIT */
/* posts.c: POST /project_y/post, GET and DELETE /project_y/post/{post_id}. */
#include "posts.h"

#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "clock.h"
#include "json.h"
#include "people.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define ID_HEX	32

struct post {
	char		*id;		/* s_... */
	char		*text;
	struct job	*job;
	int64_t		 posted_ms;	/* wall clock */
	bool		 deleted;
	struct post	*next;
};

struct post *
post_find(struct sandbox *sb, const char *id)
{
	struct post *post = index_find(sb, INDEX_POST, id);

	return post == NULL || post->deleted ? NULL : post;
}

struct post *
post_find_in(struct sandbox *sb, const char *text)
{
	char id[ID_HEX + 3];

	for (const char *at = text; (at = strstr(at, "s_")) != NULL; at++) {
		if (strspn(at + 2, "0123456789abcdef") < ID_HEX)
			continue;
		memcpy(id, at, ID_HEX + 2);
		id[ID_HEX + 2] = '\0';
		return post_find(sb, id);
	}
	return NULL;
}

struct job *
post_job(const struct post *post)
{
	return post->job;
}

static struct post *
post_new(struct sandbox *sb, struct job *job, const char *text)
{
	struct post *post = xcalloc(1, sizeof(*post));

	post->id = new_post_id();
	post->text = xstrdup(text != NULL ? text : "");
	post->job = job;
	post->posted_ms = clock_now_ms();
	post->next = sb->posts;
	sb->posts = post;
	job->post = post;
	index_put(sb, INDEX_POST, post->id, post);
	return post;
}

void
posts_clear(struct sandbox *sb)
{
	struct post *next;

	for (struct post *p = sb->posts; p != NULL; p = next) {
		next = p->next;
		free(p->id);
		free(p->text);
		free(p);
	}
	sb->posts = NULL;
}

static const char *
permalink(const struct sandbox *sb, const struct req *rq,
    const struct post *post)
{
	return arena_printf(rq->arena, "%s/p/%s", sandbox_base(sb, rq),
	    post->id);
}

void
post_add_to_draft(cJSON *draft, struct sandbox *sb, const struct req *rq,
    const struct job *job)
{
	const struct post *post = job->post;
	cJSON *json;

	if (post == NULL || post->deleted) {
		json_add_string(draft, "post_visibility", NULL);
		json_add_string(draft, "post", NULL);
		return;
	}
	json_add_string(draft, "post_visibility", "public");
	json = cJSON_AddObjectToObject(draft, "post");
	json_add_string(json, "id", post->id);
	json_add_string(json, "permalink", permalink(sb, rq, post));
}

/* Clients read either member. */
static void
add_encoding(cJSON *encodings, const char *key, const char *url)
{
	cJSON *json = cJSON_AddObjectToObject(encodings, key);

	json_add_string(json, "path", url);
	json_add_string(json, "url", url);
}

static cJSON *
attachment_json(struct sandbox *sb, const struct req *rq,
    const struct post *post)
{
	const struct job *job = post->job;
	struct arena *a = rq->arena;
	const char *raw = media_url(sb, rq, arena_printf(a, "%s/raw", job->uuid));
	cJSON *json = cJSON_CreateObject(), *inner;

	json_add_string(json, "id",
	    arena_printf(a, "%s-attachment-0", post->id));
	json_add_string(json, "kind", "sora");
	json_add_string(json, "generation_id", job->gen_id);
	json_add_string(json, "task_id", job->id);
	json_add_string(json, "url", raw);
	json_add_string(json, "downloadable_url", raw);
	inner = cJSON_AddObjectToObject(json, "download_urls");
	json_add_string(inner, "watermark", raw);
	json_add_string(inner, "no_watermark", NULL);
	json_add_string(inner, "endcard_watermark", NULL);
	json_add_int(json, "width", job->width);
	json_add_int(json, "height", job->height);
	json_add_int(json, "n_frames", job->n_frames);
	cJSON_AddNumberToObject(json, "duration_s", job_seconds(job));
	json_add_bool(json, "output_blocked", false);
	json_add_string(json, "prompt", NULL);
	inner = cJSON_AddObjectToObject(json, "encodings");
	add_encoding(inner, "source", raw);
	add_encoding(inner, "thumbnail", media_url(sb, rq, arena_printf(a,
	    "%.8s_%s/drvs/thumbnail/raw", job->uuid + 28, job->uuid)));
	return json;
}

static void
add_permissions(cJSON *json, bool own)
{
	cJSON *inner = cJSON_AddObjectToObject(json, "permissions");

	json_add_bool(inner, "can_read", true);
	json_add_bool(inner, "can_write", own);
	json_add_bool(inner, "can_delete", own);
	json_add_bool(inner, "can_remix", true);
	json_add_string(inner, "share_setting", "public");
}

static cJSON *
post_json(struct sandbox *sb, const struct req *rq, const struct post *post,
    const struct account *reader)
{
	cJSON *answer = cJSON_CreateObject();
	cJSON *json = cJSON_AddObjectToObject(answer, "post"), *list;

	json_add_string(json, "id", post->id);
	json_add_string(json, "text", post->text);
	json_add_string(json, "permalink", permalink(sb, rq, post));
	json_add_string(json, "preview_image_url", NULL);
	cJSON_AddNumberToObject(json, "posted_at",
	    (double)post->posted_ms / 1000);
	json_add_int(json, "like_count", 0);
	json_add_int(json, "view_count", 0);
	json_add_int(json, "remix_count", 0);
	json_add_bool(json, "user_liked", false);
	add_permissions(json, post->job->account == reader);
	list = cJSON_AddArrayToObject(json, "attachments");
	cJSON_AddItemToArray(list, attachment_json(sb, rq, post));
	cJSON_AddItemToObject(answer, "profile",
	    account_profile(sb, rq, post->job->account));
	return answer;
}

void
posts_add(cJSON *list, struct sandbox *sb, const struct req *rq,
    const struct account *of, const struct account *reader)
{
	for (const struct post *p = sb->posts; p != NULL; p = p->next)
		if (!p->deleted && (of == NULL || p->job->account == of))
			cJSON_AddItemToArray(list,
			    post_json(sb, rq, p, reader));
}

cJSON *
posts_json(const struct sandbox *sb)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct post *p = sb->posts; p != NULL; p = p->next) {
		cJSON *json = cJSON_CreateObject();

		json_add_string(json, "id", p->id);
		json_add_string(json, "generation_id", p->job->gen_id);
		json_add_string(json, "account", p->job->account->key);
		json_add_bool(json, "deleted", p->deleted);
		cJSON_AddItemToArray(list, json);
	}
	return list;
}

/* The draft that the body wants published: a finished video of the account. */
static enum err
read_draft(struct visit *v, const cJSON *body, struct job **out,
    struct error *e)
{
	const cJSON *list = json_get(body, "attachments_to_create");
	const cJSON *item = cJSON_GetArrayItem(list, 0);
	const char *generation = json_string(item, "generation_id");
	const char *kind = json_string(item, "kind");
	struct job *job;

	if (generation == NULL || kind == NULL || strcmp(kind, "sora") != 0)
		return refuse(e, "invalid_request");
	job = index_find(v->sb, INDEX_GENERATION, generation);
	if (job == NULL || job->account != v->account ||
	    !job_moment(job, timeline_now()).has_url)
		return refuse(e, "not_found");
	*out = job;
	return ERR_OK;
}

enum err
handle_sandbox_post_create(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer = NULL;
	struct job *job = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	if ((rc = read_draft(v, body, &job, e)) == ERR_OK)
		answer = post_json(v->sb, rq, post_new(v->sb, job,
		    json_string(body, "post_text")), v->account);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		resp_json(rs, 200, answer);
	return rc;
}

enum err
handle_sandbox_post(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *answer = NULL;
	struct post *post;

	sandbox_lock(v->sb);
	if ((post = post_find(v->sb, rq->param[0])) != NULL)
		answer = post_json(v->sb, rq, post, v->account);
	else
		answer = person_post(v->sb, rq, rq->param[0]);
	sandbox_unlock(v->sb);
	if (answer == NULL)
		return refuse(e, "not_found");
	resp_json(rs, 200, answer);
	return ERR_OK;
}

enum err
handle_sandbox_post_delete(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct post *post;
	bool own;

	sandbox_lock(v->sb);
	post = post_find(v->sb, rq->param[0]);
	own = post != NULL && post->job->account == v->account;
	if (own)
		post->deleted = true;
	sandbox_unlock(v->sb);
	if (post == NULL)
		return refuse(e, "not_found");
	if (!own)
		return refuse(e, "forbidden");
	resp_text(rs, 200, "application/json", "{}");
	return ERR_OK;
}
