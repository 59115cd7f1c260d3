/* SPDX-License-Identifier: MIT */
/* images.c: POST /v1/images/generations and /v1/images/edits. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accept.h"
#include "arena.h"
#include "base64.h"
#include "conf.h"
#include "image_request.h"
#include "wait.h"
#include "xalloc.h"

#define PIECE		(192 * 1024)	/* of a file, at a time: a multiple of 3 */
#define MAX_FILE	((off_t)1024 * 1024 * 1024)

/* The metadata of a task whose answer holds the file itself. */
#define WANTS_FILE	"{\"response_format\":\"b64_json\"}"

struct create {
	struct accept	 accept;	/* first */
	struct image_request image;
};

struct image_waiter {
	struct task_waiter tw;		/* first */
	bool		 url, b64;	/* forms of the answer; with both, b64 may be left out */
	int		 fd;		/* of a file that is being answered; -1: none */
	off_t		 left;		/* of it */
	char		*tail;		/* what comes behind it */
};

static struct create *
of_accept(struct accept *ac)
{
	return (struct create *)(void *)ac;
}

static struct image_waiter *
of_waiter(struct waiter *w)
{
	return (struct image_waiter *)(void *)w;
}

/* ---- answers ---- */

static cJSON *
image_json(const struct task *t, const char *url, const char *b64)
{
	cJSON *json = cJSON_CreateObject(), *data, *image;

	json_add_int(json, "created", t->completed_at);
	data = xmade(cJSON_AddArrayToObject(json, "data"));
	image = xmade(cJSON_CreateObject());
	if (url != NULL)
		json_add_string(image, "url", url);
	if (b64 != NULL)
		json_add_string(image, "b64_json", b64);
	json_add_string(image, "revised_prompt", t->prompt);
	cJSON_AddItemToArray(data, image);
	return json;
}

/* Appends base64 of the next piece of the file; Content-Length was sent before. */
static bool
put_piece(struct image_waiter *iw, struct buf *out)
{
	unsigned char piece[PIECE];
	char text[BASE64_LEN(PIECE) + 1];
	size_t wanted = iw->left < PIECE ? (size_t)iw->left : PIECE, have = 0;
	ssize_t n = 1;

	while (have < wanted && n > 0) {
		n = read(iw->fd, piece + have, wanted - have);
		if (n > 0)
			have += (size_t)n;
	}
	if (have < wanted)		/* short body: the client sees the failure */
		return true;
	buf_append(out, text, base64_encode_to(text, piece, have));
	iw->left -= (off_t)have;
	if (iw->left > 0)
		return false;
	buf_puts(out, iw->tail);
	return true;
}

static bool
open_result(struct image_waiter *iw, const struct task *t)
{
	struct stat st;

	if (t->result_file == NULL)
		return false;
	iw->fd = open(arena_printf(iw->tw.arena, "%s/%s",
	    iw->tw.conf->cache_dir, t->result_file), O_RDONLY | O_CLOEXEC);
	if (iw->fd < 0 || fstat(iw->fd, &st) != 0 || st.st_size == 0 ||
	    st.st_size > MAX_FILE)
		return false;
	iw->left = st.st_size;
	return true;
}

/* Sends the answer up to the file; its Content-Length includes the file. */
static bool
answer_file(struct image_waiter *iw, const struct task *t, const char *url,
    struct buf *out)
{
	static const char mark[] = "\"b64_json\":\"";
	struct task_waiter *tw = &iw->tw;
	struct resp rs = { .arena = tw->arena };
	cJSON *json = image_json(t, url, "");
	char *text = json_print(json, tw->arena);
	char *at = strstr(text, mark) + strlen(mark);

	cJSON_Delete(json);
	iw->tail = arena_strdup(tw->arena, at);
	*at = '\0';
	resp_text(&rs, 200, "application/json", "");
	rs.body_len = strlen(text) + BASE64_LEN((size_t)iw->left) +
	    strlen(iw->tail);
	buf_puts(out, tw->waiter.headers);
	resp_serialise(&rs, true, out);
	buf_puts(out, text);
	tw->waiter.more = true;
	return put_piece(iw, out);
}

static bool
complete(struct task_waiter *tw, const struct task *t, struct buf *out)
{
	struct image_waiter *iw = of_waiter(&tw->waiter);
	struct resp rs = { .arena = tw->arena };
	const char *url = !iw->url ? NULL : video_url(t, tw->conf,
	    &tw->settings, tw->arena);
	struct error e;

	if (iw->b64 && open_result(iw, t))
		return answer_file(iw, t, url, out);
	if (!iw->url) {
		error_set(&e, ERR_UPSTREAM, NULL,
		    "The image was made, but its file cannot be fetched");
		e.no_retry = true;
		task_waiter_refuse(tw, &e, out);
		return true;
	}
	resp_json(&rs, 200, image_json(t, url, NULL));
	task_waiter_answer(tw, &rs, out);
	return true;
}

/* ---- waiting ---- */

static bool
on_change(struct waiter *w, const struct task *t, struct buf *out)
{
	return !w->more && task_waiter_change(w, t, out);
}

static bool
on_room(struct waiter *w, struct buf *out)
{
	return put_piece(of_waiter(w), out);
}

static void
waiter_free(struct waiter *w)
{
	struct image_waiter *iw = of_waiter(w);

	if (iw->fd >= 0)
		close(iw->fd);
	task_waiter_free(w);
}

static const struct waiter_ops waiter_ops = {
	.on_change = on_change,
	.on_tick = task_waiter_tick,
	.on_room = on_room,
	.on_gone = task_waiter_gone,
	.free = waiter_free,
};

/*
 * url, b64_json or both. OpenAI's clients of the gpt-image family send no format
 * and read the file; everybody else reads the address.
 */
static const char *
answer_form(struct accept *ac)
{
	const struct image_request *image = &of_accept(ac)->image;

	if (image->response_format != NULL)
		return image->response_format;
	return strncmp(image->model, "gpt-image-", 10) == 0
	    ? ac->api->conf->image_answer : "url";
}

static void
wait_for(struct accept *ac, struct resp *rs)
{
	const char *form = answer_form(ac);
	struct image_waiter *iw = task_waiter_new(sizeof(*iw));

	iw->fd = -1;
	iw->url = strcmp(form, "b64_json") != 0;
	iw->b64 = strcmp(form, "url") != 0;
	iw->tw.complete = complete;
	task_waiter_park(&iw->tw, &waiter_ops, ac, rs);
}

/* ---- requests ---- */

static enum err
make(struct accept *ac, struct error *e UNUSED)
{
	const struct image_request *image = &of_accept(ac)->image;

	image_task(image, ac->rq->arena, &ac->task);
	if (image->n_refs > 0)
		ac->features = FEATURE_EDIT;
	if (strcmp(answer_form(ac), "url") != 0)
		ac->task.metadata = WANTS_FILE;
	return ERR_OK;
}

static enum err
store(struct accept *ac, struct error *e)
{
	const struct image_request *image = &of_accept(ac)->image;

	return accept_media(ac, image->refs, image->n_refs, e);
}

static const struct accept_ops ops = {
	.make = make,
	.store = store,
	.wait = wait_for,
};

static enum err
create(struct req *rq, struct resp *rs, bool edit, struct error *e)
{
	struct create c = { .image = { 0 } };
	struct request_body body;
	enum err rc;

	if ((rc = accept_begin(&c.accept, &ops, rq, e)) != ERR_OK)
		goto out;
	c.accept.waits = true;
	body = accept_body(&c.accept);
	if ((rc = image_parse(&body, edit, c.accept.pool, rq->arena,
	    &c.image, e)) == ERR_OK)
		rc = accept_run(&c.accept, rs, e);
out:
	accept_end(&c.accept);
	return rc;
}

/*
 * POST /v1/images/generations: the image, once it is made. 400 a field or
 * model_not_found, 400/409 idempotency, 429 rate_limit_exceeded, 503 no_available_token;
 * while waiting 502 and 504.
 */
enum err
handle_image_create(struct req *rq, struct resp *rs, struct error *e)
{
	return create(rq, rs, false, e);
}

/*
 * POST /v1/images/edits: as image_create with at least one image; 400 when there is
 * none.
 */
enum err
handle_image_edit(struct req *rq, struct resp *rs, struct error *e)
{
	return create(rq, rs, true, e);
}
