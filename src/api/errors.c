/* SPDX-License-Identifier: MIT */
/* errors.c: errors in the three shapes that clients expect, and common headers. */
#include <string.h>

#include "api.h"
#include "arena.h"

enum shape { SHAPE_OPENAI, SHAPE_VIDEO, SHAPE_DETAIL };

static bool
is_below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(path, prefix, len) == 0 &&
	    (path[len] == '\0' || path[len] == '/');
}

/* The shape depends on the path only, also for an unknown path. */
static enum shape
shape_of(const char *path)
{
	static const char *const detail[] = {
		"/v1/stats", "/v1/invite-codes", "/v1/profiles", "/v1/users",
		"/v1/characters/search", "/v1/feed", "/v1/enhance_prompt",
		"/v1/tokens",
	};

	if (is_below(path, "/v1/videos"))
		return SHAPE_VIDEO;
	for (size_t i = 0; i < NELEM(detail); i++)
		if (is_below(path, detail[i]))
			return SHAPE_DETAIL;
	return is_below(path, "/v1") ? SHAPE_OPENAI : SHAPE_DETAIL;
}

/*
 * The cause of an internal error is for the log only; for an error of the client's it is
 * the message.
 */
static const char *
public_text(const struct error *e)
{
	if (e->code == ERR_INTERNAL)
		return "Internal server error";
	if (e->code == ERR_UNAVAILABLE)
		return "The service cannot answer right now; try again";
	return e->text;
}

static const char *
detail_text(const struct error *e)
{
	switch ((int)e->code) {
	case ERR_UNKNOWN_URL:
		return "Not Found";
	case ERR_METHOD:
		return "Method Not Allowed";
	case ERR_INVALID_BODY:
		return "Malformed request body";
	default:
		return public_text(e);
	}
}

static cJSON *
body_of(enum shape shape, const struct error *e)
{
	const struct err_row *row = error_row(e->code);
	cJSON *root = cJSON_CreateObject(), *error;

	if (shape == SHAPE_DETAIL) {
		json_add_string(root, "detail", detail_text(e));
		return root;
	}
	error = cJSON_AddObjectToObject(root, "error");
	json_add_string(error, "message", public_text(e));
	if (shape == SHAPE_OPENAI) {
		json_add_string(error, "type", row->type);
		json_add_string(error, "param", e->param);
	}
	json_add_string(error, "code", shape == SHAPE_VIDEO ? row->video_code
	    : row->code);
	return root;
}

/*
 * Relays end a running job on any JSON answer to a status read that has no
 * status in it; what is not JSON they ask again.
 */
static bool
must_be_plain(const struct req *rq, int status)
{
	return status >= 500 && rq->route != NULL &&
	    rq->route->handler == handle_video_get;
}

void
api_render_error(struct req *rq, struct resp *rs, const struct error *e)
{
	int status = error_row(e->code)->status;

	if (must_be_plain(rq, status))
		resp_text(rs, 503, "text/plain; charset=utf-8",
		    arena_printf(rq->arena, "%s\n", public_text(e)));
	else
		resp_json(rs, status, body_of(shape_of(rq->path), e));
	if (status == 401)
		resp_header(rs, "WWW-Authenticate", "Bearer");
	if (e->code == ERR_RATE_LIMIT || e->retry_after > 0)
		resp_header(rs, "Retry-After", arena_printf(rq->arena, "%d",
		    e->retry_after > 0 ? e->retry_after : 1));
	if (e->no_retry)
		resp_header(rs, "x-should-retry", "false");
}

void
api_finish(struct req *rq, struct resp *rs)
{
	bool v1 = is_below(rq->path, "/v1"), admin = is_below(rq->path, "/api");

	if (v1)
		resp_header(rs, "X-Request-Id", rq->request_id);
	if (!v1 && !admin)
		return;
	resp_header(rs, "Access-Control-Allow-Origin", "*");
	if (rq->method == M_OPTIONS) {
		resp_header(rs, "Access-Control-Allow-Methods",
		    "GET, POST, PUT, DELETE, OPTIONS, HEAD");
		resp_header(rs, "Access-Control-Allow-Headers",
		    "*, Authorization, Content-Type");
		resp_header(rs, "Access-Control-Max-Age", "600");
		return;
	}
	resp_header(rs, "Access-Control-Expose-Headers", "X-Request-Id,"
	    " Retry-After, openai-poll-after-ms, x-should-retry");
	if (admin || is_below(rq->path, "/v1/videos"))
		resp_header(rs, "Cache-Control", "no-store");
}
