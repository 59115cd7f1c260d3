/* SPDX-License-Identifier: MIT */
/* openai.c: the provider "openai": any server that speaks /v1/videos, and reading its answers. */
#include "openai.h"
#include "server_ask.h"
#include "upstream/client/link.h"

#include <assert.h>
#include <string.h>

#include "arena.h"
#include "upstream/client/answer_json.h"

#define MOST_JOBS	1000	/* of a page */

static bool
is_ok(const struct openai_answer *ans)
{
	return ans->r->transport == TRANSPORT_OK && ans->r->status >= 200 &&
	    ans->r->status <= 299 && ans->json != NULL;
}

static struct sighting *
one_sighting(const struct openai_answer *ans, struct outcome *out)
{
	out->sightings = arena_array(ans->a, 1, sizeof(*out->sightings));
	out->n_sightings = 1;
	return out->sightings;
}

/* ---- create ---- */

static bool
is_size(const char *s)
{
	return s != NULL && *s != '\0' && strlen(s) <= 32 &&
	    strspn(s, "0123456789xX*PpKk") == strlen(s);
}

/* What was accepted counts, and not what was asked for. */
static void
read_accepted(const struct openai_answer *ans, struct outcome *out)
{
	const char *size = json_string(ans->json, "size");

	if (ans->in->task->kind != TASK_VIDEO)
		return;
	out->seconds = openai_seconds(ans->json);
	if (is_size(size))
		out->size = arena_strdup(ans->a, size);
}

/* Without an id: the server did it all at once, or nothing. */
static bool
read_create(const struct openai_answer *ans, struct outcome *out)
{
	bool image = ans->in->task->kind == TASK_IMAGE;
	struct sighting *s;

	if (!is_ok(ans))
		return false;
	out->id = image ? NULL : openai_id(ans->json, ans->a);
	if (out->id == NULL) {
		s = one_sighting(ans, out);
		if (!openai_sighting(ans, ans->json, s) ||
		    s->state != SEEN_DONE ||
		    (!s->payload && s->url == NULL && s->fetch_url == NULL))
			return false;
	}
	read_accepted(ans, out);
	out->ask_after_ms = openai_pause(ans);
	out->token.accepted = true;
	out->token.verdict = TOKEN_SUCCEEDED;
	return true;
}

/* ---- jobs ---- */

/* Too large to be looked at: it has the file in it, so there is one. */
static void
assume_done(const struct openai_answer *ans, struct outcome *out)
{
	*one_sighting(ans, out) = (struct sighting){
		.state = SEEN_DONE,
		.upstream_id = ans->in->task->upstream_id,
		.progress = 100,
	};
}

static bool
read_job(const struct openai_answer *ans, struct outcome *out)
{
	struct sighting *s;

	if (ans->r->too_large) {
		assume_done(ans, out);
		return true;
	}
	if (!is_ok(ans) ||
	    !openai_sighting(ans, ans->json, s = one_sighting(ans, out)))
		return false;
	s->upstream_id = ans->in->task->upstream_id;	/* which it was asked for */
	if (ans->options->remix && s->state == SEEN_DONE)
		s->generation_id = s->upstream_id;
	out->ask_after_ms = openai_pause(ans);
	return true;
}

static bool
read_jobs(const struct openai_answer *ans, struct outcome *out)
{
	const cJSON *list = cJSON_IsArray(ans->json) ? ans->json
	    : json_get(ans->json, "data"), *job;
	size_t n = (size_t)cJSON_GetArraySize(list);

	if (!is_ok(ans) || !cJSON_IsArray(list))
		return false;
	out->sightings = arena_array(ans->a, n < MOST_JOBS ? n : MOST_JOBS,
	    sizeof(*out->sightings));
	cJSON_ArrayForEach(job, list) {
		struct sighting *s = &out->sightings[out->n_sightings];

		if (out->n_sightings == MOST_JOBS)
			break;
		if (openai_sighting(ans, job, s) && s->upstream_id != NULL)
			out->n_sightings++;
	}
	if (!json_bool(ans->json, "has_more") || out->n_sightings == 0)
		return true;
	out->cursor = arena_strdup(ans->a, json_string(ans->json, "last_id"));
	if (out->cursor == NULL)
		out->cursor = out->sightings[out->n_sightings - 1].upstream_id;
	return true;
}

/* ---- the file ---- */

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

/* The file itself, or where it is; the caller has seen that this is no file. */
static bool
read_content(const struct openai_answer *ans, struct outcome *out)
{
	const struct call_response *r = ans->r;
	const char *to = NULL;

	if (r->transport != TRANSPORT_OK)
		return false;
	if (is_redirect(r->status))
		to = response_header(r, "Location");
	else if (is_ok(ans) && r->payload)
		return true;
	else if (is_ok(ans))
		to = openai_result(ans->json);
	if (to == NULL)
		return r->status >= 200 && r->status <= 299 &&
		    ans->json == NULL && r->body_len == 0;
	out->location = link_resolve(openai_asked(ans), to, ans->a);
	if (out->location == NULL)
		return false;
	out->stranger = ans->in->stranger ||
	    !link_same_origin(ans->options->base_url, out->location);
	return true;
}

/* ---- the rest ---- */

static bool
read_delete(const struct openai_answer *ans, struct outcome *out UNUSED)
{
	return ans->r->transport == TRANSPORT_OK && ans->r->status >= 200 &&
	    ans->r->status <= 299;
}

static bool
read_answer(const struct openai_answer *ans, struct outcome *out)
{
	switch ((int)ans->in->call) {
	case CALL_CREATE:
		return read_create(ans, out);
	case CALL_JOB:
		return read_job(ans, out);
	case CALL_JOBS:
		return read_jobs(ans, out);
	case CALL_CONTENT:
		return read_content(ans, out);
	case CALL_DELETE:
		return read_delete(ans, out);
	}
	return false;
}

static void
openai_parse(const struct call_input *in, const struct call_response *r,
    int attempt, int64_t now, struct arena *a, struct outcome *out)
{
	struct openai_answer ans = { .in = in, .r = r,
	    .options = openai_options(in->token), .attempt = attempt,
	    .now = now, .a = a };

	assert(call_facet(in->call) == FACET_JOB && ans.options != NULL);
	*out = (struct outcome){ 0 };
	if (r->transport == TRANSPORT_OK)	/* what is no JSON is an answer too */
		ans.json = answer_json(r->body, r->body_len);
	if (!cJSON_IsObject(ans.json) && !cJSON_IsArray(ans.json)) {
		cJSON_Delete(ans.json);
		ans.json = NULL;
	}
	if (!read_answer(&ans, out))
		openai_classify(&ans, out);	/* forgets what was half read */
	cJSON_Delete(ans.json);
}

static const char *
upstream_prompt(const struct task *t, struct arena *a UNUSED)
{
	return t->prompt != NULL ? t->prompt : "";
}

/* A list that tells the model too must tell the right one. */
static bool
is_its(const struct token *token, const struct task *t,
    const struct sighting *s)
{
	const char *model = openai_model(token, t);

	if (s->prompt == NULL || t->prompt == NULL ||
	    strcmp(s->prompt, t->prompt) != 0)
		return false;
	return s->model == NULL || model == NULL ||
	    strcmp(s->model, model) == 0;
}

static const struct facet jobs = { openai_build, openai_parse };

const struct provider provider_openai = {
	.facts = {
		.name = "openai",
		.is_server = true,
		.by_job = true,
		.read = openai_read_token,
		.offer = openai_offer,
	},
	.facets = { [FACET_JOB] = &jobs },
	.server = &openai_server,
	.upstream_prompt = upstream_prompt,
	.is_its = is_its,
};
