/* SPDX-License-Identifier: MIT */
/*
 * wait.h: requests that wait in the lounge until their task ends. All but the
 * functions that park one run in the lounge's thread.
 */
#ifndef API_WAIT_H
#define API_WAIT_H

#include "accept.h"
#include "buf.h"
#include "lounge.h"

struct character;
struct task_waiter;

/* Answers for the completed task; true when the answer is complete. */
typedef bool task_complete_fn(struct task_waiter *tw, const struct task *t, struct buf *out);

struct task_waiter {		/* first member of a route's own */
	struct waiter	 waiter;
	struct arena	*arena;
	const struct conf *conf;
	const char	*path;		/* of the request; decides the shape of errors */
	struct settings	 settings;	/* only the members about the cache */
	struct store	*store;		/* the lounge's */
	struct cancels	*cancels;
	int64_t		 slot_deadline;	/* of clock_mono_ms, for a slot; 0: none */
	bool		 no_slot;	/* no slot became free in time, and it is to be cancelled */
	task_complete_fn *complete;
};

/* A zeroed waiter of `size` bytes, a struct task_waiter its first member, in an arena of its own. */
void	*task_waiter_new(size_t size);
/* Parks the request; the lounge frees `tw`. Its `complete` and the route's own members are set. */
void	task_waiter_park(struct task_waiter *tw, const struct waiter_ops *ops, struct accept *ac,
	    struct resp *rs);

/* Parks a request that is answered once, by `complete`, and needs nothing else. */
void	task_wait(task_complete_fn *complete, struct accept *ac, struct resp *rs);

/* The callbacks of one that answers once, for struct waiter_ops. */
bool	task_waiter_change(struct waiter *w, const struct task *t, struct buf *out);
bool	task_waiter_tick(struct waiter *w, int64_t now, struct buf *out);
void	task_waiter_gone(struct waiter *w);
void	task_waiter_free(struct waiter *w);

/* The character that the task made; ERR_INTERNAL when its row is gone. */
MUST_CHECK enum err task_waiter_character(struct task_waiter *tw, const struct task *t,
	    struct character *out, struct error *e);
/* Appends a whole answer: status, headers, body. */
void	task_waiter_answer(struct task_waiter *tw, struct resp *rs, struct buf *out);
void	task_waiter_refuse(struct task_waiter *tw, const struct error *e, struct buf *out);
/* The error to answer for a failed task. */
void	task_failure(const struct task *t, struct error *e);

/* Videos: the task's video object is the answer. */
void	video_wait(struct accept *ac, struct resp *rs);

#endif
