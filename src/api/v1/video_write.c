/* SPDX-License-Identifier: MIT */
/* video_write.c: POST /v1/videos and POST /v1/videos/{video_id}/remix. */
#include <string.h>

#include "accept.h"
#include "arena.h"
#include "conf.h"
#include "video.h"
#include "wait.h"

struct create {
	struct accept	 accept;	/* first */
	struct video_request video;
	const char	*target;	/* what is remixed: a post id, or the id of a local task; or NULL */
	const struct task *source;	/* that task, if it is known */
};

static struct create *
of_accept(struct accept *ac)
{
	return (struct create *)(void *)ac;
}

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
answer(struct accept *ac, struct resp *rs, const char *body)
{
	video_poll_header(rs, ac->api->conf);
	resp_body(rs, accepted_status(ac->rq, ac->api->conf),
	    "application/json", body, strlen(body));
}

/* Finds the reference of a field: a file part, or a value. */
static bool
find_ref(const struct accept *ac, const char *field, const cJSON *node,
    struct media_ref *out)
{
	*out = (struct media_ref){ .field = field, .node = node };
	for (size_t i = 0; i < ac->form.n_uploads; i++)
		if (strcmp(ac->form.uploads[i].name, field) == 0) {
			out->node = NULL;
			out->upload = i;
			return true;
		}
	return node != NULL;
}

/* The reference image; input_reference wins over input_image. */
static bool
has_reference(const struct create *c, struct media_ref *out)
{
	return find_ref(&c->accept, "input_reference",
	    c->video.input_reference, out) ||
	    find_ref(&c->accept, "input_image", c->video.input_image, out);
}

static enum err
make(struct accept *ac, struct error *e)
{
	struct create *c = of_accept(ac);
	struct media_ref ignored;

	video_task(&c->video, ac->rq->arena, &ac->task);
	if (has_reference(c, &ignored))
		ac->features = FEATURE_REFERENCE;
	return c->target == NULL ? ERR_OK
	    : accept_remix(ac, c->target, c->source, e);
}

static enum err
store(struct accept *ac, struct error *e)
{
	struct media_ref ref;

	return has_reference(of_accept(ac), &ref)
	    ? accept_media(ac, &ref, 1, e) : ERR_OK;
}

static const struct accept_ops ops = {
	.make = make,
	.store = store,
	.wait = video_wait,
	.verbatim = "metadata",
	.accepted = video_json_accepted,
	.answer = answer,
};

static bool
has_upload(const struct create *c)
{
	struct media_ref ref;

	return find_ref(&c->accept, "input_reference", NULL, &ref) ||
	    find_ref(&c->accept, "input_image", NULL, &ref);
}

/*
 * POST /v1/videos: 201 (or 200) and the video object. 400 a field or model_not_found,
 * 400/409 idempotency, 429 the queue is full, 503 no_available_token.
 */
enum err
handle_video_create(struct req *rq, struct resp *rs, struct error *e)
{
	struct create c = { .target = NULL };
	const struct form *form = &c.accept.form;
	enum err rc;

	if ((rc = accept_begin(&c.accept, &ops, rq, e)) != ERR_OK ||
	    (rc = video_parse(form->fields, form->text, c.accept.pool,
	    rq->arena, &c.video, e)) != ERR_OK ||
	    (rc = video_remix_target(&c.video, has_upload(&c), rq->arena,
	    &c.target, e)) != ERR_OK)
		goto out;
	c.accept.waits = !c.video.async_mode;
	rc = accept_run(&c.accept, rs, e);
out:
	accept_end(&c.accept);
	return rc;
}

/*
 * POST /v1/videos/{video_id}/remix: as video_create, of a finished video or a post; 404
 * task_not_found.
 */
enum err
handle_video_remix(struct req *rq, struct resp *rs, struct error *e)
{
	struct create c = { .target = rq->param[0] };
	const struct form *form = &c.accept.form;
	struct task source = { 0 };
	struct error no_source;
	bool post = video_is_post_id(rq->param[0]);
	enum err rc;

	if ((rc = accept_begin(&c.accept, &ops, rq, e)) != ERR_OK)
		goto out;
	/*
	 * the source task gives the defaults; a bad field is reported before a missing source
	 */
	if (!post && task_load(c.accept.api->store, rq->param[0], rq->arena,
	    &source, &no_source) == ERR_OK)
		c.source = &source;
	if ((rc = remix_parse(form->fields, form->text, c.source,
	    c.accept.pool, rq->arena, &c.video, e)) != ERR_OK)
		goto out;
	if (!post && c.source == NULL) {
		*e = no_source;
		rc = e->code;
		goto out;
	}
	c.accept.waits = !c.video.async_mode;
	if ((rc = video_strip_posts(&c.video, rq->arena, e)) == ERR_OK)
		rc = accept_run(&c.accept, rs, e);
out:
	accept_end(&c.accept);
	return rc;
}
