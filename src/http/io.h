/* SPDX-License-Identifier: MIT */
/* io.h: where a request comes from; private to src/http. */
#ifndef HTTP_IO_H
#define HTTP_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "http.h"

struct http_io {
	const char *const *variables;	/* "NAME=value"; ends with NULL */
	/* Up to len bytes of the body; 0 at its end, -1 when the client broke off. */
	long		(*read)(struct http_io *io, void *data, size_t len);
	void		*stream;	/* for read: FCGX_Stream */
	const char	*body;		/* for read: bytes in memory */
	size_t		 body_len;
	int		 peeked;	/* a byte of the body read ahead, or -1 */
	int64_t		 taken;		/* bytes of the body handed out */
	struct body_limits limits;
	int64_t		 held;		/* of limits.budget, bytes */
	int64_t		 held_most;
	struct upload	*uploads;	/* of req_form: unlinked by req_end */
	size_t		 n_uploads;
};

/* Fills `rq` from io->variables. `rq`, `io` and what io refers to live as long as the request. */
void	req_init(struct req *rq, struct arena *a, struct http_io *io);
/* Whether the body has no byte; may wait for the client when no length was told. */
bool	body_is_empty(struct req *rq);
/*
 * Up to `len` bytes of the body; *got is 0 at its end. ERR_TOO_LARGE beyond
 * its limit, ERR_INVALID_BODY when it ends before its told length.
 */
MUST_CHECK enum err body_read(struct req *rq, void *data, size_t len, size_t *got,
    struct error *e);
/* All of it; `copies` times its length is held while it comes: see body_hold. */
MUST_CHECK enum err body_read_all(struct req *rq, int copies, struct buf *out, struct error *e);

/*
 * Takes `bytes` of memory out of the budget, until body_release or req_end.
 * ERR_UNAVAILABLE while others hold too much; ERR_TOO_LARGE when it is more
 * than the budget ever has.
 */
MUST_CHECK enum err body_hold(struct req *rq, size_t bytes, struct error *e);
void	body_release(struct req *rq, size_t bytes);

/* The header lines of `rs`, without status, length and the empty line. */
void	resp_serialise_headers(const struct resp *rs, struct buf *out);
/* Whether bytes of the body follow the head. */
bool	resp_sends_body(const struct resp *rs, bool head);

#endif
