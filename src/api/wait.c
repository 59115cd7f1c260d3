/* wait.c: a request that waits in the lounge until its video is done. */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "log.h"
#include "lounge.h"

struct video_waiter {
	struct waiter	 waiter;	/* first: the lounge's */
	struct arena	*arena;
	const struct conf *conf;
	const char	*path;		/* of the request: errors have its shape */
	struct settings	 settings;	/* what the answer needs of them */
	int64_t		 slot_deadline;	/* ms of clock_mono_ms; 0: it has its slot */
};

static struct video_waiter *
of_waiter(struct waiter *w)
{
	return (struct video_waiter *)(void *)w;
}

/* How a task's failure answers the one who waited for it. */
static enum err
failure_code(const struct task *t)
{
	static const struct {
		const char	*code;
		enum err	 err;
	} codes[] = {
		{ "content_policy_violation", ERR_CONTENT_POLICY },
		{ "generation_timeout", ERR_GENERATION_TIMEOUT },
		{ "no_available_token", ERR_NO_TOKEN },
	};

	if (t->error_code != NULL)
		for (size_t i = 0; i < NELEM(codes); i++)
			if (strcmp(t->error_code, codes[i].code) == 0)
				return codes[i].err;
	return ERR_GENERATION_FAILED;
}

/* Appends the whole answer: status, headers, body. */
static void
answer(struct video_waiter *vw, struct resp *rs, struct buf *out)
{
	buf_puts(out, vw->waiter.headers);
	resp_serialise(rs, false, out);
}

static void
refuse(struct video_waiter *vw, const struct error *e, struct buf *out)
{
	struct req rq = { .path = vw->path, .arena = vw->arena };
	struct resp rs = { .arena = vw->arena };

	api_render_error(&rq, &rs, e);
	answer(vw, &rs, out);
}

static void
answer_failure(struct video_waiter *vw, const struct task *t, struct buf *out)
{
	struct error e;

	error_set(&e, failure_code(t), NULL, "%s", t->error_message == NULL
	    ? "Generation failed" : t->error_message);
	/* sent again, it would be generated, and charged, again */
	e.no_retry = true;
	refuse(vw, &e, out);
}

static bool
on_change(struct waiter *w, const struct task *t, struct buf *out)
{
	struct video_waiter *vw = of_waiter(w);
	struct resp rs = { .arena = vw->arena };
	struct error e;

	if (t == NULL) {
		error_set(&e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
		refuse(vw, &e, out);
		return true;
	}
	if (t->status != TASK_QUEUED)
		vw->slot_deadline = 0;
	if (!task_is_terminal(t->status))
		return false;
	if (t->status != TASK_COMPLETED) {
		answer_failure(vw, t, out);
		return true;
	}
	resp_json(&rs, 200, video_json(t, &vw->settings));
	answer(vw, &rs, out);
	return true;
}

static bool
on_tick(struct waiter *w, int64_t now, struct buf *out)
{
	struct video_waiter *vw = of_waiter(w);
	bool cancelled = false;
	struct error e;

	if (vw->slot_deadline == 0 || now < vw->slot_deadline)
		return false;
	vw->slot_deadline = 0;
	if (task_cancel(w->store, w->task_row, true, "No account became free",
	    &cancelled, &e) != ERR_OK)
		log_error("%s", e.text);
	if (!cancelled)
		return false;
	error_set(&e, ERR_RATE_LIMIT, NULL,
	    "All accounts are busy; try again later");
	e.retry_after = vw->conf->slot_wait;
	refuse(vw, &e, out);
	return true;
}

/* What the upstream has accepted is paid for: it runs on and stays readable. */
static void
on_gone(struct waiter *w)
{
	struct video_waiter *vw = of_waiter(w);
	bool cancelled;
	struct error e;

	if (task_cancel(w->store, w->task_row,
	    !vw->conf->cancel_on_disconnect, "Client disconnected", &cancelled,
	    &e) != ERR_OK && e.code != ERR_TASK_NOT_FOUND)
		log_error("%s", e.text);
}

static void
waiter_free(struct waiter *w)
{
	struct video_waiter *vw = of_waiter(w);

	arena_free(vw->arena);
	free(vw);
}

static const struct waiter_ops video_waiter_ops = {
	.on_change = on_change,
	.on_tick = on_tick,
	.on_gone = on_gone,
	.free = waiter_free,
};

void
video_wait(struct req *rq, struct resp *rs, const struct task *t,
    const struct settings *settings)
{
	struct video_waiter *vw = calloc(1, sizeof(*vw));

	if (vw == NULL)
		fatal("out of memory");
	vw->waiter.ops = &video_waiter_ops;
	vw->waiter.task_row = t->row;
	vw->arena = arena_new();
	vw->conf = api_of(rq)->conf;
	vw->path = arena_strdup(vw->arena, rq->path);
	vw->settings.cache_timeout = settings->cache_timeout;
	vw->slot_deadline = clock_mono_ms() + vw->conf->slot_wait * 1000;
	resp_park(rs, &vw->waiter);
}
