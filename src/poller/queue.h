/* SPDX-License-Identifier: MIT */
/*
 * queue.h: jobs that wait for the turn of their step. What is due is found
 * without a look at all others.
 */
#ifndef POLLER_QUEUE_H
#define POLLER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct job;
struct poller;

enum queue {			/* what a job waits for when its step is due */
	QUEUE_NONE,		/* nothing: the lists of its token tell of it */
	QUEUE_SEND,		/* that fewer than MAX_SENDING are being sent */
	QUEUE_FETCH,		/* that fewer than cache.downloads files are being fetched */
	QUEUE_OTHER,		/* its turn alone, or something of its token */
	QUEUE__MAX
};

/*
 * Puts the job where it waits for the turn of its step: of a step that is not to
 * be taken yet, until then. Nothing when it is decided, in an exchange, or in a
 * step that a token's lists tell of.
 */
void	job_queue(struct job *job);
/* It is decided, or in an exchange, or gone: it waits for nothing. */
void	job_unqueue(struct job *job);
/* Its turn came, but something it needs is not free: the next is in `ms`. */
void	job_later(struct job *job, int64_t ms);
/* Takes the steps that are due, as far as there is room; true: more are due now. */
bool	queues_run(struct poller *p);
/* When the next one is due, clock_mono_ms; INT64_MAX: none waits. */
int64_t	queues_next(const struct poller *p);

#endif
