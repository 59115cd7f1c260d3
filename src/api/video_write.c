/* video_write.c: POST /v1/videos and POST /v1/videos/{video_id}/remix. */
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "arena.h"
#include "conf.h"
#include "digest.h"
#include "idem.h"
#include "lounge.h"
#include "video.h"

#define MIB	(1024 * 1024)

struct create {			/* one request on its way to a task */
	struct req	*rq;
	struct api	*api;
	const struct settings *settings;
	struct form	 form;
	struct video_request video;
	struct task	 task;
	struct task_media media;
	struct idem	 idem;		/* key NULL: the client sent none */
	unsigned char	 body_hash[DIGEST_SHA256_LEN];
};

/*
 * OpenAI's clients take 200 and 201. new-api, a relay written in Go, takes any
 * status but 200 for a refusal.
 */
static int
accepted_status(const struct req *rq, const struct conf *conf)
{
	const char *agent = req_header(rq, "User-Agent");

	if (strcmp(conf->video_create_status, "auto") != 0)
		return strcmp(conf->video_create_status, "200") == 0 ? 200
		    : 201;
	return agent != NULL && strncmp(agent, "Go-http-client/", 15) == 0
	    ? 200 : 201;
}

static void
hash_file(struct digest *d, const char *path)
{
	char piece[16384];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		digest_update(d, piece, n);
	fclose(f);
}

/* What was asked, whatever the boundary of its multipart form. */
static void
hash_request(struct create *c)
{
	struct digest *d = digest_new();
	const char *fields = c->form.fields == NULL ? ""
	    : json_print(c->form.fields, c->rq->arena);

	digest_update(d, c->rq->path, strlen(c->rq->path) + 1);
	digest_update(d, fields, strlen(fields) + 1);
	for (size_t i = 0; i < c->form.n_uploads; i++) {
		const struct upload *u = &c->form.uploads[i];

		digest_update(d, u->name, strlen(u->name) + 1);
		hash_file(d, u->path);
	}
	digest_final(d, c->body_hash);
	digest_free(d);
}

static enum err
read_idempotency_key(struct create *c, struct error *e)
{
	const char *key = req_header(c->rq, "Idempotency-Key");

	if (key == NULL)
		return ERR_OK;
	if (strlen(key) > IDEM_KEY_MAX)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "Idempotency-Key must have at most %d bytes",
		    IDEM_KEY_MAX);
	hash_request(c);
	c->idem = (struct idem){
		.key = key,
		.api_key_id = c->rq->auth_id,
		.body_hash = c->body_hash,
		.answer = c->video.async_mode ? video_json_accepted : NULL,
		.arena = c->rq->arena,
	};
	return ERR_OK;
}

/* The answer to a request whose task exists: at once, or when it is done. */
static void
answer_accepted(struct create *c, struct resp *rs, const char *body)
{
	video_poll_header(rs, c->api->conf);
	resp_body(rs, accepted_status(c->rq, c->api->conf), "application/json",
	    body, strlen(body));
}

/* The same request was here before: it gets what the first one got. */
static enum err
replay(struct create *c, const struct idem_answer *first, struct resp *rs,
    struct error *e)
{
	enum err rc;

	if (first->answer != NULL) {
		answer_accepted(c, rs, first->answer);
		return ERR_OK;
	}
	if ((rc = task_load_row(c->api->store, first->task_row, c->rq->arena,
	    &c->task, e)) != ERR_OK)
		return rc;
	video_wait(c->rq, rs, &c->task, c->settings);
	return ERR_OK;
}

/* The reference image; input_reference wins over input_image. */
static enum err
store_reference(struct create *c, struct error *e)
{
	int64_t budget = (int64_t)c->api->conf->fetch_max_mb * MIB;
	enum err rc;

	if ((rc = media_store(c->rq, &c->form, "input_reference",
	    c->video.input_reference, &budget, &c->media, e)) != ERR_OK)
		return rc;
	if (c->media.file == NULL && (rc = media_store(c->rq, &c->form,
	    "input_image", c->video.input_image, &budget, &c->media, e))
	    != ERR_OK)
		return rc;
	if (c->media.file != NULL) {
		c->task.media = &c->media;
		c->task.n_media = 1;
	}
	return ERR_OK;
}

/* Fills in what is remixed. `target` is a post id, or the id of a local task. */
static enum err
set_remix(struct create *c, const char *target, const struct task *source,
    struct error *e)
{
	struct task loaded;
	enum err rc;

	c->task.operation = "video_remix";
	c->task.remixed_from = target;
	if (video_is_post_id(target)) {
		c->task.remix_target = target;
		return ERR_OK;
	}
	if (source == NULL) {
		if ((rc = task_load(c->api->store, target, c->rq->arena,
		    &loaded, e)) != ERR_OK) {
			e->param = "remix_target_id";
			return rc;
		}
		source = &loaded;
	}
	if (source->kind != TASK_VIDEO)
		return error_set(e, ERR_TASK_NOT_FOUND, "remix_target_id",
		    "Task not found");
	return video_remix_source(source, c->rq->arena, &c->task, e);
}

static enum err
submit(struct create *c, struct resp *rs, struct error *e)
{
	enum err rc;

	if (!c->video.async_mode && !lounge_has_room(c->api->app->lounge))
		return error_set(e, ERR_UNAVAILABLE, NULL,
		    "too many requests wait already");
	if ((rc = store_reference(c, e)) != ERR_OK)
		return rc;
	c->task.api_key_id = c->rq->auth_id;
	c->task.base_url = req_base_url(c->rq);
	if ((rc = task_submit(c->api->store, &c->task,
	    video_log_body(&c->task, c->rq->arena), c->api->conf->max_queue,
	    c->idem.key != NULL ? &c->idem : NULL, e)) != ERR_OK)
		return rc;
	if (c->video.async_mode)
		answer_accepted(c, rs, video_json_accepted(&c->task,
		    c->rq->arena));
	else
		video_wait(c->rq, rs, &c->task, c->settings);
	return ERR_OK;
}

/* Everything after the fields were read: at most once for an idempotency key. */
static enum err
create(struct create *c, const char *target, const struct task *source,
    struct resp *rs, struct error *e)
{
	struct idem_answer first = { 0 };
	enum err rc;

	if ((rc = read_idempotency_key(c, e)) != ERR_OK)
		return rc;
	if (c->idem.key != NULL) {
		if ((rc = idem_claim(c->api->store, &c->idem,
		    c->api->conf->idempotency_hours, c->rq->arena, &first, e))
		    != ERR_OK) {
			e->no_retry = rc == ERR_IDEM_REUSE;
			return rc;
		}
		if (first.task_row != 0)
			return replay(c, &first, rs, e);
	}
	video_task(&c->video, c->rq->arena, &c->task);
	if (target != NULL)
		rc = set_remix(c, target, source, e);
	if (rc == ERR_OK)
		rc = submit(c, rs, e);
	if (rc == ERR_OK)
		return ERR_OK;
	media_discard(c->rq, &c->media);
	if (c->idem.key != NULL)
		idem_release(c->api->store, &c->idem);
	return rc;
}

static enum err
begin(struct create *c, struct req *rq, struct error *e)
{
	enum err rc;

	*c = (struct create){ .rq = rq, .api = api_of(rq) };
	if ((rc = api_settings(c->api, &c->settings, e)) != ERR_OK)
		return rc;
	return req_form(rq, c->api->app->spool_dir, &c->form, e);
}

static bool
has_upload(const struct create *c)
{
	for (size_t i = 0; i < c->form.n_uploads; i++)
		if (strcmp(c->form.uploads[i].name, "input_reference") == 0 ||
		    strcmp(c->form.uploads[i].name, "input_image") == 0)
			return true;
	return false;
}

enum err
handle_video_create(struct req *rq, struct resp *rs, struct error *e)
{
	const char *target = NULL;
	struct create c;
	enum err rc;

	if ((rc = begin(&c, rq, e)) != ERR_OK ||
	    (rc = video_parse(c.form.fields, c.form.text, rq->arena, &c.video,
	    e)) != ERR_OK ||
	    (rc = video_remix_target(&c.video, has_upload(&c), rq->arena,
	    &target, e)) != ERR_OK)
		goto out;
	rc = create(&c, target, NULL, rs, e);
out:
	form_clear(&c.form);
	return rc;
}

enum err
handle_video_remix(struct req *rq, struct resp *rs, struct error *e)
{
	struct task source = { 0 };
	struct error no_source;
	struct create c;
	bool post = video_is_post_id(rq->param[0]), found = false;
	enum err rc;

	if ((rc = begin(&c, rq, e)) != ERR_OK)
		goto out;
	/* the source gives the defaults; that it is missing is told after bad fields */
	if (!post)
		found = task_load(c.api->store, rq->param[0], rq->arena,
		    &source, &no_source) == ERR_OK;
	if ((rc = remix_parse(c.form.fields, c.form.text,
	    found ? &source : NULL, rq->arena, &c.video, e)) != ERR_OK)
		goto out;
	if (!post && !found) {
		*e = no_source;
		rc = e->code;
		goto out;
	}
	if ((rc = video_strip_posts(&c.video, rq->arena, e)) == ERR_OK)
		rc = create(&c, rq->param[0], found ? &source : NULL, rs, e);
out:
	form_clear(&c.form);
	return rc;
}
