/* SPDX-License-Identifier: MIT */
/*
 * fuzz_request.c: a request from FastCGI parameters through the router. The
 * input has a line "NAME=value" per parameter, an empty line, and the body.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "fuzz.h"
#include "http.h"

#define MAX_VARIABLES	64

static enum err
handle_json(struct req *rq, struct resp *rs, struct error *e)
{
	cJSON *json;
	enum err rc;

	if ((rc = req_json(rq, &json, e)) == ERR_OK)
		resp_json(rs, 200, json);
	return rc;
}

static enum err
handle_form(struct req *rq, struct resp *rs, struct error *e)
{
	struct form form = { 0 };
	enum err rc;

	if ((rc = req_form(rq, "/tmp", &form, e)) != ERR_OK)
		return rc;
	resp_json(rs, 200, cJSON_Duplicate(form.fields, true));
	form_clear(&form);
	return ERR_OK;
}

static enum err
handle_echo(struct req *rq, struct resp *rs, struct error *e)
{
	const char *q = req_query(rq, "q");

	(void)e;
	resp_header(rs, "Location", req_base_url(rq));
	if (q != NULL)
		resp_header(rs, "X-Q", q);
	resp_text(rs, 200, "text/plain",
	    rq->param[0] == NULL ? "" : rq->param[0]);
	return ERR_OK;
}

static enum err
auth(struct req *rq, int who, struct error *e)
{
	(void)who;
	return req_header(rq, "Authorization") != NULL ? ERR_OK :
	    error_set(e, ERR_UNAUTHORIZED, NULL, "Missing API key");
}

static void
write_error(struct req *rq, struct resp *rs, const struct error *e)
{
	(void)rq;
	resp_text(rs, error_row(e->code)->status, "text/plain", e->text);
}

static void
add_headers(struct req *rq, struct resp *rs)
{
	resp_header(rs, "X-Request-Id", rq->request_id);
}

static void
limits(void *ctx, unsigned size, struct body_limits *out)
{
	(void)ctx;
	(void)size;
	*out = (struct body_limits){ .max_body = 2000, .json_values = SIZE_MAX };
}

static const struct server_ops ops = { .auth = auth, .error = write_error,
	.finish = add_headers, .limits = limits };

static const struct route routes[] = {
	{ M_GET, "/v1/videos/{id}", 1, BODY_NONE, handle_echo, "get" },
	{ M_DELETE, "/v1/videos/{id}", 1, BODY_NONE, handle_echo, "delete" },
	{ M_POST, "/v1/videos", 1, BODY_JSON | BODY_FORM, handle_form, "create" },
	{ M_GET, "/api/tokens/{id:int}", 0, BODY_NONE, handle_echo, "token" },
	{ M_POST, "/api/login", 0, BODY_JSON | BODY_LENIENT_JSON, handle_json,
	    "login" },
};

static const struct server_conf conf = { .routes = routes,
	.n_routes = NELEM(routes), .ops = &ops };

/* Splits the parameters off; what is left is the body. */
static size_t
read_variables(char *text, size_t len, const char **vars)
{
	size_t n = 0, at = 0;

	while (at < len && n < MAX_VARIABLES) {
		char *eol = memchr(text + at, '\n', len - at);

		if (eol == NULL || eol == text + at) {
			at += eol != NULL;
			break;
		}
		*eol = '\0';
		vars[n++] = text + at;
		at = (size_t)(eol + 1 - text);
	}
	vars[n] = NULL;
	return at;
}

/* One head, and nothing of the request starts a header of its own. */
static void
check_head(const struct resp *rs)
{
	struct buf out;
	const char *end;

	for (size_t i = 0; i < rs->n_headers; i++)
		if (strpbrk(rs->headers[i].value, "\r\n") != NULL)
			abort();
	buf_init(&out, 1 << 22);
	resp_serialise(rs, false, &out);
	end = strstr(out.data, "\r\n\r\n");
	if (strncmp(out.data, "Status: ", 8) != 0 || end == NULL)
		abort();
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *vars[MAX_VARIABLES + 1];
	struct arena *a = arena_new();
	struct resp rs;
	struct req rq;
	char *text;
	size_t at;

	text = arena_alloc(a, len + 1);
	if (len > 0)
		memcpy(text, data, len);
	at = read_variables(text, len, vars);
	req_from_memory(&rq, a, vars, text + at, len - at);
	server_dispatch(&conf, &rq, &rs);
	req_end(&rq);
	check_head(&rs);
	arena_free(a);
	return 0;
}
