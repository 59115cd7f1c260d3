/* SPDX-License-Identifier: MIT */
/* exchange.c: what libcurl is told, what it calls back, and what came of it. */
#include "exchange.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "address.h"
#include "arena.h"
#include "clock.h"
#include "exchange_answer.h"
#include "fetch.h"
#include "meter.h"
#include "xalloc.h"

#define CONNECT_TIMEOUT	10L		/* s */
#define DEFAULT_TIMEOUT	60		/* s, for a request that names none */
/* Of an answer; with one more header (100 KiB) below libcurl's 300 KiB for all. */
#define MAX_HEADERS	((size_t)192 << 10)

#if LIBCURL_VERSION_NUM >= 0x080600
#define CURL_TOO_LARGE	CURLE_TOO_LARGE
#else
#define CURL_TOO_LARGE	CURLE_OUT_OF_MEMORY	/* so said older ones */
#endif
#define PLAIN		"identity"	/* what is asked for; libcurl undoes what comes all the same */

static const char *trusted;	/* file of certificates; NULL: libcurl's own */

void
exchange_trust(const char *ca_file)
{
	trusted = ca_file;
}

/* ---- options: the first that fails is kept, the rest do nothing ---- */

static void
set_long(struct exchange *x, CURLoption option, long value)
{
	if (x->setup == CURLE_OK)
		x->setup = curl_easy_setopt(x->curl, option, value);
}

static void
set_large(struct exchange *x, CURLoption option, curl_off_t value)
{
	if (x->setup == CURLE_OK)
		x->setup = curl_easy_setopt(x->curl, option, value);
}

static void
set_text(struct exchange *x, CURLoption option, const char *value)
{
	if (x->setup == CURLE_OK)
		x->setup = curl_easy_setopt(x->curl, option, value);
}

static void
bad_request(struct exchange *x, const char *reason)
{
	if (x->setup != CURLE_OK)
		return;
	x->setup = CURLE_BAD_FUNCTION_ARGUMENT;
	x->fault = EXCHANGE_BAD_REQUEST;
	snprintf(x->reason, sizeof(x->reason), "%s", reason);
}

/* A file that is to be sent; errno says why it cannot be read. */
static void
no_file(struct exchange *x)
{
	x->passing = !file_is_lost(errno);
	snprintf(x->reason, sizeof(x->reason),
	    "a file of the body cannot be read: %s", strerror(errno));
	x->setup = CURLE_READ_ERROR;
	x->fault = EXCHANGE_BAD_REQUEST;
}

/* ---- callbacks ---- */

/* Of a proxy it is the proxy's, which is the operator's. */
static bool
is_public(const char *address)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &in4.sin_addr) == 1)
		return address_is_global((struct sockaddr *)&in4);
	return inet_pton(AF_INET6, address, &in6.sin6_addr) == 1 &&
	    address_is_global((struct sockaddr *)&in6);
}

static void
not_public(struct exchange *x)
{
	x->fault = EXCHANGE_PRIVATE;
	snprintf(x->reason, sizeof(x->reason), "its address is not public");
}

/* What is connected to is what was looked at, whatever the name says next. */
static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose UNUSED,
    struct curl_sockaddr *to)
{
	struct exchange *x = arg;

	if (!address_is_global(&to->addr)) {
		not_public(x);
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/*
 * Called when a connection stands and the request is about to be sent. So what
 * failed before this call was certainly not sent. libcurl sends a request
 * again by itself when a reused connection turns out dead or a stream is
 * refused, POST or not (Curl_retry_request in its lib/transfer.c); it comes
 * through here again, where it is stopped if the request must not act twice.
 * A connection that another request opened, which was allowed more, is not used.
 */
static int
on_send(void *arg, char *remote, char *local UNUSED, int remote_port UNUSED,
    int local_port UNUSED)
{
	struct exchange *x = arg;

	if (x->public_only && !is_public(remote)) {
		not_public(x);
		return CURL_PREREQFUNC_ABORT;
	}
	if (x->sent && !x->repeatable) {
		x->fault = EXCHANGE_REPEAT;
		snprintf(x->reason, sizeof(x->reason),
		    "the connection broke before an answer came");
		return CURL_PREREQFUNC_ABORT;
	}
	x->sent = true;
	return CURL_PREREQFUNC_OK;
}

/* Anything but `size * n` makes libcurl give up. */
static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	size_t len = size * n;

	x->received += (int64_t)len;
	if (x->received > x->max) {
		exchange_too_large(x);
		return CURL_WRITEFUNC_ERROR;
	}
	return exchange_store(x, data, len) ? len : CURL_WRITEFUNC_ERROR;
}

static void
headers_too_large(struct exchange *x)
{
	x->fault = EXCHANGE_TOO_LARGE;
	snprintf(x->reason, sizeof(x->reason),
	    "the answer's headers are larger than is accepted");
}

/* libcurl keeps the headers; here they are only bounded. */
static size_t
on_header(char *data UNUSED, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;

	x->header_bytes += size * n;
	if (x->header_bytes <= MAX_HEADERS)
		return size * n;
	headers_too_large(x);
	return CURL_WRITEFUNC_ERROR;
}

static void
set_callbacks(struct exchange *x)
{
	curl_easy_setopt(x->curl, CURLOPT_PREREQFUNCTION, on_send);
	curl_easy_setopt(x->curl, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(x->curl, CURLOPT_HEADERDATA, x);
}

/* ---- the request ---- */

static void
set_trust(struct exchange *x)
{
	if (trusted == NULL)
		return;
	set_text(x, CURLOPT_CAINFO, trusted);
	set_text(x, CURLOPT_PROXY_CAINFO, trusted);
}

static void
set_connection(struct exchange *x, const struct call_request *rq)
{
	int timeout = rq->timeout > 0 ? rq->timeout : DEFAULT_TIMEOUT;

	set_long(x, CURLOPT_NOSIGNAL, 1);
	/* Else a lookup that hangs is waited for after the timeout, too. */
	set_long(x, CURLOPT_QUICK_EXIT, 1);
	set_text(x, CURLOPT_PROTOCOLS_STR, "http,https");
	set_long(x, CURLOPT_FOLLOWLOCATION, 0);
	set_long(x, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set_trust(x);
	set_long(x, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	set_long(x, CURLOPT_TCP_KEEPALIVE, 1);
	set_long(x, CURLOPT_CONNECTTIMEOUT, rq->connect_timeout > 0
	    ? rq->connect_timeout : CONNECT_TIMEOUT);
	set_long(x, CURLOPT_TIMEOUT, timeout);
	if (rq->idle_timeout > 0) {
		set_long(x, CURLOPT_LOW_SPEED_LIMIT, 1);
		set_long(x, CURLOPT_LOW_SPEED_TIME, rq->idle_timeout);
	}
	if (rq->tls_ca != NULL)
		set_text(x, CURLOPT_CAINFO, rq->tls_ca);
	x->public_only = rq->reach != REACH_ANY &&
	    (rq->proxy == NULL || *rq->proxy == '\0');
	if (x->public_only) {
		curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETFUNCTION,
		    on_open_socket);
		curl_easy_setopt(x->curl, CURLOPT_OPENSOCKETDATA, x);
	}
	/* Empty, not absent: the environment's proxies and exceptions are not ours. */
	set_text(x, CURLOPT_PROXY, rq->proxy != NULL ? rq->proxy : "");
	set_text(x, CURLOPT_NOPROXY, "");
	set_long(x, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
	/*
	 * A server may close an idle connection while a request is on its way.
	 * A POST lost so costs a search for what became of it, so it gets a
	 * connection of its own; on_send makes sure that it is sent but once.
	 */
	set_long(x, CURLOPT_FRESH_CONNECT, strcmp(rq->method, "POST") == 0);
}

static void
set_body(struct exchange *x, const struct call_request *rq)
{
	set_large(x, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body_len);
	set_text(x, CURLOPT_COPYPOSTFIELDS, rq->body);
}

/* A body that is read as it is sent. */
static void
set_pieces(struct exchange *x, const struct call_request *rq)
{
	if (!pieces_open(&x->pieces, rq->pieces, rq->n_pieces)) {
		no_file(x);
		return;
	}
	set_long(x, CURLOPT_POST, 1);
	set_large(x, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)pieces_length(&x->pieces));
	curl_easy_setopt(x->curl, CURLOPT_READFUNCTION, pieces_read);
	curl_easy_setopt(x->curl, CURLOPT_READDATA, &x->pieces);
}

static void
set_method(struct exchange *x, const struct call_request *rq)
{
	static const struct call_request empty = { .body = "" };

	if (rq->n_pieces > 0)
		set_pieces(x, rq);
	else if (rq->n_parts == 0 && rq->body != NULL)
		set_body(x, rq);
	else if (strcmp(rq->method, "POST") == 0 && rq->n_parts == 0)
		set_body(x, &empty);
	if (strcmp(rq->method, "HEAD") == 0)
		set_long(x, CURLOPT_NOBODY, 1);
	else
		set_text(x, CURLOPT_CUSTOMREQUEST, rq->method);
}

static bool
has_header(const struct call_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, name) == 0)
			return true;
	return false;
}

static void
add_header_line(struct exchange *x, const char *line)
{
	x->headers = xmade(curl_slist_append(x->headers, line));
}

static void
add_header(struct exchange *x, const struct header *h)
{
	struct buf line;

	if (strpbrk(h->name, "\r\n:") != NULL ||
	    strpbrk(h->value, "\r\n") != NULL) {
		bad_request(x, "a header contains a line break");
		return;
	}
	buf_init(&line, MAX_HEADERS);
	/* libcurl sends an empty value only if told by a semicolon. */
	if (!(h->value[0] == '\0' ? buf_printf(&line, "%s;", h->name) :
	    buf_printf(&line, "%s: %s", h->name, h->value)))
		bad_request(x, "a header is too large");
	else
		add_header_line(x, line.data);
	buf_clear(&line);
}

static void
set_headers(struct exchange *x, const struct call_request *rq)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		add_header(x, &rq->headers[i]);
	/* Not what libcurl would add: a pause for "100 Continue", and a type that is a guess. */
	if (!has_header(rq, "Expect"))
		add_header_line(x, "Expect:");
	if (rq->n_parts == 0 && !has_header(rq, "Content-Type"))
		add_header_line(x, "Content-Type:");
	curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, x->headers);
}

static size_t
read_part(char *out, size_t size, size_t n, void *arg)
{
	size_t got = fread(out, 1, size * n, arg);

	return got == 0 && ferror(arg) ? CURL_READFUNC_ABORT : got;
}

static int
seek_part(void *arg, curl_off_t offset, int origin)
{
	return fseeko(arg, (off_t)offset, origin) == 0 ? CURL_SEEKFUNC_OK
	    : CURL_SEEKFUNC_FAIL;
}

static void
close_part(void *arg)
{
	fclose(arg);
}

/* Opened now, for libcurl would not say why a file cannot be read. */
static CURLcode
add_file(struct exchange *x, curl_mimepart *part, const char *path)
{
	int64_t len;
	FILE *file = file_open_read(path, &len);

	if (file == NULL) {
		no_file(x);
		return x->setup;
	}
	return curl_mime_data_cb(part, (curl_off_t)len, read_part, seek_part,
	    close_part, file);
}

static CURLcode
add_part(struct exchange *x, const struct call_part *p)
{
	curl_mimepart *part = curl_mime_addpart(x->mime);
	CURLcode rc;

	if (part == NULL)
		return CURLE_OUT_OF_MEMORY;
	if ((rc = curl_mime_name(part, p->name)) != CURLE_OK)
		return rc;
	if (p->value != NULL)
		rc = curl_mime_data(part, p->value, CURL_ZERO_TERMINATED);
	else
		rc = add_file(x, part, p->path);
	if (rc == CURLE_OK && p->filename != NULL)
		rc = curl_mime_filename(part, p->filename);
	if (rc == CURLE_OK && p->type != NULL)
		rc = curl_mime_type(part, p->type);
	return rc;
}

static void
set_parts(struct exchange *x, const struct call_request *rq)
{
	if (rq->n_parts == 0)
		return;
	x->mime = xmade(curl_mime_init(x->curl));
	for (size_t i = 0; i < rq->n_parts && x->setup == CURLE_OK; i++)
		x->setup = add_part(x, &rq->parts[i]);
	if (x->setup == CURLE_OK)
		x->setup = curl_easy_setopt(x->curl, CURLOPT_MIMEPOST, x->mime);
}

static void
set_limit(struct exchange *x, const struct call_request *rq)
{
	if (strcmp(rq->method, "HEAD") != 0)	/* its length is not to come */
		set_large(x, CURLOPT_MAXFILESIZE_LARGE, exchange_limit(rq));
}

CURLcode
exchange_begin(struct exchange *x, CURL *curl, const struct call_request *rq)
{
	assert(rq->reach != REACH_UNSAID);
	*x = (struct exchange){ .curl = curl, .sink = { .fd = -1 } };
	x->started_us = clock_mono_us();
	x->label = rq->label != NULL ? rq->label : "other";
	/* RFC 9110 section 9.2.2 lets a client repeat these unasked. */
	x->repeatable = strcmp(rq->method, "GET") == 0 ||
	    strcmp(rq->method, "HEAD") == 0;
	set_text(x, CURLOPT_URL, rq->url);
	set_text(x, CURLOPT_ACCEPT_ENCODING, PLAIN);
	set_connection(x, rq);
	set_callbacks(x);
	set_headers(x, rq);
	set_parts(x, rq);
	set_method(x, rq);
	set_limit(x, rq);
	exchange_sink(x, rq);
	return x->setup;
}

/* ---- the answer ---- */

/*
 * Our own words or libcurl's fixed ones: its error buffer is not used, for it
 * may quote the proxy's URL with its password.
 */
static const char *
reason_of(const struct exchange *x, CURLcode code, struct arena *a)
{
	long proxy = 0, cause = 0;

	if (x->reason[0] != '\0')
		return arena_strdup(a, x->reason);
	curl_easy_getinfo(x->curl, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (!x->sent && proxy >= 300)
		return arena_printf(a, "the proxy answered %ld", proxy);
	curl_easy_getinfo(x->curl, CURLINFO_OS_ERRNO, &cause);
	if (code == CURLE_COULDNT_CONNECT && cause != 0)
		return arena_printf(a, "%s: %s", curl_easy_strerror(code),
		    strerror((int)cause));
	return arena_strdup(a, curl_easy_strerror(code));
}

static size_t
header_count(CURL *curl)
{
	struct curl_header *h = NULL;
	size_t n = 0;

	while ((h = curl_easy_nextheader(curl, CURLH_HEADER, -1, h)) != NULL)
		n++;
	return n;
}

static void
copy_headers(CURL *curl, struct arena *a, struct call_response *r)
{
	struct curl_header *h = NULL;
	size_t n = header_count(curl);

	r->headers = arena_array(a, n, sizeof(*r->headers));
	while (r->n_headers < n &&
	    (h = curl_easy_nextheader(curl, CURLH_HEADER, -1, h)) != NULL) {
		struct header *out = &r->headers[r->n_headers++];

		out->name = arena_strdup(a, h->name);
		out->value = arena_strdup(a, h->value);
	}
}

static const char *
outcome_of(const struct call_response *r)
{
	static const char *const classes[] = { "1xx", "2xx", "3xx", "4xx",
	    "5xx" };

	if (r->transport == TRANSPORT_LOCAL)
		return "local";
	if (r->transport == TRANSPORT_NOT_SENT)
		return "not_sent";
	if (r->transport == TRANSPORT_LOST)
		return r->timed_out ? "timeout" : "lost";
	if (r->status == 401)
		return "401";
	if (r->status == 429)
		return "429";
	return r->status >= 100 && r->status <= 599
	    ? classes[r->status / 100 - 1] : "other";
}

static void
count(const struct exchange *x, struct call_response *r)
{
	int64_t us = clock_mono_us() - x->started_us;

	r->elapsed_ms = us / 1000;
	meter_add(METER_UPSTREAM, x->label, outcome_of(r), 1);
	meter_observe(METER_UPSTREAM_SECONDS, x->label, us);
}

/*
 * The faults of ours that only libcurl saw. It bounds the length and the number
 * of headers, too. Of all other codes, known or not, `sent` is what counts.
 */
static void
find_fault(struct exchange *x, CURLcode code)
{
	if (x->fault != EXCHANGE_FINE)
		return;
	if (code == CURLE_FILESIZE_EXCEEDED)
		exchange_too_large(x);
	else if (code == CURL_TOO_LARGE && x->sent && x->received == 0)
		headers_too_large(x);
}

/*
 * Some put into Content-Encoding what is no coding ("utf-8", "aws-chunked"), or
 * name one that was undone on the way: then the bytes are taken as they are.
 */
bool
exchange_again(struct exchange *x, CURLcode code)
{
	if (code != CURLE_BAD_CONTENT_ENCODING || !x->repeatable ||
	    x->received > 0 || x->as_is)
		return false;
	x->as_is = true;
	x->sent = false;
	x->header_bytes = 0;
	x->setup = CURLE_OK;
	set_long(x, CURLOPT_HTTP_CONTENT_DECODING, 0);
	return x->setup == CURLE_OK;
}

/* A file that was being sent: of all callbacks only its reader stops without a fault. */
static bool
broke_off_reading(const struct exchange *x, CURLcode code)
{
	return code == CURLE_READ_ERROR || (code == CURLE_ABORTED_BY_CALLBACK &&
	    x->fault == EXCHANGE_FINE);
}

/* What was to be sent could not be read, or is no request: see exchange_begin. */
static enum transport
failed_where(const struct exchange *x, CURLcode code)
{
	if (x->sent)
		return TRANSPORT_LOST;
	return x->setup != CURLE_OK || broke_off_reading(x, code)
	    ? TRANSPORT_LOCAL : TRANSPORT_NOT_SENT;
}

static void
no_answer(struct exchange *x, CURLcode code, struct arena *a,
    struct call_response *r)
{
	find_fault(x, code);
	r->transport = failed_where(x, code);
	r->timed_out = code == CURLE_OPERATION_TIMEDOUT;
	r->too_large = x->fault == EXCHANGE_TOO_LARGE;
	r->refused = x->fault == EXCHANGE_PRIVATE;
	r->unusable = x->fault == EXCHANGE_BAD_FILE ||
	    code == CURLE_BAD_CONTENT_ENCODING;
	r->local = r->transport == TRANSPORT_LOCAL ||
	    x->fault == EXCHANGE_DISK || broke_off_reading(x, code);
	r->passing = r->local && (x->passing || x->fault == EXCHANGE_FINE);
	r->reason = reason_of(x, code, a);
	exchange_hand_over_partial(x, a, r);
}

void
exchange_result(struct exchange *x, CURLcode code, struct arena *a,
    struct call_response *r)
{
	*r = (struct call_response){ .body = "" };
	if (code == CURLE_OK) {
		r->transport = TRANSPORT_OK;
		curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &r->status);
		copy_headers(x->curl, a, r);
		exchange_hand_over(x, a, r);
	} else {
		no_answer(x, code, a, r);
	}
	count(x, r);
}

void
exchange_end(struct exchange *x)
{
	/* The handle may live on; it must not point here. */
	curl_easy_reset(x->curl);
	curl_mime_free(x->mime);
	curl_slist_free_all(x->headers);
	buf_clear(&x->body);
	file_abort(&x->sink);
	free(x->scan);
	x->scan = NULL;
	pieces_close(&x->pieces);
}
