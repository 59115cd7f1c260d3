/* SPDX-License-Identifier: MIT */
/* chat.c: POST /v1/chat/completions: images and videos as the answer of a chat. */
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "arena.h"
#include "character.h"
#include "chat_events.h"
#include "chat_request.h"
#include "clock.h"
#include "conf.h"
#include "id.h"
#include "log.h"
#include "wait.h"

/* A tick may come a second late. */
#define SILENCE_MS		9000	/* without anything: a comment */
#define IMAGE_SILENCE_MS	9000	/* without a chunk */
#define VIDEO_SILENCE_MS	29000

struct create {
	struct accept	 accept;	/* first */
	struct chat_request chat;
};

struct chat_waiter {
	struct task_waiter tw;		/* first */
	struct chat_voice voice;
	enum task_kind	 kind;
	bool		 stream;
	bool		 started;	/* the first chunk was sent */
	struct chat_state told;		/* by the last chunk */
	int64_t		 chunk_ms;	/* when it was sent, of clock_mono_ms */
	int64_t		 output_ms;	/* when anything was */
};

static struct create *
of_accept(struct accept *ac)
{
	return (struct create *)(void *)ac;
}

static struct chat_waiter *
of_waiter(struct waiter *w)
{
	return (struct chat_waiter *)(void *)w;
}

/* ---- without a stream ---- */

/* NULL and an error when the result is gone. */
static const char *
content_of(struct chat_waiter *cw, const struct task *t, struct error *e)
{
	struct task_waiter *tw = &cw->tw;
	struct character c;

	if (t->kind == TASK_CHARACTER)
		return task_waiter_character(tw, t, &c, e) != ERR_OK ? NULL
		    : chat_character(&cw->voice, &c, tw->arena);
	return chat_content(&cw->voice, t->kind, video_url(t, tw->conf,
	    &tw->settings, tw->arena), tw->arena);
}

static bool
complete(struct task_waiter *tw, const struct task *t, struct buf *out)
{
	struct chat_waiter *cw = of_waiter(&tw->waiter);
	struct resp rs = { .arena = tw->arena };
	const char *content;
	struct error e;

	if ((content = content_of(cw, t, &e)) == NULL) {
		task_waiter_refuse(tw, &e, out);
		return true;
	}
	resp_text(&rs, 200, "application/json", chat_answer(&cw->voice,
	    content, tw->arena));
	task_waiter_answer(tw, &rs, out);
	return true;
}

/* ---- with one ---- */

static void
begin(struct chat_waiter *cw, struct buf *out)
{
	if (cw->started)
		return;
	cw->started = true;
	cw->told.stage = "generation";
	buf_puts(out, "Status: 200 OK\r\n");
	buf_puts(out, cw->tw.waiter.headers);
	buf_puts(out, "Content-Type: text/event-stream\r\n"
	    "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n\r\n");
	chat_put_first(&cw->voice, out);
	cw->chunk_ms = cw->output_ms = clock_mono_ms();
}

/* Progress never falls, although another token may start from 0. */
static void
put_state(struct chat_waiter *cw, struct chat_state s, struct buf *out)
{
	if (s.progress < cw->told.progress)
		s.progress = cw->told.progress;
	chat_put_progress(&cw->voice, &s, out);
	cw->told = s;
	cw->chunk_ms = cw->output_ms = clock_mono_ms();
}

static void
tell(struct chat_waiter *cw, const struct task *t, struct buf *out)
{
	struct chat_state s = chat_state_of(t);

	if (strcmp(s.stage, cw->told.stage) != 0 ||
	    (t->kind != TASK_IMAGE && s.progress > cw->told.progress))
		put_state(cw, s, out);
	else
		cw->told.message = s.message;
}

static bool
end_stream(struct chat_waiter *cw, const struct task *t, struct buf *out)
{
	const char *content;
	struct error e;

	if (t != NULL && t->status == TASK_COMPLETED) {
		begin(cw, out);
		if ((content = content_of(cw, t, &e)) != NULL) {
			chat_put_result(&cw->voice, content, out);
			return true;
		}
		/* the cause of an internal error is for the log only */
		error_set(&e, ERR_INTERNAL, NULL, "Internal server error");
	} else if (t == NULL) {
		error_set(&e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	} else {
		task_failure(t, &e);
	}
	chat_put_failure(&cw->voice, cw->told.progress, &e, out);
	return true;
}

/*
 * Until the task has its slot an error is a plain response with its own status: no
 * stream has begun.
 */
static bool
on_change(struct waiter *w, const struct task *t, struct buf *out)
{
	struct chat_waiter *cw = of_waiter(w);
	bool running = t != NULL && (t->status == TASK_PROCESSING ||
	    t->status == TASK_COMPLETED);

	if (!cw->stream || (!cw->started && !running))
		return task_waiter_change(w, t, out);
	cw->tw.slot_deadline = 0;
	if (t == NULL || task_is_terminal(t->status))
		return end_stream(cw, t, out);
	begin(cw, out);
	tell(cw, t, out);
	return false;
}

static bool
on_tick(struct waiter *w, int64_t now, struct buf *out)
{
	struct chat_waiter *cw = of_waiter(w);
	int64_t silence = cw->kind == TASK_IMAGE ? IMAGE_SILENCE_MS
	    : VIDEO_SILENCE_MS;

	if (!cw->started)
		return task_waiter_tick(w, now, out);
	if (now - cw->chunk_ms >= silence) {
		struct chat_state same = cw->told;

		same.status = "processing";
		if (same.message == NULL)
			same.message = "Generating";
		put_state(cw, same, out);
	} else if (now - cw->output_ms >= SILENCE_MS) {
		buf_puts(out, ": keep-alive\n\n");
		cw->output_ms = now;
	}
	return false;
}

static const struct waiter_ops waiter_ops = {
	.on_change = on_change,
	.on_tick = on_tick,
	.on_gone = task_waiter_gone,
	.free = task_waiter_free,
};

static void
wait_for(struct accept *ac, struct resp *rs)
{
	const struct chat_request *chat = &of_accept(ac)->chat;
	struct chat_waiter *cw = task_waiter_new(sizeof(*cw));
	struct arena *a = cw->tw.arena;

	cw->tw.complete = complete;
	cw->stream = chat->stream;
	cw->kind = ac->task.kind;
	cw->voice = (struct chat_voice){
		.id = id_new(a, "chatcmpl-", 24),
		.created = clock_now(),
		.model = arena_strdup(a, chat->model),
		.task_id = arena_strdup(a, ac->task.task_id),
		.markdown = strcmp(ac->api->conf->chat_style, "markdown") == 0,
		.include_usage = chat->include_usage,
	};
	task_waiter_park(&cw->tw, &waiter_ops, ac, rs);
}

/* ---- requests ---- */

static enum err
make(struct accept *ac, struct error *e)
{
	const struct chat_request *chat = &of_accept(ac)->chat;

	chat_task(chat, ac->rq->arena, &ac->task);
	if (chat->n_images > 0)
		ac->features = chat->work == CHAT_IMAGE ? FEATURE_EDIT
		    : FEATURE_REFERENCE;
	if (chat->has_video)
		ac->features |= FEATURE_CHARACTER;
	return chat->work != CHAT_REMIX ? ERR_OK
	    : accept_remix(ac, chat->remix_target, NULL, e);
}

static enum err
store(struct accept *ac, struct error *e)
{
	const struct chat_request *chat = &of_accept(ac)->chat;

	enum err rc = accept_media(ac, chat->images, chat->n_images, e);

	return rc != ERR_OK || !chat->has_video ? rc
	    : accept_clip(ac, &chat->video, e);
}

static const struct accept_ops ops = {
	.make = make,
	.store = store,
	.wait = wait_for,
};

/* The shared checks name fields of the videos API: in a chat both are in "messages". */
static void
name_field(struct error *e)
{
	if (e->code == ERR_INVALID_VALUE && e->param != NULL &&
	    (strcmp(e->param, "prompt") == 0 ||
	    strcmp(e->param, "input_reference") == 0))
		e->param = "messages";
}

/*
 * POST /v1/chat/completions: the result as a chat, streamed or not. 400 a field or
 * model_not_found, 400/409 idempotency, 429 rate_limit_exceeded, 503 no_available_token;
 * while waiting 502 and 504.
 */
enum err
handle_chat(struct req *rq, struct resp *rs, struct error *e)
{
	struct create c = { .chat = { 0 } };
	enum err rc;

	if ((rc = accept_begin(&c.accept, &ops, rq, e)) != ERR_OK)
		goto out;
	c.accept.waits = true;
	c.accept.prompt_field = "messages";
	if ((rc = chat_parse(c.accept.form.fields, c.accept.pool,
	    rq->arena, &c.chat, e)) == ERR_OK &&
	    (rc = accept_run(&c.accept, rs, e)) != ERR_OK)
		name_field(e);
out:
	accept_end(&c.accept);
	return rc;
}
