/* SPDX-License-Identifier: MIT */
/* test_server_ask.c: finding out what a server is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "upstream/openai/options.h"
#include "upstream/openai/server_ask.h"

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct openai_options
server_of(struct arena *a, const char *url, const char *options)
{
	struct openai_options b;
	struct error e = { 0 };

	if (openai_options_read(url, options, NULL, a, &b, &e) != ERR_OK)
		fail_msg("%s", e.text);
	return b;
}

static const char *
sent(const struct call_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcmp(rq->headers[i].name, name) == 0)
			return rq->headers[i].value;
	return NULL;
}

static void
questions_change_nothing_and_carry_the_key(void **state)
{
	struct openai_options b = server_of(*state, "https://a.example.com:8000/api/v1",
	    "{\"connect_timeout\":7}");
	struct call_request rq;

	server_build(ASK_MODELS, &b, "sk-1", *state, &rq);
	assert_string_equal("GET", rq.method);
	assert_string_equal("https://a.example.com:8000/api/v1/models",
	    rq.url);
	assert_string_equal("Bearer sk-1", sent(&rq, "Authorization"));
	assert_null(rq.body);
	assert_int_equal(17, rq.timeout);
	assert_string_equal("server", rq.label);
	server_build(ASK_OPENAPI, &b, "sk-1", *state, &rq);
	assert_string_equal("GET", rq.method);
	assert_string_equal("https://a.example.com:8000/openapi.json", rq.url);
	server_build(ASK_UNKNOWN, &b, "", *state, &rq);
	assert_string_equal("GET", rq.method);
	assert_int_equal(0, strncmp(rq.url,
	    "https://a.example.com:8000/api/v1/videos/", 41));
	assert_null(sent(&rq, "Authorization"));

	b = server_of(*state, "https://a.example.com",
	    "{\"auth_header\":\"x-api-key\"}");
	server_build(ASK_MODELS, &b, "k", *state, &rq);
	assert_string_equal("k", sent(&rq, "x-api-key"));
	assert_null(sent(&rq, "Authorization"));
	b = server_of(*state, "https://a.example.com", "{\"auth_header\":\"\"}");
	server_build(ASK_MODELS, &b, "k", *state, &rq);
	assert_int_equal(1, rq.n_headers);
}

/* Whatever is asked goes to the same place as the tasks do, by the same rules. */
static void
questions_connect_as_the_calls_of_tasks_do(void **state)
{
	static const enum server_question all[] = { ASK_MODELS, ASK_OPENAPI,
	    ASK_UNKNOWN };
	struct openai_options b = server_of(*state, "https://a.example.com",
	    "{\"connect_timeout\":7,\"tls_ca\":\"/ca.pem\"}");
	struct openai_options open = server_of(*state, "http://10.0.0.1:8000",
	    "{\"allow_private\":true}");
	struct call_request rq;

	for (size_t i = 0; i < NELEM(all); i++) {
		server_build(all[i], &b, "sk-1", *state, &rq);
		assert_int_equal(REACH_PUBLIC, rq.reach);
		assert_int_equal(7, rq.connect_timeout);
		assert_string_equal("/ca.pem", rq.tls_ca);
		server_build(all[i], &open, "sk-1", *state, &rq);
		assert_int_equal(REACH_ANY, rq.reach);
	}
}

static const struct {
	enum server_question question;
	long		 status;
	const char	*header;
	const char	*body;
	const char	*found;		/* all that is known then */
} rows[] = {
#define MODELS(body, found)	{ ASK_MODELS, 200, NULL, body, found }
	MODELS("{\"data\":[{\"id\":\"wan\",\"owned_by\":\"vllm\"}]}",
	    "{\"preset\":\"vllm-omni\",\"models\":[\"wan\"]}"),
	MODELS("{\"data\":[{\"id\":\"x\",\"owned_by\":\"sglang\",\"num_gpus\":2}]}",
	    "{\"preset\":\"sglang\",\"models\":[\"x\"]}"),
	MODELS("{\"model_path\":\"Wan-AI/W\",\"task_type\":\"T2V\"}",
	    "{\"preset\":\"sglang\",\"models\":[\"Wan-AI/W\"]}"),
	MODELS("{\"data\":[{\"id\":\"m\",\"owned_by\":\"tensorrt_llm\"}]}",
	    "{\"preset\":\"tensorrt-llm\",\"models\":[\"m\"]}"),
	MODELS("{\"data\":[{\"id\":\"gpt-4o\",\"supported_endpoint_types\":[]},"
	    "{\"id\":\"veo-3\"}]}",
	    "{\"preset\":\"new-api\",\"models\":[\"veo-3\"]}"),
	MODELS("{\"data\":[{\"id\":\"kling\",\"canonical_slug\":\"k\"}]}",
	    "{\"preset\":\"openrouter\",\"models\":[\"kling\"]}"),
	MODELS("{\"data\":[{\"id\":\"sora-video-10s\",\"owned_by\":\"sora2api\"},"
	    "{\"id\":\"sora-2\"},{\"id\":\"gpu\"}]}",
	    "{\"preset\":\"sora2api\",\"models\":[\"sora-2\",\"gpu\","
	    "\"sora-2-pro\"]}"),
	/* nothing tells what it is: its models count all the same */
	MODELS("{\"data\":[{\"id\":\"wan\",\"owned_by\":\"me\"},{\"id\":\"wan\"},"
	    "{\"id\":\"llama\"},{\"id\":7},{},{\"id\":\"\"},{\"id\":\"wan\\n\"}]}",
	    "{\"preset\":\"openai\",\"models\":[\"wan\"]}"),
	MODELS("{\"data\":[]}", "{\"preset\":\"openai\",\"models\":[]}"),
	MODELS("[]", "{\"preset\":\"openai\",\"models\":[]}"),
	MODELS("<html>", "{\"preset\":\"openai\",\"models\":[]}"),
	MODELS("", "{\"preset\":\"openai\",\"models\":[]}"),
	{ ASK_MODELS, 404, NULL, "{\"data\":[{\"id\":\"wan\"}]}",
	    "{\"preset\":\"openai\",\"models\":[]}" },
	{ ASK_MODELS, 401, "X-Litellm-Version", "{}",
	    "{\"preset\":\"litellm\",\"models\":[]}" },
	{ ASK_MODELS, 404, "X-Oneapi-Request-Id", "{}",
	    "{\"preset\":\"new-api\",\"models\":[]}" },
	{ ASK_MODELS, 200, "openai-version", "{\"data\":[]}",
	    "{\"preset\":\"openai\",\"models\":[]}" },
	{ ASK_OPENAPI, 200, NULL, "{\"paths\":{\"/v1/videos/sync\":{}}}",
	    "{\"preset\":\"vllm-omni\",\"models\":[]}" },
	{ ASK_OPENAPI, 200, NULL, "{\"paths\":{\"/vertex_generate\":{}}}",
	    "{\"preset\":\"sglang\",\"models\":[]}" },
	{ ASK_OPENAPI, 200, NULL, "{\"info\":{\"title\":\"LiteLLM API\"}}",
	    "{\"preset\":\"litellm\",\"models\":[]}" },
	{ ASK_OPENAPI, 200, NULL, "{\"paths\":[]}",
	    "{\"preset\":\"openai\",\"models\":[]}" },
	{ ASK_UNKNOWN, 400, NULL, "{\"code\":\"task_not_exist\"}",
	    "{\"preset\":\"new-api\",\"models\":[]}" },
	{ ASK_UNKNOWN, 404, NULL, "{\"error\":{\"message\":\"Task not found\","
	    "\"code\":\"task_not_found\"}}",
	    "{\"preset\":\"sora2api\",\"models\":[]}" },
	{ ASK_UNKNOWN, 404, NULL, "{\"error\":{\"message\":\"x\",\"code\":"
	    "\"task_not_found\",\"type\":\"t\",\"param\":null}}",
	    "{\"preset\":\"openai\",\"models\":[]}" },
	{ ASK_UNKNOWN, 404, NULL, "{\"detail\":\"Not Found\"}",
	    "{\"preset\":\"openai\",\"models\":[]}" },
};

static void
answers_tell_what_it_is(void **state)
{
	struct openai_options b = server_of(*state, "https://a.example.com", NULL);

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct header h = { rows[i].header, "1" };
		const struct call_response r = {
			.transport = TRANSPORT_OK, .status = rows[i].status,
			.headers = &h, .n_headers = rows[i].header != NULL,
			.body = rows[i].body,
			.body_len = strlen(rows[i].body),
		};
		struct server_findings f = { 0 };
		const char *found;

		server_read(rows[i].question, &b, &r, *state, &f);
		found = server_found(&f, *state);
		if (strcmp(found, rows[i].found) != 0)
			fail_msg("row %zu: %s", i, found);
	}
}

static void
known_hosts_are_known_without_an_answer(void **state)
{
	const struct call_response none = { .transport = TRANSPORT_NOT_SENT };
	struct openai_options b = server_of(*state, "https://openrouter.ai/api/v1",
	    NULL);
	struct server_findings f = { 0 };

	server_read(ASK_MODELS, &b, &none, *state, &f);
	assert_string_equal("openrouter", f.preset);
	assert_false(f.has_list);
}

static void
what_was_found_can_be_read_by_the_options(void **state)
{
	struct server_findings f = { .preset = "sglang" };
	struct options_text text = { .base_url = "https://a.example.com" };
	struct arena *a = *state;
	struct call_response r = { .transport = TRANSPORT_OK, .status = 200 };
	char *body = arena_strdup(a, "{\"data\":[{\"id\":\"first\"}");
	struct openai_options b = server_of(a, text.base_url, NULL);
	struct error e;

	for (int i = 0; i < 400; i++)
		body = arena_printf(a, "%s,{\"id\":\"m%d\"}", body, i);
	r.body = arena_printf(a, "%s]}", body);
	r.body_len = strlen(r.body);
	server_read(ASK_MODELS, &b, &r, a, &f);
	assert_int_equal(256, f.n_models);
	text.found = server_found(&f, a);
	assert_int_equal(ERR_OK, openai_options_load(&text, a, &b, &e));
	assert_int_equal(256, b.n_models);
	assert_string_equal("sglang", b.preset);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(questions_change_nothing_and_carry_the_key),
		TEST(questions_connect_as_the_calls_of_tasks_do),
		TEST(answers_tell_what_it_is),
		TEST(known_hosts_are_known_without_an_answer),
		TEST(what_was_found_can_be_read_by_the_options),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
