/* SPDX-License-Identifier: MIT */
/* test_conf_import.c: a configuration made of a setting.toml. */
#include "fixture.h"

#include <string.h>

#include "buf.h"
#include "conf.h"
#include "conf_import.h"

static void
note(void *arg, const char *text)
{
	buf_printf(arg, "%s\n", text);
}

struct result {
	enum err	 rc;
	const char	*text;
	struct error	 e;
	struct buf	 notes;
	struct arena	*a;
};

static struct result
import(const char *toml, bool skip_unknown)
{
	struct result r = { .a = arena_new() };
	struct conf_import in = {
		.toml = toml, .len = strlen(toml), .name = "s.toml",
		.skip_unknown = skip_unknown, .note = note,
	};

	buf_init(&r.notes, 4096);
	in.arg = &r.notes;
	r.rc = conf_import(&in, r.a, &r.text, &r.e);
	return r;
}

static void
clear(struct result *r)
{
	buf_clear(&r->notes);
	arena_free(r->a);
}

/* The body of the file, without its comment. */
static void
expect(const char *toml, const char *wanted)
{
	struct result r = import(toml, false);

	if (r.rc != ERR_OK)
		fail_msg("%s: %s", toml, r.e.text);
	assert_string_equal(wanted, strchr(r.text, '\n') + 1);
	assert_string_equal("", r.notes.data);
	clear(&r);
}

static void
expect_refused(const char *toml, const char *part)
{
	struct result r = import(toml, false);

	assert_int_equal(ERR_INVALID_VALUE, r.rc);
	if (strstr(r.e.text, part) == NULL)
		fail_msg("%s: %s", toml, r.e.text);
	clear(&r);
}

static void
sections_become_groups_in_the_table_s_order(void **state UNUSED)
{
	expect("", "");
	expect("[cache]\ntimeout = 600\n[sora]\ntimeout = 120\n"
	    "poll_interval = 2\n",
	    "\nsora: {\n\ttimeout = 120;\n\tpoll_interval = 2;\n};\n"
	    "\ncache: {\n\ttimeout = 600;\n};\n");
	expect("sora.poll_interval = 0.5",
	    "\nsora: {\n\tpoll_interval = 0.5;\n};\n");
	expect("[debug]\nenabled = true",
	    "\ndebug: {\n\tenabled = true;\n};\n");
	expect("[compat]\nvideo_create_status = 200",
	    "\ncompat: {\n\tvideo_create_status = 200;\n};\n");
}

static void
synonyms_get_the_key_s_own_name(void **state UNUSED)
{
	expect("[proxy]\nproxy_enabled = true\nproxy_url = \"http://h:1\"\n"
	    "proxy_pool_enabled = false\n",
	    "\nproxy: {\n\tenabled = true;\n\turl = \"http://h:1\";\n"
	    "\tpool_enabled = false;\n};\n");
	expect("[cloudflare]\nsolver_enabled = true\n"
	    "solver_api_url = \"http://localhost:8000/v1/challenge\"\n",
	    "\ncloudflare: {\n\tenabled = true;\n"
	    "\tapi_url = \"http://localhost:8000/v1/challenge\";\n};\n");
	expect_refused("[proxy]\nenabled = false\nproxy_enabled = false",
	    "s.toml:3: proxy.proxy_enabled: set before");
}

static void
inline_tables_are_sections(void **state UNUSED)
{
	expect("server = { port = 8100, host = \"127.0.0.1\" }\n"
	    "cache = { timeout = 600 }\n",
	    "\nserver: {\n\thost = \"127.0.0.1\";\n\tport = 8100;\n};\n"
	    "\ncache: {\n\ttimeout = 600;\n};\n");
	expect_refused("server = { port = 0 }", "s.toml:1: server.port: found 0");
}

static void
addresses_are_as_the_api_would_keep_them(void **state UNUSED)
{
	expect("[cache]\nbase_url = \" https://media.example// \"",
	    "\ncache: {\n\tbase_url = \"https://media.example\";\n};\n");
	expect("[proxy]\nproxy_url = \"http://h:1\\n\"",
	    "\nproxy: {\n\turl = \"http://h:1\";\n};\n");
	expect("[watermark_free]\ncustom_parse_url = \"\\thttp://h/p/ \"",
	    "\nwatermark_free: {\n\tcustom_parse_url = \"http://h/p/\";\n"
	    "};\n");
	expect_refused("[cache]\nbase_url = \"https://a b/\"",
	    "accepted: an address");
}

/* A file of the kind that is in use, with values of its own. */
static void
a_real_file_is_taken_over_without_a_word_of_ours(void **state UNUSED)
{
	static const char toml[] = "[global]\napi_key = \"han1234\"\n"
	    "admin_username = \"root\"\nadmin_password = \"admin\"\n"
	    "[debug]\nmask_token = true\n[admin]\ntask_max_retries = 3\n"
	    "task_retry_enabled = true\nauto_disable_on_401 = true\n"
	    "[token_refresh]\nclient_ids = \"app_a,app_b\"\n"
	    "[redis]\nlock_timeout = 10\n[call_logic]\ncall_mode = \"default\"\n"
	    "[timezone]\ntimezone_offset = 8\n[watermark_free]\n"
	    "fallback_on_failure = true\n";
	static const char *const told[] = {
		"s.toml:2: global.api_key: left out: a sample value\n",
		"s.toml:4: global.admin_password: left out: a sample value\n",
		"s.toml:6: debug.mask_token: unused: tokens are in no log\n",
		"s.toml:8: admin.task_max_retries: unused: ",
		"s.toml:9: admin.task_retry_enabled: unused: ",
		"s.toml:10: admin.auto_disable_on_401: unused: ",
		"s.toml:12: token_refresh.client_ids: unused: ",
		"s.toml:14: redis.lock_timeout: unused: ",
		"s.toml:16: call_logic.call_mode: unused: ",
		"s.toml:18: timezone.timezone_offset: unused: ",
		"s.toml:20: watermark_free.fallback_on_failure: unused: ",
	};
	struct result r = import(toml, false);
	size_t lines = 0;

	if (r.rc != ERR_OK)
		fail_msg("%s", r.e.text);
	assert_string_equal("\nglobal: {\n\tadmin_username = \"root\";\n};\n",
	    strchr(r.text, '\n') + 1);
	for (size_t i = 0; i < NELEM(told); i++)
		if (strstr(r.notes.data, told[i]) == NULL)
			fail_msg("not told: %s", told[i]);
	for (const char *s = r.notes.data; *s != '\0'; s++)
		lines += *s == '\n';
	assert_int_equal(NELEM(told), lines);
	clear(&r);
	expect_refused("[debug]\nmask_tokens = true", "unknown key");
}

/* Whatever is in a string is the same for who reads the file that was made. */
static void
strings_survive(void **state UNUSED)
{
	struct result r = import("[watermark_free]\ncustom_parse_token = "
	    "\"q\\\"b\\\\n\\nt\\t\\u00e9\\u007f\"", false);
	struct conf *conf = NULL;
	struct fixture *f = *state;
	const char *path = fixture_path(f, "made.conf");
	FILE *out = fopen(path, "w");

	assert_int_equal(ERR_OK, r.rc);
	fputs(r.text, out);
	fclose(out);
	assert_ok(f, conf_load(path, &conf, &f->e));
	assert_string_equal("q\"b\\n\nt\t\xc3\xa9\x7f",
	    conf->watermark_parse_token);
	conf_free(conf);
	clear(&r);
}

static void
values_that_a_key_does_not_accept_are_refused(void **state UNUSED)
{
	static const struct { const char *toml, *part; } cases[] = {
		{ "\n[cache]\ntimeout = 5", "s.toml:3: cache.timeout: found 5;"
		    " accepted: a whole number from 60 to 86400" },
		{ "cache.timeout = 2.5", "s.toml:1: cache.timeout: found 2.5" },
		{ "cache.timeout = true", "found true" },
		{ "cache.timeout = [ 60 ]", "found a list" },
		{ "cache.timeout = 99999999999", "too big" },
		{ "cache.enabled = \"yes\"", "accepted: true or false" },
		{ "cache.enabled = 1", "accepted: true or false" },
		{ "sora.base_url = \"no address\"", "accepted: an address" },
		{ "sora.base_url = 3", "a string in double quotes" },
		{ "database.type = \"mysql\"", "only sqlite is supported" },
		{ "global.admin_password = \"short\"",
		    "found a string; accepted: 6 to 128 characters" },
		{ "compat.chat_style = \"fancy\"", "\"markdown\"" },
		{ "proxy.enabled = true", "needs proxy.url" },
	};

	for (size_t i = 0; i < NELEM(cases); i++)
		expect_refused(cases[i].toml, cases[i].part);
}

static void
a_secret_is_in_no_message(void **state UNUSED)
{
	struct result r = import("[global]\napi_key = \"sk with blanks\"",
	    false);

	assert_int_equal(ERR_INVALID_VALUE, r.rc);
	assert_null(strstr(r.e.text, "sk with"));
	clear(&r);
}

static void
unknown_keys_are_refused_or_left_out(void **state UNUSED)
{
	static const char toml[] = "top = 1\n[cache]\ntimeoutt = 600\n"
	    "timeout = 600\n[a.b]\nc = [ 1 ]\n[Odd-Section]\nx = { y = 1 }\n";
	struct result r;

	expect_refused("[cache]\ntimeoutt = 600", "s.toml:2: unknown key "
	    "cache.timeoutt: did you mean cache.timeout?; --skip-unknown");
	expect_refused(toml, "s.toml:1: unknown key top, and more; "
	    "--skip-unknown");
	expect_refused("a.b.c = 1", "unknown key a.b.c");
	r = import(toml, true);
	assert_int_equal(ERR_OK, r.rc);
	assert_string_equal("s.toml:1: unknown key top: left out\n"
	    "s.toml:3: unknown key cache.timeoutt: left out\n"
	    "s.toml:6: unknown key a.b.c: left out\n"
	    "s.toml:8: unknown key Odd-Section.x.y: left out\n", r.notes.data);
	assert_string_equal("\ncache: {\n\ttimeout = 600;\n};\n",
	    strchr(r.text, '\n') + 1);
	clear(&r);
}

static void
what_only_the_older_edition_can_use_is_left_out(void **state UNUSED)
{
	struct result r = import("[global]\napi_key = \"your-api-key\"\n"
	    "admin_password = \"your-password\"\n[database]\n"
	    "sqlite_path = \"data/hancat.db\"\n", false);

	assert_int_equal(ERR_OK, r.rc);
	assert_string_equal("", strchr(r.text, '\n') + 1);
	assert_non_null(strstr(r.notes.data,
	    "s.toml:2: global.api_key: left out: a sample value\n"));
	assert_non_null(strstr(r.notes.data,
	    "s.toml:3: global.admin_password: left out: a sample value\n"));
	assert_non_null(strstr(r.notes.data,
	    "s.toml:5: database.sqlite_path: left out: a path in"));
	clear(&r);
	expect("database.sqlite_path = \"/srv/x.db\"",
	    "\ndatabase: {\n\tsqlite_path = \"/srv/x.db\";\n};\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_become_groups_in_the_table_s_order),
		cmocka_unit_test(synonyms_get_the_key_s_own_name),
		cmocka_unit_test(inline_tables_are_sections),
		cmocka_unit_test(addresses_are_as_the_api_would_keep_them),
		cmocka_unit_test(a_real_file_is_taken_over_without_a_word_of_ours),
		cmocka_unit_test_setup_teardown(strings_survive,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test(values_that_a_key_does_not_accept_are_refused),
		cmocka_unit_test(a_secret_is_in_no_message),
		cmocka_unit_test(unknown_keys_are_refused_or_left_out),
		cmocka_unit_test(
		    what_only_the_older_edition_can_use_is_left_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
