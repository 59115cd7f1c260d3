/* SPDX-License-Identifier: MIT */
/* dispatch.c: the checks that all routes share, the handler, and errors. */
#include <string.h>

#include "arena.h"
#include "io.h"
#include "log.h"
#include "lounge.h"
#include "media.h"
#include "router.h"
#include "url.h"

/* The types besides JSON that a lenient route tries as JSON: what curl -d sends, and none. */
static bool
is_lenient_type(const char *type)
{
	return *type == '\0' || media_is(type, "text/plain") ||
	    media_is(type, "application/x-www-form-urlencoded");
}

static bool
takes_type(unsigned body, const char *type)
{
	if ((body & (BODY_JSON | BODY_LENIENT_JSON)) && media_is_json(type))
		return true;
	if ((body & BODY_FORM) && (media_is(type, "multipart/form-data") ||
	    media_is(type, "application/x-www-form-urlencoded")))
		return true;
	return (body & BODY_LENIENT_JSON) && is_lenient_type(type);
}

/* Whether the body is compressed, or says so. */
static bool
is_encoded(const struct req *rq)
{
	const char *coding = req_header(rq, "Content-Encoding");

	return coding != NULL && !media_is(coding, "identity");
}

static enum err
check_body(const struct server_conf *conf, struct req *rq, struct error *e)
{
	unsigned types = rq->route->body & BODY_TYPES;
	struct http_io *io = rq->io;

	if (io == NULL)
		return ERR_OK;
	if (conf->ops->limits != NULL)
		conf->ops->limits(rq->ctx, rq->route->body / BODY_SIZE(1),
		    &io->limits);
	if (rq->content_length > io->limits.max_body)
		return error_set(e, ERR_TOO_LARGE, NULL,
		    "Request body too large");
	if (types == BODY_NONE || body_is_empty(rq))
		return ERR_OK;
	if (is_encoded(rq))
		return error_set(e, ERR_MEDIA_TYPE, NULL,
		    "Unsupported content encoding: send the body as it is");
	if (takes_type(types, rq->content_type))
		return ERR_OK;
	return error_set(e, ERR_MEDIA_TYPE, NULL, "Unsupported content type");
}

static enum err
read_query(struct req *rq, struct error *e)
{
	const char *query = req_variable(rq, "QUERY_STRING");
	enum err rc;

	if (query == NULL)
		return ERR_OK;
	rc = url_decode_form(rq->arena, arena_strdup(rq->arena, query),
	    strlen(query), "query string", &rq->query, &rq->n_query, e);
	if (rc == ERR_INVALID_BODY)
		e->code = rc = ERR_INVALID_VALUE;
	return rc;
}

static enum err
find_route(const struct server_conf *conf, struct req *rq, const char **allow,
    struct error *e)
{
	struct found found;

	router_find(conf->routes, conf->n_routes, rq->arena, rq->path,
	    rq->method, &found);
	if (!found.path)
		return error_set(e, ERR_UNKNOWN_URL, NULL, "Not Found");
	if (found.route == NULL) {
		*allow = router_allow(rq->arena, found.methods);
		return error_set(e, ERR_METHOD, NULL, "Method Not Allowed");
	}
	rq->route = found.route;
	memcpy(rq->param, found.param, sizeof(found.param));
	return ERR_OK;
}

static enum err
handle(const struct server_conf *conf, struct req *rq, struct resp *rs,
    const char **allow, struct error *e)
{
	enum err rc;

	if ((rc = find_route(conf, rq, allow, e)) != ERR_OK)
		return rc;
	if (rq->route->who != 0 &&
	    (rc = conf->ops->auth(rq, rq->route->who, e)) != ERR_OK)
		return rc;
	if ((rc = check_body(conf, rq, e)) != ERR_OK)
		return rc;
	if ((rc = read_query(rq, e)) != ERR_OK)
		return rc;
	return rq->route->handler(rq, rs, e);
}

static void
log_failure(const struct req *rq, const struct error *e)
{
	const char *what = rq->route == NULL ? "no route" : rq->route->operation;

	if (what == NULL)
		what = rq->route->path;
	if (error_row(e->code)->status >= 500)
		log_error("%s: %s", what, e->text);
	else
		log_debug("%s: %s", what, e->text);
}

/* Drops what the handler put into the response before it failed. */
static void
answer_error(const struct server_conf *conf, struct req *rq, struct resp *rs,
    const char *allow, const struct error *e)
{
	if (rs->waiter != NULL)
		rs->waiter->ops->free(rs->waiter);
	*rs = (struct resp){ .arena = rs->arena };
	log_failure(rq, e);
	conf->ops->error(rq, rs, e);
	if (allow != NULL)
		resp_header(rs, "Allow", allow);
	if (e->code == ERR_MEDIA_TYPE && is_encoded(rq))
		resp_header(rs, "Accept-Encoding", "identity");
}

void
server_dispatch(const struct server_conf *conf, struct req *rq,
    struct resp *rs)
{
	const char *allow = NULL;
	struct error e = { 0 };

	*rs = (struct resp){ .arena = rq->arena };
	if (rq->method == M_OPTIONS)
		rs->status = 204;
	else if (handle(conf, rq, rs, &allow, &e) != ERR_OK)
		answer_error(conf, rq, rs, allow, &e);
	if (conf->ops->finish != NULL)
		conf->ops->finish(rq, rs);
}
