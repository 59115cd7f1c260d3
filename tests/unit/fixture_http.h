/* SPDX-License-Identifier: MIT */
/* fixture_http.h: requests to the API of a worker over a fixture, without a connection. */
#ifndef FIXTURE_HTTP_H
#define FIXTURE_HTTP_H

#include "app.h"
#include "fixture.h"

struct http_fixture {
	struct fixture	*f;
	struct app	 app;
	void		*ctx;		/* of its one accept thread */
	struct arena	*a;		/* of the requests */
};

/* For cmocka: a fixture and a worker on it. */
int	http_setup(void **state);
int	http_teardown(void **state);

/*
 * The answer to one request. `auth`: the Authorization header, NULL: none. `body`
 * NULL: none, else of `type`. `header`: one more CGI variable, or NULL.
 */
struct resp http_ask(struct http_fixture *h, const char *method, const char *path,
	    const char *auth, const char *type, const char *body, const char *header);
#define HTTP_KEY	"Bearer " FIXTURE_API_KEY
/* With the API key, and JSON. */
struct resp http_get(struct http_fixture *h, const char *path);
struct resp http_post(struct http_fixture *h, const char *path, const char *json);

/* A header of the response; NULL when absent. */
const char *http_header(const struct resp *rs, const char *name);
/* The body as text. */
const char *http_body(struct http_fixture *h, const struct resp *rs);
/* Fails the test unless status and body are exactly these. */
void	http_assert(struct http_fixture *h, const struct resp *rs, int status, const char *body);

#endif
