/* SPDX-License-Identifier: MIT */
/* shared.c: what the handlers of v1/ and of admin/ both need. */
#include <stdatomic.h>

#include "api.h"
#include "arena.h"
#include "conf.h"
#include "field.h"
#include "token_store.h"

/* ---- bodies ---- */

static void
delete_json(void *json)
{
	cJSON_Delete(json);
}

enum err
api_json(struct req *rq, const cJSON **out, struct error *e)
{
	cJSON *body = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	arena_own(rq->arena, body, delete_json);
	*out = body;
	return ERR_OK;
}

enum err
api_read(struct req *rq, const struct field *fields, size_t n, void *out,
    struct error *e)
{
	const cJSON *body = NULL;
	enum err rc;

	/* strings of the result are those of the tree */
	if ((rc = api_json(rq, &body, e)) != ERR_OK)
		return rc;
	return fields_read(fields, n, body, false, rq->arena, out, e);
}

/* ---- calls of the upstream ---- */

/*
 * At most half of a process's threads wait for the upstream: status reads never
 * queue behind them.
 */
enum err
upstream_enter(struct req *rq, struct error *e)
{
	struct app *app = api_of(rq)->app;
	int most = (app->conf->server_threads + 1) / 2;

	if (atomic_fetch_add(&app->in_upstream, 1) < most)
		return ERR_OK;
	atomic_fetch_sub(&app->in_upstream, 1);
	error_set(e, ERR_UNAVAILABLE, NULL,
	    "too many requests wait for the upstream");
	e->retry_after = 1;
	return e->code;
}

void
upstream_leave(struct req *rq)
{
	atomic_fetch_sub(&api_of(rq)->app->in_upstream, 1);
}

/* ---- the token of a path ---- */

enum err
token_of_path(struct req *rq, struct token *out, struct error *e)
{
	int64_t id;

	if (!field_parse_int(rq->param[0], &id))
		return error_set(e, ERR_NOT_FOUND, NULL, "Token not found");
	return token_load(api_of(rq)->store, id, rq->arena, out, e);
}

enum err
account_of_path(struct req *rq, struct token *out, struct error *e)
{
	enum err rc = token_of_path(rq, out, e);

	if (rc != ERR_OK || !token_is_server(out))
		return rc;
	return error_set(e, ERR_INVALID_VALUE, "token_id",
	    "This token is a server, not an account of sora");
}
