/* SPDX-License-Identifier: MIT */
/* budget.c: the limit on the memory of all bodies together. */
#include <assert.h>
#include <stdatomic.h>

#include "io.h"

#define PAUSE_S	1		/* until a refused client may try again */

enum err
body_hold(struct req *rq, size_t bytes, struct error *e)
{
	struct http_io *io = rq->io;
	struct budget *b = io->limits.budget;

	if (b == NULL || bytes == 0)
		return ERR_OK;
	if (bytes > INT64_MAX / 2 || (int64_t)bytes > b->max - io->held)
		return error_set(e, ERR_TOO_LARGE, NULL, "Request body too "
		    "large: send media as files of a multipart form");
	if (atomic_fetch_add(&b->held, (int64_t)bytes) + (int64_t)bytes >
	    b->max) {
		atomic_fetch_sub(&b->held, (int64_t)bytes);
		error_set(e, ERR_UNAVAILABLE, NULL, "the bodies of other "
		    "requests hold the memory that there is for them");
		e->retry_after = PAUSE_S;
		return e->code;
	}
	io->held += (int64_t)bytes;
	if (io->held > io->held_most)
		io->held_most = io->held;
	return ERR_OK;
}

void
body_release(struct req *rq, size_t bytes)
{
	struct http_io *io = rq->io;

	if (io->limits.budget == NULL)
		return;
	assert((int64_t)bytes <= io->held);
	atomic_fetch_sub(&io->limits.budget->held, (int64_t)bytes);
	io->held -= (int64_t)bytes;
}
