/* SPDX-License-Identifier: MIT */
/* test_openai_options.c: what a token says of its server, and the presets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "file.h"
#include "upstream/openai/options.h"

#define URL	"https://gpu.example.com/v1"

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
must_read(struct arena *a, const char *url, const char *options,
    const char *models)
{
	struct openai_options b = { 0 };
	struct error e = { 0 };

	if (openai_options_read(url, options, models, a, &b, &e) != ERR_OK)
		fail_msg("%s, %s, %s: %s", url, options, models, e.text);
	return b;
}

static void
the_defaults_are_those_of_the_schema(void **state)
{
	struct openai_options b = must_read(*state, URL, NULL, NULL);

	assert_string_equal("auto", b.preset);
	assert_string_equal(URL, b.base_url);
	assert_null(b.auth_header);
	assert_int_equal(BODY_AUTO, b.create_body);
	assert_int_equal(SECONDS_TEXT, b.seconds_as);
	assert_int_equal(SIZE_TEXT, b.size_as);
	assert_int_equal(REFERENCE_AUTO, b.reference_as);
	assert_int_equal(CONTENT_AUTO, b.content_from);
	assert_int_equal(DELETE_NEVER, b.delete_upstream);
	assert_false(b.send_variant);
	assert_false(b.resubmit_ambiguous);
	assert_false(b.allow_private);
	assert_int_equal(0, b.resubmit_lost);
	assert_int_equal(10, b.connect_timeout);
	assert_int_equal(120, b.answer_timeout);
	assert_int_equal(60, b.idle_timeout);
	assert_int_equal(5, b.poll_interval);
	assert_int_equal(3600, b.job_age);
	assert_null(b.tls_ca);
	assert_null(b.extra);
	assert_int_equal(0, b.n_models);
}

static void
addresses_get_one_form(void **state)
{
	static const struct {
		const char	*given;
		const char	*stored;
	} rows[] = {
		{ "https://gpu.example.com", "https://gpu.example.com/v1" },
		{ "https://gpu.example.com/", "https://gpu.example.com/v1" },
		{ "https://gpu.example.com/v1/", "https://gpu.example.com/v1" },
		{ "HTTPS://GPU.Example.com:8443/V1", "https://gpu.example.com:8443/V1" },
		{ "https://openrouter.ai/api/v1//", "https://openrouter.ai/api/v1" },
		{ "https://h.example.com/openai/v1", "https://h.example.com/openai/v1" },
		{ "https://93.184.216.34:443", "https://93.184.216.34:443/v1" },
		{ "https://[2606:2800:220:1::1]:8000", "https://[2606:2800:220:1::1]:8000/v1" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_string_equal(rows[i].stored,
		    must_read(*state, rows[i].given, NULL, NULL).base_url);
}

static void
private_servers_must_be_allowed(void **state)
{
	static const char *const urls[] = {
		"http://gpu.example.com:8000/v1", "https://127.0.0.1/v1",
		"https://10.1.2.3:8000", "https://localhost:8443",
		"https://gpu.LOCALHOST", "https://localhost.", "https://[::1]",
		"https://[::ffff:10.0.0.1]/v1", "https://169.254.169.254",
		"https://0.0.0.0", "https://127.1", "https://0x7f.1",
		"https://2130706433", "http://192.168.0.9:30000",
		"https://127.0.0.1.", "https://127.0.0.1.:443/v1",
		"https://127.0.0.1..", "https://127.1.", "https://0x7f000001",
		"https://017700000001", "https://0177.0.0.1.",
		"https://2130706433.", "https://0", "https://localhost..",
		"https://a.localhost.", "https://169.254.169.254.",
		"https://[::]", "https://[::ffff:7f00:1]", "https://[fe80::1]",
		"https://[fc00::1]", "https://[64:ff9b::7f00:1]",
		"https://[2002:7f00:1::1]", "https://100.64.0.1",
	};
	struct openai_options b;
	struct error e;

	for (size_t i = 0; i < NELEM(urls); i++) {
		e = (struct error){ 0 };
		if (openai_options_read(urls[i], NULL, NULL, *state, &b, &e) !=
		    ERR_INVALID_VALUE || strcmp("base_url", e.param) != 0 ||
		    strstr(e.text, "allow_private") == NULL)
			fail_msg("%s: %s", urls[i], e.text);
		must_read(*state, urls[i], "{\"allow_private\":true}", NULL);
	}
}

static void
what_is_no_address_is_refused(void **state)
{
	static const char *const urls[] = {
		"gpu.example.com", "ftp://gpu.example.com", "https://",
		"https:///v1", "https://user@gpu.example.com",
		"https://user:secret@gpu.example.com/v1",
		"https://gpu.example.com?key=1", "https://gpu.example.com/v1?a=b",
		"https://gpu.example.com/v1#x", "https://gpu.example.com:0",
		"https://gpu.example.com:65536", "https://gpu.example.com:x",
		"https://gpu.example.com:", "https://gpu example.com",
		"https://gpu.example.com/a b", "https://b\303\274cher.example",
		"https://[::1", "https://[]", "https://gpu.example.com\n",
		"https://.", "https://..:443/v1", "https://[fe80::1%25lo]",
		"https://%31%32%37.0.0.1", "https://127.0.0.1\\@8.8.8.8",
	};
	struct openai_options b;
	struct error e;

	for (size_t i = 0; i < NELEM(urls); i++) {
		e = (struct error){ 0 };
		if (openai_options_read(urls[i],
		    "{\"allow_private\":true}", NULL,
		    *state, &b, &e) != ERR_INVALID_VALUE ||
		    strcmp("base_url", e.param) != 0 ||
		    strstr(e.text, "secret") != NULL)
			fail_msg("%s: %s", urls[i], e.text);
	}
	assert_int_equal(ERR_MISSING,
	    openai_options_read(NULL, NULL, NULL, *state,
	    &b, &e));
	assert_int_equal(ERR_MISSING,
	    openai_options_read("", NULL, NULL, *state, &b,
	    &e));
}

static void
every_option_is_read(void **state)
{
	struct openai_options b = must_read(*state, URL, "{\"preset\":\"openai\","
	    "\"auth_header\":\"x-api-key\",\"create_body\":\"multipart\","
	    "\"seconds_as\":\"duration\",\"size_as\":\"ratio\","
	    "\"reference_as\":\"image_urls\",\"content_from\":\"url\","
	    "\"delete_upstream\":\"finished\",\"send_variant\":true,"
	    "\"list_upstream\":false,\"remix\":false,\"images\":false,"
	    "\"image_format\":true,\"resubmit_ambiguous\":true,"
	    "\"resubmit_lost\":3,\"allow_private\":true,"
	    "\"tls_ca\":\"/etc/ssl/gpu.pem\",\"connect_timeout\":7,"
	    "\"answer_timeout\":7200,\"idle_timeout\":9,\"poll_interval\":2,"
	    "\"job_age\":86400,\"extra\":{\"fps\":24,\"seed\":1}}", NULL);

	assert_string_equal("openai", b.preset);
	assert_string_equal("x-api-key", b.auth_header);
	assert_int_equal(BODY_MULTIPART, b.create_body);
	assert_int_equal(SECONDS_DURATION, b.seconds_as);
	assert_int_equal(SIZE_RATIO, b.size_as);
	assert_int_equal(REFERENCE_IMAGE_URLS, b.reference_as);
	assert_int_equal(CONTENT_URL, b.content_from);
	assert_int_equal(DELETE_FINISHED, b.delete_upstream);
	assert_true(b.send_variant);
	assert_false(b.list_upstream);
	assert_false(b.remix);
	assert_false(b.images);
	assert_true(b.image_format);
	assert_true(b.resubmit_ambiguous);
	assert_int_equal(3, b.resubmit_lost);
	assert_true(b.allow_private);
	assert_string_equal("/etc/ssl/gpu.pem", b.tls_ca);
	assert_int_equal(7, b.connect_timeout);
	assert_int_equal(7200, b.answer_timeout);
	assert_int_equal(9, b.idle_timeout);
	assert_int_equal(2, b.poll_interval);
	assert_int_equal(86400, b.job_age);
	assert_string_equal("{\"fps\":24,\"seed\":1}", b.extra);
}

static void
words_have_the_order_of_their_enums(void **state)
{
	static const struct {
		const char	*options;
		size_t		 offset;
		int		 value;
	} rows[] = {
#define ROW(name, word, value) \
	{ "{\"" #name "\":\"" word "\"}", offsetof(struct openai_options, name), value }
		ROW(create_body, "auto", BODY_AUTO),
		ROW(create_body, "json", BODY_ALWAYS_JSON),
		ROW(create_body, "multipart", BODY_MULTIPART),
		ROW(seconds_as, "text", SECONDS_TEXT),
		ROW(seconds_as, "number", SECONDS_NUMBER),
		ROW(seconds_as, "duration", SECONDS_DURATION),
		ROW(size_as, "text", SIZE_TEXT),
		ROW(size_as, "ratio", SIZE_RATIO),
		ROW(reference_as, "auto", REFERENCE_AUTO),
		ROW(reference_as, "object", REFERENCE_OBJECT),
		ROW(reference_as, "text", REFERENCE_TEXT),
		ROW(reference_as, "image_url", REFERENCE_IMAGE_URL),
		ROW(reference_as, "image_urls", REFERENCE_IMAGE_URLS),
		ROW(reference_as, "none", REFERENCE_NONE),
		ROW(content_from, "auto", CONTENT_AUTO),
		ROW(content_from, "bytes", CONTENT_BYTES),
		ROW(content_from, "url", CONTENT_URL),
		ROW(delete_upstream, "never", DELETE_NEVER),
		ROW(delete_upstream, "finished", DELETE_FINISHED),
		ROW(delete_upstream, "always", DELETE_ALWAYS),
#undef ROW
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct openai_options b = must_read(*state, URL,
		    rows[i].options, NULL);
		int value;

		memcpy(&value, (char *)&b + rows[i].offset, sizeof(value));
		if (value != rows[i].value)
			fail_msg("%s: %d", rows[i].options, value);
	}
}

static void
bad_options_are_refused(void **state)
{
	static const struct {
		const char	*options;
		const char	*says;	/* part of the error */
	} rows[] = {
		{ "[]", "JSON object" }, { "{", "JSON object" },
		{ "\"auto\"", "JSON object" }, { "", "JSON object" },
		{ "{\"preset\":\"nope\"}", "auto, openai" },
		{ "{\"preset\":7}", "auto, openai" },
		{ "{\"colour\":1}", "there are preset, auth_header" },
		{ "{\"Remix\":true}", "not known" },
		{ "{\"create_body\":\"form\"}", "auto|json|multipart" },
		{ "{\"create_body\":\"\"}", "auto|json|multipart" },
		{ "{\"create_body\":\"auto json\"}", "auto|json|multipart" },
		{ "{\"create_body\":1}", "auto|json|multipart" },
		{ "{\"remix\":\"yes\"}", "true or false" },
		{ "{\"remix\":1}", "true or false" },
		{ "{\"job_age\":59}", "from 60 to 604800" },
		{ "{\"job_age\":604801}", "from 60 to 604800" },
		{ "{\"job_age\":\"60\"}", "from 60 to 604800" },
		{ "{\"poll_interval\":0}", "from 1 to 300" },
		{ "{\"poll_interval\":1.5}", "from 1 to 300" },
		{ "{\"poll_interval\":1e300}", "from 1 to 300" },
		{ "{\"resubmit_lost\":-1}", "from 0 to 10" },
		{ "{\"tls_ca\":\"ca.pem\"}", "absolute path" },
		{ "{\"auth_header\":\"x key\"}", "name of a header" },
		{ "{\"auth_header\":\"x:\"}", "name of a header" },
		{ "{\"auth_header\":\"Content-Type\"}", "name of a header" },
		{ "{\"auth_header\":true}", "name of a header" },
		{ "{\"extra\":[]}", "an object" },
		{ "{\"extra\":{\"prompt\":\"x\"}}", "without \"prompt\"" },
		{ "{\"extra\":{\"model\":\"x\"}}", "without \"prompt\"" },
	};
	struct openai_options b;
	struct error e;

	for (size_t i = 0; i < NELEM(rows); i++) {
		e = (struct error){ 0 };
		if (openai_options_read(URL, rows[i].options, NULL, *state,
		    &b, &e)
		    != ERR_INVALID_VALUE || strcmp("options", e.param) != 0 ||
		    strstr(e.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].options, e.text);
	}
}

static void
null_options_are_absent_ones(void **state)
{
	struct openai_options b = must_read(*state, URL, "{\"preset\":null,"
	    "\"job_age\":null,\"auth_header\":null}", NULL);

	assert_string_equal("auto", b.preset);
	assert_int_equal(3600, b.job_age);
	assert_null(b.auth_header);
	assert_string_equal("", must_read(*state, URL,
	    "{\"auth_header\":\"\"}", NULL).auth_header);
}

static void
presets_know_their_servers(void **state)
{
	static const char *const names[] = {
		"auto", "openai", "sora2api", "vllm-omni", "sglang",
		"tensorrt-llm", "dynamo", "new-api", "litellm", "aisix",
		"openrouter", "bifrost",
	};
	struct openai_options b;

	for (size_t i = 0; i < NELEM(names); i++) {
		assert_string_equal(names[i], openai_options_preset(i));
		assert_true(openai_options_has_preset(names[i]));
		b = must_read(*state, URL, arena_printf(*state,
		    "{\"preset\":\"%s\"}", names[i]), NULL);
		assert_string_equal(names[i], b.preset);
		assert_false(b.send_variant);
		assert_false(b.resubmit_ambiguous);
		assert_false(b.allow_private);
		assert_in_range(b.connect_timeout, 1, 120);
		assert_in_range(b.poll_interval, 1, 300);
	}
	assert_null(openai_options_preset(NELEM(names)));
	assert_null(openai_options_preset(SIZE_MAX));
	assert_false(openai_options_has_preset("nope"));

	b = must_read(*state, URL, "{\"preset\":\"vllm-omni\"}", NULL);
	assert_int_equal(BODY_MULTIPART, b.create_body);
	assert_int_equal(DELETE_ALWAYS, b.delete_upstream);
	assert_int_equal(1, b.resubmit_lost);
	assert_true(b.list_upstream);
	assert_false(b.remix);
	b = must_read(*state, URL, "{\"preset\":\"sglang\"}", NULL);
	assert_int_equal(SECONDS_NUMBER, b.seconds_as);
	assert_int_equal(1, b.resubmit_lost);
	b = must_read(*state, URL, "{\"preset\":\"tensorrt-llm\"}", NULL);
	assert_int_equal(SECONDS_DURATION, b.seconds_as);
	b = must_read(*state, URL, "{\"preset\":\"dynamo\"}", NULL);
	assert_int_equal(BODY_ALWAYS_JSON, b.create_body);
	assert_int_equal(3600, b.answer_timeout);
	assert_false(b.list_upstream);
	b = must_read(*state, URL, "{\"preset\":\"new-api\"}", NULL);
	assert_true(b.remix);
	assert_false(b.list_upstream);
	assert_int_equal(0, b.resubmit_lost);
	b = must_read(*state, URL, "{\"preset\":\"aisix\"}", NULL);
	assert_int_equal(BODY_ALWAYS_JSON, b.create_body);
	assert_int_equal(REFERENCE_NONE, b.reference_as);
	b = must_read(*state, URL, "{\"preset\":\"openrouter\"}", NULL);
	assert_int_equal(SECONDS_DURATION, b.seconds_as);
	assert_int_equal(SIZE_RATIO, b.size_as);
}

static void
options_rule_over_the_preset(void **state)
{
	struct openai_options b = must_read(*state, URL, "{\"resubmit_lost\":0,"
	    "\"preset\":\"vllm-omni\",\"create_body\":\"json\"}", NULL);

	assert_string_equal("vllm-omni", b.preset);
	assert_int_equal(BODY_ALWAYS_JSON, b.create_body);
	assert_int_equal(0, b.resubmit_lost);
	assert_int_equal(DELETE_ALWAYS, b.delete_upstream);
}

static struct openai_options
must_load(struct arena *a, const char *options, const char *models,
    const char *found)
{
	const struct options_text text = { URL, options, models, found };
	struct openai_options b;
	struct error e = { 0 };

	if (openai_options_load(&text, a, &b, &e) != ERR_OK)
		fail_msg("%s, %s: %s", options, found, e.text);
	return b;
}

static void
what_was_found_stands_in_for_auto(void **state)
{
	const char *found = "{\"preset\":\"sglang\",\"models\":[\"wan2.2\"]}";
	struct openai_options b = must_load(*state, NULL, NULL, found);

	assert_string_equal("sglang", b.preset);
	assert_int_equal(SECONDS_NUMBER, b.seconds_as);
	assert_int_equal(1, b.n_models);
	assert_string_equal("wan2.2", b.models[0].name);

	b = must_load(*state, "{\"seconds_as\":\"text\"}", "[\"mine\"]",
	    found);
	assert_string_equal("sglang", b.preset);
	assert_int_equal(SECONDS_TEXT, b.seconds_as);
	assert_int_equal(1, b.n_models);
	assert_string_equal("mine", b.models[0].name);

	b = must_load(*state, "{\"preset\":\"openai\"}", "[]", found);
	assert_string_equal("openai", b.preset);
	assert_int_equal(1, b.n_models);

	b = must_load(*state, NULL, NULL, "{\"preset\":\"nope\"}");
	assert_string_equal("auto", b.preset);
}

static void
models_may_have_other_names_there(void **state)
{
	struct openai_options b = must_read(*state, URL, NULL,
	    "{\"sora-2\":\"Wan-AI/Wan2.2-T2V\",\"default\":\"\"}");

	assert_int_equal(2, b.n_models);
	assert_string_equal("Wan-AI/Wan2.2-T2V",
	    openai_options_model(&b, "sora-2"));
	assert_string_equal("default", openai_options_model(&b, "default"));
	assert_null(openai_options_model(&b, "Wan-AI/Wan2.2-T2V"));
	assert_null(openai_options_model(&b, "SORA-2"));

	b = must_read(*state, URL, NULL, "[\"a\",\"org/b:c\"]");
	assert_string_equal("org/b:c", openai_options_model(&b, "org/b:c"));
	assert_null(openai_options_model(&b, "b"));

	b = must_read(*state, URL, NULL, "[]");
	assert_int_equal(0, b.n_models);
	assert_string_equal("anything", openai_options_model(&b, "anything"));
}

static void
bad_models_are_refused(void **state)
{
	static const char *const rows[] = {
		"", "{", "\"sora-2\"", "7", "true", "null", "[\"\"]", "[1]",
		"[null]", "[\"a\",\"a\"]", "{\"a\":1}", "{\"a\":null}",
		"{\"\":\"a\"}", "{\"a\":\"b\",\"a\":\"c\"}", "[\"a\\nb\"]",
		"[[\"a\"]]", "{\"a\":\"b\\u007f\"}",
	};
	struct arena *a = *state;
	char *many = arena_strdup(a, "[\"m\"");
	char *longest = arena_alloc(a, 300);
	struct openai_options b;
	struct error e;

	for (size_t i = 0; i < NELEM(rows); i++) {
		e = (struct error){ 0 };
		if (openai_options_read(URL, NULL, rows[i], a, &b, &e)
		    != ERR_INVALID_VALUE || strcmp("models", e.param) != 0)
			fail_msg("%s: %s", rows[i], e.text);
	}
	memset(longest, 'x', 256);
	must_read(a, URL, NULL, arena_printf(a, "[\"%s\"]", longest));
	longest[256] = 'x';
	assert_int_equal(ERR_INVALID_VALUE, openai_options_read(URL, NULL,
	    arena_printf(a, "[\"%s\"]", longest), a, &b, &e));
	for (int i = 1; i < 256; i++)
		many = arena_printf(a, "%s,\"m%d\"", many, i);
	assert_int_equal(256, must_read(a, URL, NULL, arena_printf(a, "%s]",
	    many)).n_models);
	assert_int_equal(ERR_INVALID_VALUE, openai_options_read(URL, NULL,
	    arena_printf(a, "%s,\"n\"]", many), a, &b, &e));
}

/* Each has an item in the manual. */
static void
the_manual_has_every_option_and_preset(void **state)
{
	const char *top = getenv("abs_top_srcdir");
	struct arena *a = *state;
	const char *name;
	struct error e;
	char *manual;
	size_t len;

	assert_int_equal(ERR_OK, file_load(arena_printf(a,
	    "%s/man/sora2api-servers.7", top == NULL ? "." : top), 1 << 20, a,
	    &manual, &len, &e));
	for (size_t i = 0; (name = openai_options_name(i)) != NULL; i++)
		if (strstr(manual, arena_printf(a, "\n.It Ic %s\n", name))
		    == NULL)
			fail_msg("option %s", name);
	for (size_t i = 0; (name = openai_options_preset(i)) != NULL; i++)
		if (strstr(manual, arena_printf(a, "\n.It Cm %s\n", name))
		    == NULL)
			fail_msg("preset %s", name);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_defaults_are_those_of_the_schema),
		TEST(addresses_get_one_form),
		TEST(private_servers_must_be_allowed),
		TEST(what_is_no_address_is_refused),
		TEST(every_option_is_read),
		TEST(words_have_the_order_of_their_enums),
		TEST(bad_options_are_refused),
		TEST(null_options_are_absent_ones),
		TEST(presets_know_their_servers),
		TEST(options_rule_over_the_preset),
		TEST(what_was_found_stands_in_for_auto),
		TEST(models_may_have_other_names_there),
		TEST(bad_models_are_refused),
		TEST(the_manual_has_every_option_and_preset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
