/* SPDX-License-Identifier: MIT */
/* build.c: the requests that a server of the openai provider understands. */
#include <assert.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "openai.h"
#include "upstream/client/link.h"

#define POLL_BODY	((size_t)1 << 20)	/* more has a file in it */
#define PAGE		100			/* jobs of a list */

const char *
openai_model(const struct token *token, const struct task *t)
{
	const struct openai_options *b = openai_options(token);
	const char *name = NULL;

	if (t->public_model != NULL)
		name = openai_options_model(b, t->public_model);
	if (name == NULL && t->model != NULL)
		name = openai_options_model(b, t->model);
	return name;
}

static void
add_key(const struct call_input *in, struct arena *a, struct call_request *rq)
{
	const char *name = openai_options(in->token)->auth_header;
	const char *key = in->token->token;

	if (key == NULL || *key == '\0' || (name != NULL && *name == '\0'))
		return;
	if (name != NULL)
		request_header(rq, a, name, key);
	else
		request_header(rq, a, "Authorization",
		    arena_printf(a, "Bearer %s", key));
}

static void
set_get(const struct call_input *in, struct arena *a, struct call_request *rq,
    const char *path)
{
	rq->method = "GET";
	rq->url = openai_address(openai_options(in->token), a, path);
	rq->timeout = in->conf->sora_timeout;
	rq->max_body = POLL_BODY;
}

/* "/videos/{id}" and what is below it; NULL, and why, when the id is no name. */
static const char *
job_path(const char *id, const char *below, struct arena *a, struct error *e)
{
	const char *segment = id == NULL ? NULL : openai_segment(id, a);

	if (segment != NULL)
		return arena_printf(a, "/videos/%s%s", segment, below);
	error_set(e, ERR_INVALID_VALUE, NULL,
	    "the job has no id that can be asked for");
	return NULL;
}

static enum err
build_job(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *path = job_path(in->task->upstream_id, "", a, e);

	if (path == NULL)
		return e->code;
	set_get(in, a, rq, path);
	rq->sink_dir = in->conf->cache_dir;	/* some have the file in it */
	rq->unpack = true;
	return ERR_OK;
}

static enum err
build_jobs(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	const char *after = in->cursor == NULL ? NULL
	    : openai_segment(in->cursor, a);

	set_get(in, a, rq, arena_printf(a, "/videos?limit=%d&order=desc%s%s",
	    PAGE, after != NULL ? "&after=" : "", after != NULL ? after : ""));
	rq->max_body = 4 * POLL_BODY;
	return ERR_OK;
}

static enum err
build_delete(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *path = job_path(in->job_id, "", a, e);

	if (path == NULL)
		return e->code;
	set_get(in, a, rq, path);
	rq->method = "DELETE";
	return ERR_OK;
}

/* Where the task's file is, before anybody sends us elsewhere. */
static const char *
content_url(const struct call_input *in, struct arena *a, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);
	const char *path;

	if (in->location != NULL)
		return in->location;
	if (in->task->fetch_url != NULL)
		return in->task->fetch_url;
	if (in->task->source_url != NULL)
		return in->task->source_url;
	path = job_path(in->task->upstream_id, b->send_variant
	    ? "/content?variant=video" : "/content", a, e);
	return path == NULL ? NULL : openai_address(b, a, path);
}

static enum err
build_content(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);

	if ((rq->url = content_url(in, a, e)) == NULL)
		return e->code;
	rq->method = "GET";
	rq->timeout = b->job_age;
	rq->idle_timeout = b->idle_timeout;
	rq->sink_dir = in->conf->cache_dir;
	rq->unpack = true;
	rq->keep_partial = true;
	if (in->have > 0)
		request_header(rq, a, "Range", arena_printf(a, "bytes=%lld-",
		    (long long)in->have));
	return ERR_OK;
}

static enum err
build(const struct call_input *in, struct arena *a, struct call_request *rq,
    struct error *e)
{
	switch ((int)in->call) {
	case CALL_CREATE:
		return openai_build_create(in, a, rq, e);
	case CALL_JOB:
		return build_job(in, a, rq, e);
	case CALL_JOBS:
		return build_jobs(in, a, rq, e);
	case CALL_CONTENT:
		return build_content(in, a, rq, e);
	case CALL_DELETE:
		return build_delete(in, a, rq, e);
	}
	return error_set(e, ERR_INVALID_VALUE, NULL,
	    "the provider openai has no such call");
}

/* The key goes to the server alone, wherever it sends us. */
static bool
takes_key(const struct call_input *in, const struct call_request *rq)
{
	return in->call != CALL_CONTENT || (!in->stranger &&
	    link_same_origin(openai_options(in->token)->base_url, rq->url));
}

void
openai_connect(const struct openai_options *b, struct call_request *rq)
{
	rq->connect_timeout = b->connect_timeout;
	rq->tls_ca = b->tls_ca;
	rq->reach = b->allow_private ? REACH_ANY : REACH_PUBLIC;
}

enum err
openai_build(const struct call_input *in, struct arena *a,
    struct call_request *out, struct error *e)
{
	const struct openai_options *b = openai_options(in->token);
	const char *key = in->token->token;
	enum err rc;

	assert(call_facet(in->call) == FACET_JOB && in->conf != NULL);
	*out = (struct call_request){ 0 };
	if (b == NULL || (key != NULL && strpbrk(key, "\r\n") != NULL))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "token %lld has no usable server or key",
		    (long long)in->token->id);
	if ((rc = build(in, a, out, e)) != ERR_OK)
		return rc;
	if (takes_key(in, out))
		add_key(in, a, out);
	if (out->body != NULL || out->n_pieces > 0)
		request_header(out, a, "Content-Type", "application/json");
	request_header(out, a, "Accept", in->call == CALL_CONTENT ? "*/*"
	    : "application/json");
	request_header(out, a, "User-Agent", "sora2api");
	openai_connect(b, out);
	out->label = call_name(in->call);
	return ERR_OK;
}

const char *
openai_asked(const struct openai_answer *ans)
{
	struct call_request rq;
	struct error ignored;

	return openai_build(ans->in, ans->a, &rq, &ignored) == ERR_OK ? rq.url
	    : ans->options->base_url;
}
