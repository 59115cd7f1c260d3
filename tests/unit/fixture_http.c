/* SPDX-License-Identifier: MIT */
/* fixture_http.c: requests to the API of a worker, without a connection. */
#include "fixture_http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

int
http_setup(void **state)
{
	struct http_fixture *h = calloc(1, sizeof(*h));
	void *fixture = NULL;
	int rc = fixture_setup(&fixture);

	*state = h;
	h->f = fixture;
	h->a = arena_new();
	if (rc != 0)
		return rc;
	h->app.conf = h->f->site.conf;
	h->app.seal = h->f->site.seal;
	h->app.spool_dir = h->f->site.spool_dir;
	h->app.started_ms = clock_now_ms();
	app_set_budgets(&h->app);
	h->ctx = api_ops.thread_open(&h->app);
	return h->ctx == NULL ? -1 : 0;
}

int
http_teardown(void **state)
{
	struct http_fixture *h = *state;
	void *fixture = h->f;

	if (h->ctx != NULL)
		api_ops.thread_close(h->ctx);
	fixture_teardown(&fixture);
	arena_free(h->a);
	free(h);
	return 0;
}

struct resp
http_ask(struct http_fixture *h, const char *method, const char *path,
    const char *auth, const char *type, const char *body, const char *header)
{
	const struct server_conf conf = {
		.routes = api_routes, .n_routes = n_api_routes,
		.ops = &api_ops, .app = &h->app, .threads = 1,
	};
	size_t len = body == NULL ? 0 : strlen(body), n = 0;
	struct resp rs = { .arena = h->a };
	const char *vars[9];
	struct req rq;

	vars[n++] = arena_printf(h->a, "REQUEST_METHOD=%s", method);
	vars[n++] = arena_printf(h->a, "REQUEST_URI=%s", path);
	vars[n++] = "REQUEST_SCHEME=https";
	vars[n++] = "HTTP_HOST=api.example";
	if (auth != NULL)
		vars[n++] = arena_printf(h->a, "HTTP_AUTHORIZATION=%s", auth);
	if (body != NULL)
		vars[n++] = arena_printf(h->a, "CONTENT_LENGTH=%zu", len);
	if (type != NULL)
		vars[n++] = arena_printf(h->a, "CONTENT_TYPE=%s", type);
	if (header != NULL)
		vars[n++] = header;
	vars[n] = NULL;
	req_from_memory(&rq, h->a, vars, body, len);
	rq.ctx = h->ctx;
	server_dispatch(&conf, &rq, &rs);
	req_end(&rq);
	return rs;
}

struct resp
http_get(struct http_fixture *h, const char *path)
{
	return http_ask(h, "GET", path, HTTP_KEY, NULL, NULL, NULL);
}

struct resp
http_post(struct http_fixture *h, const char *path, const char *json)
{
	return http_ask(h, "POST", path, HTTP_KEY, "application/json", json,
	    NULL);
}

const char *
http_header(const struct resp *rs, const char *name)
{
	for (size_t i = 0; i < rs->n_headers; i++)
		if (strcasecmp(rs->headers[i].name, name) == 0)
			return rs->headers[i].value;
	return NULL;
}

const char *
http_body(struct http_fixture *h, const struct resp *rs)
{
	return rs->body == NULL ? "" : arena_strndup(h->a, rs->body,
	    rs->body_len);
}

void
http_assert(struct http_fixture *h, const struct resp *rs, int status,
    const char *body)
{
	if (rs->status != status || strcmp(http_body(h, rs), body) != 0)
		fail_msg("%d %s, not %d %s", rs->status, http_body(h, rs),
		    status, body);
}
