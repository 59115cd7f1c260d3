/* SPDX-License-Identifier: MIT */
/*
 * job.h: tasks that are processing (jobs), as the database has them, found by
 * their row. A job is always in one of three states: a decision about it waits to
 * be written (commit.h), an exchange of it is on its way, or it waits for its turn
 * (queue.h).
 */
#ifndef POLLER_JOB_H
#define POLLER_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "credential.h"
#include "error.h"
#include "heap.h"
#include "task.h"
#include "task_store.h"

struct pool_token;
struct file;
struct poller;
struct transfer;

struct job {			/* a task that is processing */
	struct poller	*poller;
	struct pool_token *token;	/* of its token */
	TAILQ_ENTRY(job) of_token;
	struct heap_node due;
	struct heap	*queue;		/* that `due` was put into last */
	struct heap_node end;		/* when its time may be over: expire.c */
	struct arena	*arena;		/* of `task` */
	struct task	 task;
	struct transfer	*transfer;	/* upload, create or download on its way */
	struct credential with;		/* that it was made with */
	int		*mark;		/* this process marked it as being sent, and is to send it: that
					   counts there; NULL: it did not */
	bool		 decided;	/* what came of it is to be written and read again: it is left alone */
	bool		 written;	/* of a decided one: only to be read again */
	struct task_decision decision;	/* of a decided one; its strings are in `arena` */
	TAILQ_ENTRY(job) decision_link;
	bool		 link_renewed;	/* its expired link was read again once */
	int		*counter;	/* that `transfer` counts in */
	bool		 challenged;	/* its last call met a challenge */
	const char	*link;		/* STEP_PARSE: what the parse service told */
	char		 picture[48];	/* STEP_PICTURE: its file in the spool folder; "": none */
	int		 looks;		/* at the lists without progress */
	int		 seen_progress;
	int64_t		 seen_ms;	/* an image: started_ms of the last round that showed it */
	int64_t		 asked_ms;	/* when its upstream was last asked for it and answered, of the
					   service's clock; 0: never */
	/* asked for by itself */
	int64_t		 poll_ms;	/* when to ask again, clock_mono_ms; 0: not planned yet */
	int		 refusals;	/* looks in a row that were refused */
	int		 fails;		/* answers in a row that speak against server or job */
	int64_t		 fails_since_ms;	/* the first of them, clock_mono_ms */
	int		 gone;		/* looks in a row that did not find it */
	int64_t		 gone_ms;	/* the first of them, of the service's clock */
	const char	*location;	/* where its file is said to be; NULL: where the task says */
	bool		 stranger;	/* that is another host, or came from one */
	int		 hops;
	struct file	*partial;	/* what came of its file before it broke off; NULL: nothing */
	struct job	*next_orphan;
	bool		 orphan;	/* its task has ended, but the answer to its exchange is waited
					   for: what that made at the upstream is to be deleted */
};

TAILQ_HEAD(job_list, job);

MUST_CHECK enum err jobs_load_all(struct poller *p, struct error *e);
/* Reads what changed since the last look; `*more`: there is more, for the next turn. */
MUST_CHECK enum err jobs_sync(struct poller *p, bool *more, struct error *e);
/* Reads one task again: updates, adds or drops its job. */
MUST_CHECK enum err jobs_reload(struct poller *p, int64_t row, struct error *e);
void	jobs_free(struct poller *p);

/* An exchange of the job was started, and counts in `*counter`. */
void	job_begin(struct job *job, struct transfer *t, int *counter);
/* It ended: unless another one begins or something is decided, the job waits for its next turn. */
void	job_end(struct job *job);
/* A decision marks it as being sent: that counts in `*counter` until it is. */
void	job_mark(struct job *job, int *counter);
/* Whether this process marked it; it does not count any more. */
bool	job_unmark(struct job *job);
/*
 * Nobody waits for its exchange any more: it is cancelled, unless its answer
 * may name something at the upstream that is to end with the task.
 */
void	job_abandon(struct job *job);
/* Whether it has such an exchange, whose answer is waited for even when the task has ended. */
bool	job_outlives(struct job *job);
/* Keeps such a job, though its task has ended: it is in no list but that of the orphans. */
void	job_orphan(struct job *job);
/* Its answer came: it is freed. */
void	job_orphan_end(struct job *job);
/* Keeps what came of the job's file, in place of what it had; NULL: forgets that. */
void	job_keep_partial(struct job *job, struct file *f);

#endif
