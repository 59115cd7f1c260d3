/* SPDX-License-Identifier: MIT */
/*
 * lounge.h: the one thread of a worker in which all waiting requests wait.
 *
 * A handler that has to wait for a task makes a waiter and parks it
 * (resp_park); its accept thread takes the next request at once. The lounge
 * looks at its source's version ten times a second; when it changed, it reads
 * the tasks that changed since its last look and gives each to the waiters of
 * that task. All callbacks run in the lounge's thread and must not block.
 */
#ifndef LOUNGE_H
#define LOUNGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"

struct arena;
struct lounge;
struct task;
struct waiter;

struct lounge_row {		/* a task, as its row is now */
	int64_t			 row;		/* tasks.id */
	int64_t			 change;	/* of the change counter, when it last changed */
	const struct task	*task;		/* for on_change; in the arena given */
};

struct lounge_page {
	struct lounge_row	*rows;
	size_t			 n;
	bool			 has_more;
};

struct lounge_source {		/* where tasks are read */
	void	*arg;		/* of all these */
	/* Another number when any task may have changed. */
	int64_t	(*version)(void *arg);
	/* The change counter now. */
	enum err (*change_now)(void *arg, int64_t *out, struct error *e);
	/* ERR_TASK_NOT_FOUND or ERR_NOT_FOUND when there is no such row. */
	enum err (*load)(void *arg, int64_t row, struct arena *a, struct lounge_row *out,
		    struct error *e);
	/* The first of those whose change is above `since`, in that order. */
	enum err (*changes)(void *arg, int64_t since, struct arena *a, struct lounge_page *out,
		    struct error *e);
};

struct waiter_ops {
	/*
	 * `task` changed, or (first call, right after parking) is as it is now;
	 * NULL when its row is gone. Changes that come while the client is slow
	 * to read are merged into one call. Appends to `out` what goes to the
	 * client: the first time it begins with the CGI headers, and among
	 * them w->headers. Returns true when this was the last.
	 */
	bool	(*on_change)(struct waiter *w, const struct task *task, struct buf *out);
	/*
	 * At least once a second while the client keeps reading and after the
	 * first on_change, `now` in ms of clock_mono_ms: heartbeats, deadlines.
	 * As above.
	 */
	bool	(*on_tick)(struct waiter *w, int64_t now, struct buf *out);
	/*
	 * While w->more is set: the client has taken all that was written. As
	 * above. NULL when w->more is never set.
	 */
	bool	(*on_room)(struct waiter *w, struct buf *out);
	/* The client left before the end. Does not write. */
	void	(*on_gone)(struct waiter *w);
	/* Frees the waiter; always the last call. */
	void	(*free)(struct waiter *w);
};

struct waiter {			/* embedded as the first member of a handler's own struct */
	const struct waiter_ops	*ops;
	int64_t			 task_row;	/* tasks.id */
	bool			 more;		/* a callback sets it: on_room has more to write */
	const char		*operation;	/* for the counters: the route's; set when parked */
	int64_t			 started_us;	/* clock_mono_us when the request came; set when parked */
	/*
	 * "Name: value\r\n" of each header that server_ops.finish and the handler
	 * put into the response; set when parked, the lounge's to free.
	 */
	char			*headers;
};

/*
 * Starts the thread; until lounge_stop returned, what `source` reads from is for
 * it alone. max_waiting bounds the parked requests of this process.
 * All signals should be blocked in the caller: the thread inherits that.
 */
MUST_CHECK enum err lounge_new(struct lounge_source source, int max_waiting,
    struct lounge **out, struct error *e);
/* Whether one more may be parked; a handler asks before it stores anything. */
bool	lounge_has_room(struct lounge *l);
/*
 * Waits up to grace_ms for the parked requests, then closes them with on_gone
 * left uncalled; ends the thread and frees. NULL is fine.
 */
void	lounge_stop(struct lounge *l, int grace_ms);
/* Parked now. */
int	lounge_count(struct lounge *l);

#endif
