/* SPDX-License-Identifier: MIT */
/*
 * queue.c: jobs that wait for the turn of their step, and what takes it. What is
 * due is found without a look at all others, and no turn takes so many that the
 * loop would stop.
 */
#include "character_steps.h"
#include "client.h"
#include "clock.h"
#include "conf.h"
#include "download.h"
#include "poll.h"
#include "poller.h"
#include "publish.h"
#include "send.h"

#define MOST_A_TURN	256	/* steps of one queue */

static const struct {
	enum queue	 queue;
	void		(*take)(struct job *job);
} steps[STEP_DONE + 1] = {
	[STEP_CLIP] =		{ QUEUE_SEND, character_take },
	[STEP_UPLOAD] =		{ QUEUE_SEND, send_take },
	[STEP_CREATE] =		{ QUEUE_SEND, send_take },
	[STEP_CREATING] =	{ QUEUE_OTHER, send_marked },
	[STEP_POLL] =		{ QUEUE_NONE, poll_take },
	[STEP_PUBLISH] =	{ QUEUE_OTHER, publish_take },
	[STEP_PARSE] =		{ QUEUE_FETCH, publish_take },
	[STEP_DOWNLOAD] =	{ QUEUE_FETCH, download_take },
	[STEP_UNPUBLISH] =	{ QUEUE_OTHER, publish_take },
	[STEP_CLIP_SENDING] =	{ QUEUE_OTHER, character_send_marked },
	[STEP_CAMEO] =		{ QUEUE_SEND, character_take },
	[STEP_ASSET] =		{ QUEUE_SEND, character_take },
	[STEP_PICTURE] =	{ QUEUE_SEND, character_take },
	[STEP_NAME] =		{ QUEUE_SEND, character_take },
	[STEP_FINALIZE] =	{ QUEUE_SEND, character_take },
	[STEP_FINALIZING] =	{ QUEUE_OTHER, character_send_marked },
	[STEP_FINALIZE_LOST] =	{ QUEUE_SEND, character_take },
	[STEP_SHOW] =		{ QUEUE_SEND, character_take },
};

/* A server is asked for each job, and has a limit of its own for what is sent. */
static enum queue
queue_of(const struct job *job)
{
	enum queue queue = steps[job->task.step].queue;

	if (pool_token_by_job(job->token) && (queue == QUEUE_SEND ||
	    job->task.step == STEP_POLL))
		return QUEUE_OTHER;
	return queue;
}

/* The step's time is one of the service's clock. */
static int64_t
turn_of(const struct job *job)
{
	int64_t pause = job->task.due_ms - poller_clock(job->poller);

	if (job->task.step == STEP_POLL)
		return job->poll_ms;
	return clock_mono_ms() + (pause > 0 ? pause : 0);
}

void
job_unqueue(struct job *job)
{
	if (heap_has(&job->due))
		heap_remove(job->queue, &job->due);
}

static void
put(struct job *job, int64_t when)
{
	enum queue queue = queue_of(job);

	job_unqueue(job);
	if (queue == QUEUE_NONE)
		return;
	job->queue = &job->poller->queues[queue];
	heap_set(job->queue, &job->due, when);
}

void
job_queue(struct job *job)
{
	if (!job->decided && job->transfer == NULL)
		put(job, turn_of(job));
}

void
job_later(struct job *job, int64_t ms)
{
	put(job, clock_mono_ms() + ms);
}

static bool
has_room(const struct poller *p, enum queue queue)
{
	if (!client_has_room(p->client))
		return false;
	switch (queue) {
	case QUEUE_SEND:
		return p->sending + p->marked < MAX_SENDING;
	case QUEUE_FETCH:
		return p->downloading < p->conf->cache_downloads;
	case QUEUE_NONE:
	case QUEUE_OTHER:
	case QUEUE__MAX:
		break;
	}
	return true;
}

static bool
run(struct poller *p, enum queue queue)
{
	struct heap *h = &p->queues[queue];
	int64_t now = clock_mono_ms();
	struct heap_node *n;
	int taken;

	for (taken = 0; taken < MOST_A_TURN && has_room(p, queue); taken++) {
		struct job *job;

		if ((n = heap_take(h, now)) == NULL)
			return false;
		job = heap_entry(n, struct job, due);
		steps[job->task.step].take(job);
	}
	return taken == MOST_A_TURN;
}

bool
queues_run(struct poller *p)
{
	bool more = false;

	for (enum queue q = QUEUE_NONE + 1; q < QUEUE__MAX; q++)
		more = run(p, q) || more;
	return more;
}

int64_t
queues_next(const struct poller *p)
{
	int64_t next = INT64_MAX;

	for (enum queue q = QUEUE_NONE + 1; q < QUEUE__MAX; q++) {
		const struct heap_node *n = heap_first(&p->queues[q]);

		if (n != NULL && n->when < next && has_room(p, q))
			next = n->when;
	}
	return next;
}
