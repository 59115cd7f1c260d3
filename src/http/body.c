/* body.c: reading a request's body. */
#include <string.h>

#include "arena.h"
#include "io.h"

#define PIECE	(64 * 1024)

static long
read_some(struct http_io *io, void *data, size_t len)
{
	if (io->peeked < 0)
		return io->read(io, data, len);
	*(unsigned char *)data = (unsigned char)io->peeked;
	io->peeked = -1;
	return 1;
}

long
req_read(struct req *rq, void *data, size_t len)
{
	struct http_io *io = rq->io;
	long n;

	if (io == NULL || len == 0)
		return 0;
	if (rq->content_length >= 0 &&
	    (int64_t)len > rq->content_length - io->taken)
		len = (size_t)(rq->content_length - io->taken);
	if (len == 0)
		return 0;
	n = read_some(io, data, len);
	if (n == 0 && rq->content_length > io->taken)
		return -1;	/* it ends before its told length */
	if (n > 0)
		io->taken += n;
	return n;
}

bool
body_is_empty(struct req *rq)
{
	struct http_io *io = rq->io;
	unsigned char c;

	if (rq->content_length >= 0 || io == NULL)
		return rq->content_length <= 0;
	if (io->peeked < 0 && io->taken == 0 && io->read(io, &c, 1) == 1)
		io->peeked = c;
	return io->peeked < 0;
}

enum err
body_read(struct req *rq, void *data, size_t len, size_t *got,
    struct error *e)
{
	long n = req_read(rq, data, len);

	if (n < 0)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: it ends too early");
	*got = (size_t)n;
	if (rq->io != NULL && rq->io->taken > rq->io->max_body)
		return error_set(e, ERR_TOO_LARGE, NULL,
		    "Request body too large");
	return ERR_OK;
}

enum err
body_read_all(struct req *rq, struct buf *out, struct error *e)
{
	char piece[PIECE];
	enum err rc;
	size_t n;

	while ((rc = body_read(rq, piece, sizeof(piece), &n, e)) == ERR_OK) {
		if (n == 0)
			return ERR_OK;
		if (!buf_append(out, piece, n))
			return error_set(e, ERR_TOO_LARGE, NULL,
			    "Request body too large");
	}
	return rc;
}

enum err
req_json(struct req *rq, cJSON **out, struct error *e)
{
	struct buf body;
	enum err rc;

	*out = NULL;
	buf_init(&body, SIZE_MAX / 4);
	if ((rc = body_read_all(rq, &body, e)) != ERR_OK)
		goto out;
	rc = json_parse_object(body.data, body.len, out, e);
out:
	buf_clear(&body);
	return rc;
}
