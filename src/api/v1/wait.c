/* SPDX-License-Identifier: MIT */
/* wait.c: requests that wait in the lounge until their task ends. */
#include "wait.h"

#include <string.h>

#include "arena.h"
#include "cancels.h"
#include "character_store.h"
#include "clock.h"
#include "conf.h"
#include "log.h"

static struct task_waiter *
of_waiter(struct waiter *w)
{
	return (struct task_waiter *)(void *)w;
}

static enum err
failure_code(const struct task *t)
{
	static const struct {
		const char	*code;
		enum err	 err;
	} codes[] = {
		{ "content_policy_violation", ERR_CONTENT_POLICY },
		{ "generation_timeout", ERR_GENERATION_TIMEOUT },
		{ "internal_error", ERR_INTERNAL },
		{ "invalid_video", ERR_INVALID_VIDEO },
		{ "no_available_token", ERR_NO_TOKEN },
		{ "invalid_request", ERR_INVALID_VALUE },
		{ "model_not_found", ERR_MODEL_NOT_FOUND },
		{ "upstream_error", ERR_UPSTREAM },
		{ "upstream_outcome_unknown", ERR_OUTCOME_UNKNOWN },
		{ "upstream_lost", ERR_UPSTREAM_LOST },
		{ "upstream_timeout", ERR_UPSTREAM_TIMEOUT },
		{ "video_expired", ERR_VIDEO_EXPIRED },
	};

	if (t->error_code != NULL)
		for (size_t i = 0; i < NELEM(codes); i++)
			if (strcmp(t->error_code, codes[i].code) == 0)
				return codes[i].err;
	return ERR_GENERATION_FAILED;
}

void
task_failure(const struct task *t, struct error *e)
{
	enum err code = failure_code(t);

	error_set(e, code, code == ERR_INVALID_VIDEO ? "video" : NULL, "%s",
	    t->error_message == NULL ? "Generation failed"
	    : t->error_message);
	/* a repeated request would be generated, and charged, again */
	e->no_retry = true;
}

void
task_waiter_answer(struct task_waiter *tw, struct resp *rs, struct buf *out)
{
	buf_puts(out, tw->waiter.headers);
	resp_serialise(rs, false, out);
}

void
task_waiter_refuse(struct task_waiter *tw, const struct error *e,
    struct buf *out)
{
	struct req rq = { .path = tw->path, .arena = tw->arena };
	struct resp rs = { .arena = tw->arena };

	api_render_error(&rq, &rs, e);
	task_waiter_answer(tw, &rs, out);
}

static void
no_slot(const struct task_waiter *tw, struct error *e)
{
	error_set(e, ERR_RATE_LIMIT, NULL,
	    "All tokens are busy; try again later");
	e->retry_after = tw->conf->slot_wait;
}

bool
task_waiter_change(struct waiter *w, const struct task *t, struct buf *out)
{
	struct task_waiter *tw = of_waiter(w);
	struct error e;

	if (t == NULL) {
		error_set(&e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
		task_waiter_refuse(tw, &e, out);
		return true;
	}
	if (t->status != TASK_QUEUED)
		tw->slot_deadline = 0;
	if (t->status == TASK_PROCESSING)
		tw->no_slot = false;
	if (!task_is_terminal(t->status))
		return false;
	if (t->status == TASK_COMPLETED)
		return tw->complete(tw, t, out);
	if (t->status == TASK_CANCELLED && tw->no_slot)
		no_slot(tw, &e);
	else
		task_failure(t, &e);
	task_waiter_refuse(tw, &e, out);
	return true;
}

/*
 * Only asks for the cancellation: the request ends when it is written, since a slot may
 * become free before.
 */
bool
task_waiter_tick(struct waiter *w, int64_t now, struct buf *out)
{
	struct task_waiter *tw = of_waiter(w);

	(void)out;
	if (tw->slot_deadline == 0 || now < tw->slot_deadline)
		return false;
	tw->slot_deadline = 0;
	tw->no_slot = true;
	cancels_add(tw->cancels, w->task_row, true, "No token became free");
	return false;
}

/*
 * A task that the upstream has accepted is paid for: it goes on, and its result can be
 * read by id.
 */
void
task_waiter_gone(struct waiter *w)
{
	struct task_waiter *tw = of_waiter(w);

	cancels_add(tw->cancels, w->task_row, !tw->conf->cancel_on_disconnect,
	    "Client disconnected");
}

void *
task_waiter_new(size_t size)
{
	struct arena *a = arena_new();
	struct task_waiter *tw = arena_alloc(a, size);

	tw->arena = a;
	return tw;
}

void
task_waiter_free(struct waiter *w)
{
	arena_free(of_waiter(w)->arena);
}

void
task_waiter_park(struct task_waiter *tw, const struct waiter_ops *ops,
    struct accept *ac, struct resp *rs)
{
	tw->waiter.ops = ops;
	tw->waiter.task_row = ac->task.row;
	tw->conf = ac->api->conf;
	tw->store = ac->api->app->watched;
	tw->cancels = ac->api->app->cancels;
	tw->path = arena_strdup(tw->arena, ac->rq->path);
	tw->settings.cache_timeout = ac->settings->cache_timeout;
	tw->settings.cache_base_url = arena_strdup(tw->arena,
	    ac->settings->cache_base_url);
	tw->slot_deadline = clock_mono_ms() + tw->conf->slot_wait * 1000;
	resp_park(rs, &tw->waiter);
}

enum err
task_waiter_character(struct task_waiter *tw, const struct task *t,
    struct character *out, struct error *e)
{
	struct task copy = *t;
	enum err rc = character_load_of_task(tw->store, &copy,
	    tw->arena, e);

	if (rc == ERR_OK && copy.character == NULL)
		rc = error_set(e, ERR_INTERNAL, NULL,
		    "task %s: its character was removed", t->task_id);
	if (rc == ERR_OK)
		*out = *copy.character;
	else
		log_error("%s", e->text);
	/* the character exists: a repeated request would make a second one */
	e->no_retry = true;
	return rc;
}

static const struct waiter_ops once_ops = {
	.on_change = task_waiter_change,
	.on_tick = task_waiter_tick,
	.on_gone = task_waiter_gone,
	.free = task_waiter_free,
};

void
task_wait(task_complete_fn *complete, struct accept *ac, struct resp *rs)
{
	struct task_waiter *tw = task_waiter_new(sizeof(*tw));

	tw->complete = complete;
	task_waiter_park(tw, &once_ops, ac, rs);
}

/* ---- videos ---- */

static bool
answer_video(struct task_waiter *tw, const struct task *t, struct buf *out)
{
	struct resp rs = { .arena = tw->arena };

	resp_json(&rs, 200, video_json(t, &tw->settings));
	task_waiter_answer(tw, &rs, out);
	return true;
}

void
video_wait(struct accept *ac, struct resp *rs)
{
	task_wait(answer_video, ac, rs);
}
