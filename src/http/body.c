/* SPDX-License-Identifier: MIT */
/* body.c: reading a request's body. */
#include <string.h>

#include "arena.h"
#include "io.h"
#include "json_check.h"
#include "xalloc.h"

#define PIECE	(64 * 1024)
#define MAX_VERBATIM	(64 * 1024)

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
	if (rq->io != NULL && rq->io->taken > rq->io->limits.max_body)
		return error_set(e, ERR_TOO_LARGE, NULL,
		    "Request body too large");
	return ERR_OK;
}

enum err
body_read_all(struct req *rq, int copies, struct buf *out, struct error *e)
{
	size_t told = rq->content_length < 0 ? 0 : (size_t)rq->content_length;
	char piece[PIECE];
	enum err rc;
	size_t n;

	if ((rc = body_hold(rq, (size_t)copies * told, e)) != ERR_OK)
		return rc;
	while ((rc = body_read(rq, piece, sizeof(piece), &n, e)) == ERR_OK) {
		if (n == 0)
			return ERR_OK;
		if (rq->content_length < 0 &&
		    (rc = body_hold(rq, (size_t)copies * n, e)) != ERR_OK)
			return rc;
		if (!buf_append(out, piece, n))
			return error_set(e, ERR_TOO_LARGE, NULL,
			    "Request body too large");
	}
	return rc;
}

/* The member whose text is kept as the client wrote it: a double would lose digits. */
static enum err
keep_text(const struct req *rq, const struct buf *body, cJSON *json,
    struct error *e)
{
	const char *at = body->data, *end = body->data + body->len;
	struct json_member m;
	char *text;

	if (!cJSON_IsObject(json_get(json, rq->verbatim)))
		return ERR_OK;
	while (json_next_member(&at, end, &m)) {
		if (!json_member_is(&m, rq->verbatim))
			continue;
		if (m.value_len > MAX_VERBATIM)
			return error_set(e, ERR_INVALID_VALUE, rq->verbatim,
			    "'%s' has more than %d bytes", rq->verbatim,
			    MAX_VERBATIM);
		text = arena_strndup(rq->arena, m.value, m.value_len);
		cJSON_Minify(text);
		cJSON_ReplaceItemInObjectCaseSensitive(json, rq->verbatim,
		    xmade(cJSON_CreateRaw(text)));
		break;
	}
	return ERR_OK;
}

/* The memory of the tree is taken from the budget before it is built. */
static enum err
parse(struct req *rq, const struct buf *body, cJSON **out, struct error *e)
{
	size_t values;
	enum err rc;

	if ((rc = json_check(body->data, body->len,
	    rq->io->limits.json_values, &values, e)) != ERR_OK ||
	    (rc = body_hold(rq, values * JSON_NODE, e)) != ERR_OK ||
	    (rc = json_build_object(body->data, body->len, out, e)) != ERR_OK)
		return rc;
	if (rq->verbatim == NULL)
		return ERR_OK;
	if ((rc = keep_text(rq, body, *out, e)) != ERR_OK) {
		cJSON_Delete(*out);
		*out = NULL;
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
	if ((rc = body_read_all(rq, 2, &body, e)) == ERR_OK &&
	    (rc = parse(rq, &body, out, e)) == ERR_OK)
		body_release(rq, body.len);
	buf_clear(&body);
	return rc;
}
