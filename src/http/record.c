/* SPDX-License-Identifier: MIT */
/* record.c: FastCGI records. */
#include "record.h"

#include <fastcgi.h>
#include <string.h>

#define MAX_CONTENT	65528	/* the largest length that needs no padding */

static bool
put_header(struct buf *out, int type, int request_id, size_t len)
{
	const FCGI_Header header = {
		.version = FCGI_VERSION_1,
		.type = (unsigned char)type,
		.requestIdB1 = (unsigned char)(request_id >> 8),
		.requestIdB0 = (unsigned char)(request_id & 0xff),
		.contentLengthB1 = (unsigned char)(len >> 8),
		.contentLengthB0 = (unsigned char)(len & 0xff),
	};

	return buf_append(out, &header, sizeof(header));
}

bool
record_stdout(struct buf *out, int request_id, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		size_t n = len < MAX_CONTENT ? len : MAX_CONTENT;

		if (!put_header(out, FCGI_STDOUT, request_id, n) ||
		    !buf_append(out, p, n))
			return false;
		p += n;
		len -= n;
	}
	return true;
}

bool
record_end(struct buf *out, int request_id)
{
	const FCGI_EndRequestBody body = {
		.protocolStatus = FCGI_REQUEST_COMPLETE,
	};

	return put_header(out, FCGI_STDOUT, request_id, 0) &&
	    put_header(out, FCGI_END_REQUEST, request_id, sizeof(body)) &&
	    buf_append(out, &body, sizeof(body));
}

/* Where a record that begins there ends. */
static size_t
end_of(const FCGI_Header *h)
{
	return sizeof(*h) + ((size_t)h->contentLengthB1 << 8) +
	    h->contentLengthB0 + h->paddingLength;
}

static bool
is_empty(const FCGI_Header *h, int type)
{
	return h->type == type && h->contentLengthB1 == 0 &&
	    h->contentLengthB0 == 0;
}

enum record_progress
record_look(const void *data, size_t len)
{
	enum record_progress progress = RECORD_PART;
	const char *p = data;
	FCGI_Header h;

	while (len > 0) {
		if ((unsigned char)*p != FCGI_VERSION_1)
			return RECORD_BROKEN;
		if (len < sizeof(h))
			break;
		memcpy(&h, p, sizeof(h));
		if (end_of(&h) > len)
			break;
		if (progress == RECORD_HEAD && is_empty(&h, FCGI_STDIN))
			return RECORD_WHOLE;
		if (is_empty(&h, FCGI_PARAMS))
			progress = RECORD_HEAD;
		p += end_of(&h);
		len -= end_of(&h);
	}
	return progress;
}
