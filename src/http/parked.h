/* SPDX-License-Identifier: MIT */
/*
 * parked.h: one parked request: its connection and what still has to be
 * written to it. Private to src/http; all but lounge_park is for the lounge's
 * thread alone.
 */
#ifndef HTTP_PARKED_H
#define HTTP_PARKED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "buf.h"
#include "lounge.h"

enum parked_state {
	PARKED_WAITING,		/* for its task */
	PARKED_ENDING,		/* the answer is complete, some of it not yet written */
	PARKED_CLOSING,		/* all is written: until the other side closes too */
	PARKED_GONE,		/* the connection failed */
};

struct parked {
	struct waiter	*waiter;	/* NULL once it is done */
	LIST_ENTRY(parked) link;	/* all of a lounge, or those that have just come */
	LIST_ENTRY(parked) same;	/* its hash chain, as long as it has a waiter */
	struct buf	 out;		/* records that the socket did not take yet */
	int64_t		 change;	/* of the task, when the waiter last saw it */
	int64_t		 looked_ms;	/* when the task was last loaded */
	int64_t		 close_ms;	/* when PARKED_CLOSING ends in any case */
	int		 fd;
	int		 request_id;
	unsigned	 slice;		/* of the lounge */
	enum parked_state state;
	bool		 told;		/* on_change was called */
	bool		 counted;	/* its answer began: status and time are counted */
	bool		 dirty;		/* the task is to be loaded and told */
};

LIST_HEAD(parked_list, parked);

/*
 * Takes over a request: waiter, connection (which becomes non-blocking) and
 * FastCGI request id. `headers` is a heap string for waiter->headers. From any
 * thread.
 */
void	lounge_park(struct lounge *l, struct waiter *w, int fd, int request_id, char *headers);
/*
 * Ends the thread as lounge_stop does, but leaves the lounge to be freed. A
 * second call does nothing.
 */
void	lounge_end(struct lounge *l, int grace_ms);

struct parked	*parked_new(struct waiter *w, int fd, int request_id);
/* Frees the waiter if there is one, closes and frees. */
void		 parked_free(struct parked *p);
/*
 * Sends `text`, and with `last` the end of the request, as far as the socket takes
 * it now; keeps the rest in p->out. Changes p->state.
 */
void		 parked_send(struct parked *p, const struct buf *text, bool last, struct buf *scratch);
/* Goes on with p->out. */
void		 parked_flush(struct parked *p);
/* Discards input in PARKED_CLOSING; PARKED_GONE when the other side has closed. */
void		 parked_drain(struct parked *p);

#endif
