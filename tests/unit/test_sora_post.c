/* SPDX-License-Identifier: MIT */
/* test_sora_post.c: posts, changes of characters, and the solver's credentials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "solver.h"
#include "sora_data.h"

#define BASE	"https://up.example/backend"

static const struct solver_credentials solved = {
	.cookies = "cf_clearance=abc", .n_cookies = 1, .user_agent = "Solved/1",
};

static void
build(struct sora_data *d, enum call call, struct call_request *rq)
{
	struct error e = { 0 };

	d->in.call = call;
	if (provider_build(&provider_sora, &d->in, d->a, rq, &e) != ERR_OK)
		fail_msg("%s", e.text);
}

/* The header's value; fails when it is there twice; "" when it is not there. */
static const char *
header(const struct call_request *rq, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, name) == 0) {
			assert_null(value);
			value = rq->headers[i].value;
		}
	return value != NULL ? value : "";
}

static void
assert_unbuildable(struct sora_data *d, enum call call)
{
	struct call_request rq;
	struct error e;

	d->in.call = call;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
}

static void
a_generation_is_published(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	assert_unbuildable(d, CALL_PUBLISH);
	d->task.generation_id = "gen_1";
	build(d, CALL_PUBLISH, &rq);
	assert_string_equal("POST", rq.method);
	assert_string_equal(BASE "/project_y/post", rq.url);
	assert_string_equal("{\"attachments_to_create\":[{\"generation_id\":"
	    "\"gen_1\",\"kind\":\"sora\"}],\"post_text\":\"\"}", rq.body);
	assert_string_equal("Bearer tok-1", header(&rq, "Authorization"));
	assert_string_equal("application/json", header(&rq, "Content-Type"));
}

static void
a_post_is_told_with_its_page(void **state)
{
	static const char body[] = "{\"post\":{\"id\":\"s_9\","
	    "\"permalink\":\"https://other/p/s_9\"}}";
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_PUBLISH, 200, body, 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal("s_9", out.id);
	assert_string_equal("https://share.example/p/s_9", out.permalink);
	d->conf.sora_share_url = "";
	sora_data_parse(d, CALL_PUBLISH, 201, body, 0, &out);
	assert_string_equal("https://other/p/s_9", out.permalink);
}

static void
no_post_is_no_fault_of_the_account(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum verdict verdict;
	} rows[] = {
		{ 200, "{}", VERDICT_RETRY },
		{ 200, "{\"post\":{\"id\":\"\"}}", VERDICT_RETRY },
		{ 503, "", VERDICT_RETRY },
		{ 400, "{\"error\":{\"message\":\"no\"}}", VERDICT_OTHER },
		{ 403, "{\"error\":{\"message\":\"no\"}}", VERDICT_OTHER },
		{ 404, "{\"error\":{\"message\":\"no\"}}", VERDICT_OTHER },
		{ 429, "{\"error\":{\"message\":\"no\"}}", VERDICT_OTHER },
	};
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome out;

		sora_data_parse(d, CALL_PUBLISH, rows[i].status, rows[i].body,
		    0, &out);
		if (out.verdict != rows[i].verdict)
			fail_msg("%ld %s: %d", rows[i].status, rows[i].body,
			    out.verdict);
		assert_int_equal(TOKEN_FINE, out.token.verdict);
		assert_null(out.message);
		assert_non_null(out.log);
	}
}

static void
a_post_is_deleted(void **state)
{
	static const struct {
		long status;
		const char *body;
		bool ok;
	} rows[] = {
		{ 200, "{}", true }, { 204, "", true }, { 404, "", true },
		{ 410, "", true }, { 403, "{}", false }, { 500, "", false },
	};
	struct sora_data *d = *state;
	struct call_request rq;

	assert_unbuildable(d, CALL_UNPUBLISH);
	d->task.post_id = "s_9/x";
	build(d, CALL_UNPUBLISH, &rq);
	assert_string_equal("DELETE", rq.method);
	assert_string_equal(BASE "/project_y/post/s_9%2Fx", rq.url);
	assert_null(rq.body);
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome out;

		sora_data_parse(d, CALL_UNPUBLISH, rows[i].status,
		    rows[i].body, 0, &out);
		assert_int_equal(rows[i].ok, out.verdict == VERDICT_OK);
	}
}

static void
what_is_given_of_a_character_is_sent(void **state)
{
#define TEXT(t) "{\"value\":[{\"type\":\"text\",\"value\":\"" t "\"}]}"
	static const struct {
		struct cameo_update update;
		const char *body;
	} rows[] = {
		{ { .visibility = "public" }, "{\"visibility\":\"public\"}" },
		{ { .instruction = "be kind" },
		    "{\"instruction_set\":" TEXT("be kind") "}" },
		{ { .instruction = "" }, "{\"instruction_set\":null}" },
		{ { .safety_instruction = "no", .visibility = "private" },
		    "{\"visibility\":\"private\",\"safety_instruction_set\":"
		    TEXT("no") "}" },
	};
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct cameo_update u = rows[i].update;
		struct call_request rq;

		u.cameo_id = "cameo 1";
		d->in.cameo = &u;
		build(d, CALL_CAMEO_UPDATE, &rq);
		assert_string_equal("POST", rq.method);
		assert_string_equal(BASE
		    "/project_y/cameos/by_id/cameo%201/update_v2", rq.url);
		assert_string_equal(rows[i].body, rq.body);
	}
}

static void
a_changed_character_is_told_as_it_came(void **state)
{
	struct sora_data *d = *state;
	struct cameo_update u = { .cameo_id = "c" };
	struct outcome out;

	d->in.cameo = &u;
	sora_data_parse(d, CALL_CAMEO_UPDATE, 200, "{\"id\":\"c\"}", 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal("{\"id\":\"c\"}", json_print(out.json, d->a));
	sora_data_parse(d, CALL_CAMEO_UPDATE, 200, "", 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_null(out.json);
	sora_data_parse(d, CALL_CAMEO_UPDATE, 403,
	    "{\"error\":{\"message\":\"Not yours\"}}", 0, &out);
	assert_int_equal(VERDICT_FAIL, out.verdict);
	assert_string_equal("Not yours", out.message);
}

static void
the_solver_s_credentials_go_along(void **state)
{
	static const struct conf_header extra[] = {
		{ "User-Agent", "Operator/1" }, { "Cookie", "own=1" },
		{ NULL, NULL },
	};
	struct sora_data *d = *state;
	struct call_request rq;

	d->conf.sora_user_agent = "Ours/1";
	build(d, CALL_PENDING, &rq);
	assert_string_equal("Ours/1", header(&rq, "User-Agent"));
	assert_string_equal("", header(&rq, "Cookie"));
	d->in.solver = &solved;
	build(d, CALL_PENDING, &rq);
	assert_string_equal("Solved/1", header(&rq, "User-Agent"));
	assert_string_equal("cf_clearance=abc", header(&rq, "Cookie"));
	d->conf.sora_extra_headers = extra;
	build(d, CALL_CREATE, &rq);
	assert_string_equal("Solved/1", header(&rq, "User-Agent"));
	assert_string_equal("cf_clearance=abc; own=1", header(&rq, "Cookie"));
	d->in.invite_code = "ABC123";
	d->in.device_id = "dev-1";
	build(d, CALL_INVITE_ACCEPT, &rq);
	assert_string_equal("oai-did=dev-1; cf_clearance=abc; own=1",
	    header(&rq, "Cookie"));
}

static void
they_go_to_no_other_host(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	d->in.solver = &solved;
	d->conf.sora_user_agent = "Ours/1";
	d->token.st = "session";
	d->token.rt = "refresh";
	d->conf.sora_client_id = "app_1";
	d->conf.sora_session_url = "https://up.example/api/auth/session";
	d->conf.sora_oauth_url = "https://up.example.evil/oauth/token";
	build(d, CALL_SESSION, &rq);
	assert_string_equal("__Secure-next-auth.session-token=session; "
	    "cf_clearance=abc", header(&rq, "Cookie"));
	build(d, CALL_OAUTH, &rq);
	assert_string_equal("", header(&rq, "Cookie"));
	assert_string_equal("Ours/1", header(&rq, "User-Agent"));
	d->conf.sora_oauth_url = "https://ab.example/oauth/token";
	build(d, CALL_OAUTH, &rq);
	assert_string_equal("", header(&rq, "Cookie"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, sora_data_open, sora_data_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_generation_is_published),
		TEST(a_post_is_told_with_its_page),
		TEST(no_post_is_no_fault_of_the_account),
		TEST(a_post_is_deleted),
		TEST(what_is_given_of_a_character_is_sent),
		TEST(a_changed_character_is_told_as_it_came),
		TEST(the_solver_s_credentials_go_along),
		TEST(they_go_to_no_other_host),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
