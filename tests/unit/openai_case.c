/* SPDX-License-Identifier: MIT */
/* openai_case.c: what the tests of the openai provider share. */
#include "openai_case.h"

#include <stdlib.h>
#include <strings.h>

int
openai_case_setup(void **state)
{
	struct openai_case *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->a = arena_new();
	c->conf.cache_dir = "/cache";
	c->conf.sora_timeout = 30;
	c->options = (struct openai_options){
		.base_url = "https://gpu.example/v1", .connect_timeout = 10,
		.answer_timeout = 120, .idle_timeout = 60, .poll_interval = 5,
		.job_age = 3600, .images = true, .remix = true,
	};
	c->token = (struct token){ .id = 7, .provider = "openai",
	    .token = "sk-secret-key", .own = &c->options };
	c->media[0] = (struct task_media){ "one.png", "image/png", NULL };
	c->media[1] = (struct task_media){ "two.jpg", "image/jpeg", NULL };
	c->task = (struct task){ .task_id = "sora-2-0123", .kind = TASK_VIDEO,
	    .status = TASK_PROCESSING, .model = "sora-2",
	    .public_model = "sora-2", .prompt = "a cat", .size = "1280x720",
	    .seconds = 8, .upstream_id = "video_1", .media = c->media };
	c->in = (struct call_input){ .conf = &c->conf, .token = &c->token,
	    .task = &c->task, .spool_dir = "/spool" };
	*state = c;
	return 0;
}

int
openai_case_teardown(void **state)
{
	struct openai_case *c = *state;

	arena_free(c->a);
	free(c);
	return 0;
}

struct outcome
openai_answer_with(struct openai_case *c, enum call call,
    const struct call_response *r, const char *header)
{
	struct call_response copy = *r;
	struct outcome out;
	const char *colon;

	if (copy.body == NULL)
		copy.body = "";
	copy.body_len = strlen(copy.body);
	if (header != NULL) {
		colon = strstr(header, ": ");
		copy.headers = arena_alloc(c->a, sizeof(*copy.headers));
		copy.headers->name = arena_strndup(c->a, header,
		    (size_t)(colon - header));
		copy.headers->value = colon + 2;
		copy.n_headers = 1;
	}
	c->in.call = call;
	provider_parse(&provider_openai, &c->in, &copy, 0, NOW, c->a, &out);
	return out;
}

struct outcome
openai_answer(struct openai_case *c, enum call call, long status,
    const char *body)
{
	const struct call_response r = { .status = status, .body = body };

	return openai_answer_with(c, call, &r, NULL);
}

struct sighting
openai_job(struct openai_case *c, const char *body)
{
	struct outcome o = openai_answer(c, CALL_JOB, 200, body);

	if (o.verdict != VERDICT_OK || o.n_sightings != 1)
		fail_msg("%s: verdict %d, %zu sightings", body, o.verdict,
		    o.n_sightings);
	return o.sightings[0];
}

struct call_request
openai_request(struct openai_case *c, enum call call)
{
	struct call_request rq;

	c->in.call = call;
	if (provider_build(&provider_openai, &c->in, c->a, &rq, &c->e)
	    != ERR_OK)
		fail_msg("call %d: %s", call, c->e.text);
	assert_string_equal(call_name(call), rq.label);
	return rq;
}

const char *
openai_header(const struct call_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, name) == 0)
			return rq->headers[i].value;
	return NULL;
}
