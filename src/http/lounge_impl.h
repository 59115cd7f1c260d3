/* SPDX-License-Identifier: MIT */
/*
 * lounge_impl.h: what lounge.c (the thread) and lounge_tell.c (telling waiters about
 * changes) share. Private to these two; all functions are for the lounge's thread alone.
 */
#ifndef HTTP_LOUNGE_IMPL_H
#define HTTP_LOUNGE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "parked.h"

#define LOUNGE_LOOK_MS	100	/* between two looks at the source */
#define LOUNGE_SLICES	10	/* slices; each look ticks one, so each is ticked once a second */
#define LOUNGE_MANY	256	/* requests leaving at once that are worth a malloc_trim */

/* Everything but `incoming`, `count` and the stop fields belongs to the thread. */
struct lounge {
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* of incoming */
	struct parked_list incoming;
	_Atomic int	 count;		/* parked, arrived ones included */
	_Atomic bool	 stopping;
	_Atomic int64_t	 stop_ms;	/* clock_mono_ms at which parked requests are closed */
	bool		 ended;		/* of whoever stops */
	int		 max_waiting;
	int		 wake_fd, epoll_fd;
	struct lounge_source source;
	struct arena	*arena;
	struct buf	 text, records;	/* of the call at hand */
	struct parked_list all;
	struct parked_list *chains;	/* hash of tasks.id, WAITING only */
	size_t		 mask;
	int64_t		 version;	/* of the source, when last looked */
	int64_t		 since;		/* the last change read */
	bool		 look_again;
	bool		 feeding;	/* somebody has more to write */
	bool		 hungry;	/* its client took everything: on_room is due */
	int64_t		 next_look, last_warning;
	unsigned	 slice;		/* ticked last */
	unsigned	 seated;	/* so far, around */
	int		 most;		/* requests parked since the last malloc_trim */
};

void	lounge_hash_add(struct lounge *l, struct parked *p);
/* Registers what `p` waits for on its connection. PARKED_GONE when that fails. */
void	lounge_watch(struct lounge *l, struct parked *p, int op);

/* p may be freed by each of these. */
void	lounge_remove(struct lounge *l, struct parked *p);
void	lounge_client_gone(struct lounge *l, struct parked *p);
/* Acts on the new state after a write: waits for the socket, or closes. */
void	lounge_settle(struct lounge *l, struct parked *p, bool was_pending);
/* Tells the waiter of its task if it has not seen that change yet. */
void	lounge_load_and_tell(struct lounge *l, struct parked *p);

/* Tells the waiters of all tasks that changed since the last look. */
void	lounge_look(struct lounge *l);
void	lounge_tick(struct lounge *l, int64_t now);
/* Lets each waiter that has more to write add one piece. */
void	lounge_feed(struct lounge *l);
/* Logs at most once a minute: a failure concerns all waiters. */
void	lounge_warn(struct lounge *l, const struct error *e);

#endif
