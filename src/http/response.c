/* SPDX-License-Identifier: MIT */
/* response.c: filling a response, and its form for the FastCGI server. */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "io.h"

#define HEADERS_STEP	8

static const struct {
	int		 status;
	const char	*reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 302, "Found" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

static const char *
reason_of(int status)
{
	for (size_t i = 0; i < NELEM(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}

static struct header *
new_header(struct resp *rs)
{
	struct header *grown;

	if (rs->n_headers % HEADERS_STEP == 0) {
		grown = arena_array(rs->arena, rs->n_headers + HEADERS_STEP,
		    sizeof(*grown));
		if (rs->n_headers > 0)
			memcpy(grown, rs->headers,
			    rs->n_headers * sizeof(*grown));
		rs->headers = grown;
	}
	return &rs->headers[rs->n_headers++];
}

void
resp_header(struct resp *rs, const char *name, const char *value)
{
	struct header *h = NULL;

	assert(*name != '\0' && strpbrk(name, ": \r\n") == NULL);
	for (size_t i = 0; i < rs->n_headers; i++)
		if (strcasecmp(rs->headers[i].name, name) == 0)
			h = &rs->headers[i];
	if (h == NULL)
		h = new_header(rs);
	h->name = name;
	h->value = arena_strndup(rs->arena, value, strcspn(value, "\r\n"));
}

void
resp_body(struct resp *rs, int status, const char *type, const void *body,
    size_t len)
{
	assert(status >= 200 && status < 600);
	rs->status = status;
	rs->body = body;
	rs->body_len = len;
	resp_header(rs, "Content-Type", type);
}

void
resp_text(struct resp *rs, int status, const char *type, const char *text)
{
	resp_body(rs, status, type, arena_strdup(rs->arena, text), strlen(text));
}

void
resp_json(struct resp *rs, int status, cJSON *json)
{
	const char *text = json_print(json, rs->arena);

	cJSON_Delete(json);
	resp_body(rs, status, "application/json", text, strlen(text));
}

void
resp_park(struct resp *rs, struct waiter *w)
{
	assert(w != NULL && rs->waiter == NULL);
	rs->waiter = w;
}

/*
 * Appended piece by piece: printf's formatting would take most of the time of a small
 * answer.
 */
static void
put_header(struct buf *out, const char *name, const char *value)
{
	buf_puts(out, name);
	buf_puts(out, ": ");
	buf_puts(out, value);
	buf_puts(out, "\r\n");
}

void
resp_serialise_headers(const struct resp *rs, struct buf *out)
{
	for (size_t i = 0; i < rs->n_headers; i++)
		put_header(out, rs->headers[i].name, rs->headers[i].value);
}

/* RFC 9110, sections 8.6 and 15: no length, and no body, with these. */
static bool
has_body(int status)
{
	return status != 204 && status != 304;
}

static void
put_length(const struct resp *rs, struct buf *out)
{
	if (rs->length == NULL)
		buf_printf(out, "Content-Length: %zu\r\n", rs->body_len);
	else if (*rs->length != '\0')
		put_header(out, "Content-Length", rs->length);
}

bool
resp_sends_body(const struct resp *rs, bool head)
{
	return has_body(rs->status) && !head && rs->body_len > 0;
}

void
resp_serialise(const struct resp *rs, bool head, struct buf *out)
{
	int status = rs->status == 0 ? 200 : rs->status;

	buf_printf(out, "Status: %d %s\r\n", status, reason_of(status));
	resp_serialise_headers(rs, out);
	if (has_body(status))
		put_length(rs, out);
	buf_puts(out, "\r\n");
	if (resp_sends_body(rs, head))
		buf_append(out, rs->body, rs->body_len);
}
