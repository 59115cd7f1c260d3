/* SPDX-License-Identifier: MIT */
/* request.c: a request, from the CGI variables that the FastCGI server sent. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "id.h"
#include "io.h"

#define ID_DIGITS	24

const char *
req_variable(const struct req *rq, const char *name)
{
	size_t len = strlen(name);

	if (rq->io == NULL || rq->io->variables == NULL)
		return NULL;
	for (const char *const *v = rq->io->variables; *v != NULL; v++)
		if (strncmp(*v, name, len) == 0 && (*v)[len] == '=')
			return (*v)[len + 1] == '\0' ? NULL : *v + len + 1;
	return NULL;
}

/* RFC 3875, section 4.1.18: HTTP_ and the name in upper case, "-" as "_". */
const char *
req_header(const struct req *rq, const char *name)
{
	char variable[128] = "HTTP_";
	size_t len = strlen(name);

	if (strcasecmp(name, "Content-Type") == 0)
		return req_variable(rq, "CONTENT_TYPE");
	if (strcasecmp(name, "Content-Length") == 0)
		return req_variable(rq, "CONTENT_LENGTH");
	if (len >= sizeof(variable) - 5)
		return NULL;
	for (size_t i = 0; i < len; i++)
		variable[5 + i] = name[i] == '-' ? '_' :
		    (char)toupper((unsigned char)name[i]);
	return req_variable(rq, variable);
}

const char *
req_query(const struct req *rq, const char *name)
{
	for (size_t i = rq->n_query; i > 0; i--)
		if (strcmp(rq->query[i - 1].name, name) == 0)
			return rq->query[i - 1].value;
	return NULL;
}

/* ---- the base of our own URLs ---- */

static const char *
scheme_of(const struct req *rq)
{
	const char *told = req_header(rq, "X-Forwarded-Proto");
	const char *scheme = req_variable(rq, "REQUEST_SCHEME");
	size_t len = told == NULL ? 0 : strcspn(told, ", \t");

	if (len == 5 && strncasecmp(told, "https", 5) == 0)
		return "https";
	if (len == 4 && strncasecmp(told, "http", 4) == 0)
		return "http";
	if (scheme != NULL && strcasecmp(scheme, "https") == 0)
		return "https";
	return req_variable(rq, "HTTPS") != NULL &&
	    strcasecmp(req_variable(rq, "HTTPS"), "on") == 0 ? "https" : "http";
}

static bool
host_ok(const char *host)
{
	return host != NULL && strlen(host) < 262 &&
	    host[strspn(host, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")] == '\0';
}

const char *
req_base_url(const struct req *rq)
{
	const char *scheme = scheme_of(rq);
	const char *host = req_header(rq, "Host");
	const char *port = req_variable(rq, "SERVER_PORT");
	bool usual;

	if (host_ok(host))
		return arena_printf(rq->arena, "%s://%s", scheme, host);
	host = req_variable(rq, "SERVER_NAME");
	if (!host_ok(host))
		host = "localhost";
	usual = port == NULL ||
	    strcmp(port, strcmp(scheme, "https") == 0 ? "443" : "80") == 0;
	return arena_printf(rq->arena, "%s://%s%s%s", scheme, host,
	    usual ? "" : ":", usual ? "" : port);
}

/* ---- building ---- */

static const struct {
	const char	*name;
	enum method	 method;
} methods[] = {
	{ "GET", M_GET },
	{ "POST", M_POST },
	{ "PUT", M_PUT },
	{ "DELETE", M_DELETE },
	{ "OPTIONS", M_OPTIONS },
	{ "HEAD", M_HEAD },
};

static enum method
method_of(const char *name)
{
	for (size_t i = 0; name != NULL && i < NELEM(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return M_OTHER;
}

/* A decoded path as it could have been sent: it is decoded again later. */
static char *
encode_percent(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, 3 * strlen(path) + 1), *p = out;

	for (; *path != '\0'; path++) {
		*p++ = *path;
		if (*path == '%') {
			memcpy(p, "25", 2);
			p += 2;
		}
	}
	return out;
}

/*
 * The path as the client sent it, so that an encoded slash does not become a
 * separator. DOCUMENT_URI is decoded by nginx and only the fallback.
 */
static const char *
path_of(const struct req *rq)
{
	const char *uri = req_variable(rq, "REQUEST_URI");

	if (uri != NULL)
		return arena_strndup(rq->arena, uri, strcspn(uri, "?#"));
	uri = req_variable(rq, "DOCUMENT_URI");
	return uri == NULL ? "/" : encode_percent(rq->arena, uri);
}

static int64_t
length_of(const char *text)
{
	intmax_t length;
	char *end;

	if (text == NULL || !isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	length = strtoimax(text, &end, 10);
	if (*end != '\0')
		return -1;
	return errno == ERANGE ? INT64_MAX : (int64_t)length;
}

/* The id that the FastCGI server chose, so that its log and ours agree, or a new one. */
static const char *
id_of(const struct req *rq)
{
	const char *id = req_variable(rq, "SORA2API_REQUEST_ID");

	if (id != NULL && strlen(id) == 4 + ID_DIGITS &&
	    strncmp(id, "req_", 4) == 0 &&
	    strspn(id + 4, "0123456789abcdef") == ID_DIGITS)
		return id;
	return id_new(rq->arena, "req_", ID_DIGITS);
}

void
req_init(struct req *rq, struct arena *a, struct http_io *io)
{
	const char *type;

	*rq = (struct req){ .arena = a, .io = io };
	io->peeked = -1;
	io->limits = (struct body_limits){
		.max_body = INT64_MAX, .json_values = SIZE_MAX,
	};
	rq->method = method_of(req_variable(rq, "REQUEST_METHOD"));
	if (rq->method == M_HEAD) {
		rq->method = M_GET;
		rq->head = true;
	}
	rq->path = path_of(rq);
	rq->request_id = id_of(rq);
	type = req_variable(rq, "CONTENT_TYPE");
	rq->content_type = type == NULL ? "" : type;
	rq->content_length = length_of(req_variable(rq, "CONTENT_LENGTH"));
}

static long
read_memory(struct http_io *io, void *data, size_t len)
{
	if (len > io->body_len)
		len = io->body_len;
	if (len > 0)
		memcpy(data, io->body, len);
	io->body += len;
	io->body_len -= len;
	return (long)len;
}

void
req_from_memory(struct req *rq, struct arena *a, const char *const *variables,
    const void *body, size_t len)
{
	struct http_io *io = arena_alloc(a, sizeof(*io));

	io->variables = variables;
	io->read = read_memory;
	io->body = len > 0 ? body : "";
	io->body_len = len;
	req_init(rq, a, io);
}
