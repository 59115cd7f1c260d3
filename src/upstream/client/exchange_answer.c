/* SPDX-License-Identifier: MIT */
/* exchange_answer.c: where the bytes of an answer go. */
#include "exchange_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "answer_json.h"
#include "arena.h"
#include "number.h"
#include "xalloc.h"

#define MAX_MEMORY	((size_t)4 << 20)
#define MAX_SINK	((int64_t)2 << 30)
#define MOST_BLANKS	4096		/* before an answer's first byte */

/* ---- before they come ---- */

static size_t
memory_limit(const struct call_request *rq)
{
	return rq->max_body > 0 ? rq->max_body : MAX_MEMORY;
}

int64_t
exchange_limit(const struct call_request *rq)
{
	if (rq->sink_dir == NULL)
		return (int64_t)memory_limit(rq);
	return rq->max_sink > 0 ? rq->max_sink : MAX_SINK;
}

void
exchange_too_large(struct exchange *x)
{
	x->fault = EXCHANGE_TOO_LARGE;
	snprintf(x->reason, sizeof(x->reason),
	    "the answer is larger than %lld bytes", (long long)x->max);
}

static bool
disk_failed(struct exchange *x, const struct error *e)
{
	x->fault = EXCHANGE_DISK;
	snprintf(x->reason, sizeof(x->reason), "%s", e->text);
	return false;
}

/* The part of the file that is there already. */
static void
resume(struct exchange *x, struct file *part)
{
	x->sink = *part;
	part->fd = -1;
	x->max -= x->sink.len;
}

void
exchange_sink(struct exchange *x, const struct call_request *rq)
{
	struct error e;

	buf_init(&x->body, memory_limit(rq));
	x->max = exchange_limit(rq);
	x->sinking = rq->sink_dir != NULL;
	if (!x->sinking)
		return;
	x->unpack = rq->unpack;
	x->keep_partial = rq->keep_partial;
	snprintf(x->dir, sizeof(x->dir), "%s", rq->sink_dir);
	if (rq->resume != NULL)
		resume(x, rq->resume);
	if (x->setup != CURLE_OK || x->unpack || x->sink.fd >= 0)
		return;
	if (file_begin(&x->sink, rq->sink_dir, &e) == ERR_OK)
		return;
	x->setup = CURLE_BAD_FUNCTION_ARGUMENT;
	disk_failed(x, &e);
}

/* ---- as they come ---- */

static bool
put_text(void *arg, const void *data, size_t len)
{
	struct exchange *x = arg;

	if (buf_append(&x->body, data, len))
		return true;
	exchange_too_large(x);
	return false;
}

static bool
put_file(void *arg, const void *data, size_t len)
{
	struct exchange *x = arg;
	struct error e;

	if (x->sink.fd < 0 && file_begin(&x->sink, x->dir, &e) != ERR_OK)
		return disk_failed(x, &e);
	return file_write(&x->sink, data, len, &e) == ERR_OK ||
	    disk_failed(x, &e);
}

static bool
is_coded(const struct exchange *x)
{
	struct curl_header *coding = NULL;

	return curl_easy_header(x->curl, "Content-Encoding", 0, CURLH_HEADER,
	    -1, &coding) == CURLHE_OK &&
	    strcasecmp(coding->value, "identity") != 0;
}

/* Whether a part begins where ours ends; of a coded answer its range is one of the coding. */
static bool
continues(const struct exchange *x)
{
	struct curl_header *range = NULL;
	const char *from;
	int64_t place;

	if (is_coded(x) || curl_easy_header(x->curl, "Content-Range", 0,
	    CURLH_HEADER, -1, &range) != CURLHE_OK ||
	    strncasecmp(range->value, "bytes ", 6) != 0)
		return false;
	from = range->value + 6 + strspn(range->value + 6, " \t");
	return number_read_n(from, strspn(from, "0123456789"), x->sink.len,
	    x->sink.len, &place);
}

/* The rest of a file, or all of it again. */
static bool
begin_file(struct exchange *x, long status)
{
	struct error e;

	if (x->sink.len == 0)
		return true;
	if (status != 206)
		return file_restart(&x->sink, &e) == ERR_OK ||
		    disk_failed(x, &e);
	if (continues(x))
		return true;
	x->fault = EXCHANGE_BAD_RANGE;
	snprintf(x->reason, sizeof(x->reason),
	    "the answer is another part of the file");
	return false;
}

static bool
begin_json(struct exchange *x)
{
	x->way = WAY_JSON;
	x->scan = xcalloc(1, sizeof(*x->scan));
	inline_begin(x->scan, put_text, put_file, x);
	return true;
}

static bool
choose_way(struct exchange *x, const char *data, size_t len)
{
	size_t begin = answer_json_begin(data, len);
	long status = 0;

	curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200 || status > 299) {
		x->way = WAY_ERROR;
		return true;
	}
	if (x->unpack && begin < len &&
	    (data[begin] == '{' || data[begin] == '['))
		return begin_json(x);
	x->way = WAY_FILE;
	return begin_file(x, status);
}

/* Whether these first bytes are too few to decide: blank, or a part of a byte order mark. */
static bool
says_nothing(const struct exchange *x)
{
	const char mark[] = "\xef\xbb\xbf";
	size_t len = x->body.len;

	return len < MOST_BLANKS && (answer_json_begin(x->body.data, len)
	    == len || (len < 3 && memcmp(x->body.data, mark, len) == 0));
}

static bool store(struct exchange *x, const char *data, size_t len);

/* The first bytes that are not blank decide; those before them wait in `body`. */
static bool
begin_way(struct exchange *x, const char *data, size_t len)
{
	size_t max = x->body.max;
	struct buf first;
	bool stored;

	x->body.max = x->body.len + len;	/* of a file it is no limit */
	buf_append(&x->body, data, len);
	x->body.max = max;
	if (x->unpack && says_nothing(x))
		return true;
	first = x->body;
	buf_init(&x->body, max);
	stored = choose_way(x, first.data, first.len) &&
	    store(x, first.data, first.len);
	buf_clear(&first);
	return stored;
}

static bool
feed_json(struct exchange *x, const char *data, size_t len)
{
	if (inline_feed(x->scan, data, len))
		return true;
	if (!x->scan->bad)
		return false;
	x->fault = EXCHANGE_BAD_FILE;
	snprintf(x->reason, sizeof(x->reason),
	    "the file in the answer is not base64");
	return false;
}

static bool
store(struct exchange *x, const char *data, size_t len)
{
	switch (x->way) {
	case WAY_UNKNOWN:
		return begin_way(x, data, len);
	case WAY_FILE:
		return put_file(x, data, len);
	case WAY_JSON:
		return feed_json(x, data, len);
	case WAY_ERROR:
		break;
	}
	buf_append(&x->body, data, len);	/* beyond its limit: what there is has to do */
	return true;
}

bool
exchange_store(struct exchange *x, const char *data, size_t len)
{
	return x->sinking ? store(x, data, len) : put_text(x, data, len);
}

/* ---- when all have come ---- */

static void
hand_over_sink(struct exchange *x, struct arena *a, struct call_response *r)
{
	if (x->sink.fd < 0)
		return;
	r->sink = arena_alloc(a, sizeof(*r->sink));
	*r->sink = x->sink;
	x->sink.fd = -1;
}

void
exchange_hand_over(struct exchange *x, struct arena *a,
    struct call_response *r)
{
	r->body = x->body.data;
	r->body_len = x->body.len;
	if (x->way == WAY_UNKNOWN && x->sink.len > 0)	/* the rest did not come */
		file_abort(&x->sink);
	hand_over_sink(x, a, r);
	r->payload = x->scan != NULL && x->scan->found && r->sink != NULL;
}

void
exchange_hand_over_partial(struct exchange *x, struct arena *a,
    struct call_response *r)
{
	/* of what was undone nobody knows how much came */
	if (x->keep_partial && x->way != WAY_JSON && !is_coded(x) &&
	    x->fault == EXCHANGE_FINE && x->sink.len > 0)
		hand_over_sink(x, a, r);
}
