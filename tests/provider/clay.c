/* SPDX-License-Identifier: MIT */
/*
 * clay.c: a provider that there is not: its server makes videos of clay, by jobs.
 *
 *	POST /jobs			{"what": the prompt}; {"job": the id}
 *	GET /jobs/{id}			{"state": "kneading"}, or {"state": "fired"}
 *	GET /jobs/{id}/file		the video
 *	DELETE /jobs/{id}		204
 *
 * Its row of the table is provider_more, at the end: nothing else of the programs
 * knows of it.
 */
#include <string.h>

#include "arena.h"
#include "capability.h"
#include "conf.h"
#include "json.h"
#include "provider.h"

#define TIMEOUT	10	/* s */

/* ---- its tokens ---- */

static enum err
read_token(struct token *t, struct arena *a, struct error *e)
{
	static const struct token_terms terms = {
		.poll_interval = 1, .job_age = 600,
		.delete_upstream = TIDY_ALWAYS,
	};

	if (t->base_url == NULL)
		return error_set(e, ERR_MISSING, "base_url",
		    "Missing required field: base_url");
	t->base_url = arena_strdup(a, t->base_url);
	t->terms = &terms;
	return ERR_OK;
}

static const char *
offer(const struct token *t, struct arena *a)
{
	static const char *models[] = { "clay-1" };
	static const struct offer offered = { .models = models, .n_models = 1 };

	(void)t;
	return offer_print(&offered, a);
}

/* ---- questions ---- */

static void
set_create(const struct call_input *in, struct arena *a,
    struct call_request *out)
{
	cJSON *body = cJSON_CreateObject();

	json_add_string(body, "what", in->task->prompt);
	out->method = "POST";
	out->url = arena_printf(a, "%s/jobs", in->token->base_url);
	out->body = json_print(body, a);
	out->body_len = strlen(out->body);
	cJSON_Delete(body);
}

static void
set_job(const struct call_input *in, struct arena *a, const char *id,
    const char *below, struct call_request *out)
{
	out->url = arena_printf(a, "%s/jobs/%s%s", in->token->base_url, id,
	    below);
}

static enum err
build(const struct call_input *in, struct arena *a, struct call_request *out,
    struct error *e)
{
	*out = (struct call_request){ .method = "GET", .timeout = TIMEOUT,
	    .reach = REACH_ANY, .label = call_name(in->call) };
	request_header(out, a, "X-Key", in->token->token);
	if (in->call == CALL_CREATE) {
		set_create(in, a, out);
	} else if (in->call == CALL_JOB) {
		set_job(in, a, in->task->upstream_id, "", out);
	} else if (in->call == CALL_CONTENT) {
		set_job(in, a, in->task->upstream_id, "/file", out);
		out->sink_dir = in->conf->cache_dir;
	} else if (in->call == CALL_DELETE) {
		set_job(in, a, in->job_id, "", out);
		out->method = "DELETE";
	} else {
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the provider clay has no such call");
	}
	return ERR_OK;
}

/* ---- answers ---- */

static void
read_create(const cJSON *json, struct arena *a, struct outcome *out)
{
	out->id = arena_strdup(a, json_string(json, "job"));
	out->token.verdict = TOKEN_SUCCEEDED;
	out->token.accepted = true;
	if (out->id == NULL)
		out->verdict = VERDICT_UNKNOWN;
}

static void
read_job(const struct call_input *in, const cJSON *json, struct arena *a,
    struct outcome *out)
{
	const char *state = json_string(json, "state");
	struct sighting *s = arena_array(a, 1, sizeof(*s));

	if (state == NULL) {
		out->verdict = VERDICT_RETRY;
		return;
	}
	s->upstream_id = in->task->upstream_id;
	s->state = strcmp(state, "fired") == 0 ? SEEN_DONE : SEEN_RUNNING;
	s->progress = s->state == SEEN_DONE ? 100 : 50;
	out->sightings = s;
	out->n_sightings = 1;
}

static void
parse(const struct call_input *in, const struct call_response *r,
    int attempt, int64_t now, struct arena *a, struct outcome *out)
{
	cJSON *json = NULL;
	struct error ignored;

	(void)attempt;
	(void)now;
	*out = (struct outcome){ 0 };
	if (r->transport != TRANSPORT_OK || r->status > 299) {
		out->verdict = in->call == CALL_CREATE ? VERDICT_DOWN
		    : VERDICT_RETRY;
		out->down = true;
		return;
	}
	(void)!json_parse_object(r->body, r->body_len, &json, &ignored);
	if (in->call == CALL_CREATE)
		read_create(json, a, out);
	else if (in->call == CALL_JOB)
		read_job(in, json, a, out);
	cJSON_Delete(json);
}

static const char *
upstream_prompt(const struct task *t, struct arena *a)
{
	(void)a;
	return t->prompt;
}

static const struct facet jobs = { build, parse };

static const struct provider clay = {
	.facts = { .name = "clay", .is_server = true, .by_job = true,
	    .read = read_token, .offer = offer },
	.facets = { [FACET_JOB] = &jobs },
	.upstream_prompt = upstream_prompt,
};

const struct provider *const provider_more[] = { &clay, NULL };
