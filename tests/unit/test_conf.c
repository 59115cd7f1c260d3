/* SPDX-License-Identifier: MIT */
/* test_conf.c: the configuration file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "attr.h"
#include "conf.h"

struct fixture {		/* a folder for the file */
	char		 dir[64];
	char		 path[96];
	struct conf	*conf;
	struct error	 e;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/test-conf-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/sora2api.conf", f->dir);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	conf_free(f->conf);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

/* Loads a file with that text; f->conf is NULL when it is refused. */
static struct conf *
load(struct fixture *f, const char *text)
{
	FILE *out = fopen(f->path, "w");

	fputs(text, out);
	fclose(out);
	chmod(f->path, 0600);
	conf_free(f->conf);
	f->e = (struct error){ 0 };
	if (conf_load(f->path, &f->conf, &f->e) != ERR_OK)
		assert_null(f->conf);
	return f->conf;
}

static void
assert_refused(struct fixture *f, const char *text, const char *message)
{
	if (load(f, text) != NULL)
		fail_msg("accepted: %s", text);
	assert_int_equal(ERR_INTERNAL, f->e.code);
	if (strstr(f->e.text, message) == NULL)
		fail_msg("%s\n gave: %s\n not: %s", text, f->e.text, message);
	if (strstr(f->e.text, f->path) == NULL)
		fail_msg("no file in: %s", f->e.text);
}

static void
an_empty_file_gives_the_defaults(void **state)
{
	struct conf *c = load(*state, "");

	assert_non_null(c);
	assert_string_equal("", c->api_key);
	assert_string_equal("admin", c->admin_username);
	assert_string_equal("", c->admin_password);
	assert_string_equal("0.0.0.0", c->server_host);
	assert_int_equal(8000, c->server_port);
	assert_string_equal("https://sora.chatgpt.com/backend", c->sora_base_url);
	assert_int_equal(30, c->sora_timeout);
	assert_int_equal(3, c->sora_max_retries);
	assert_true(c->sora_poll_interval == 2.0);
	assert_null(c->sora_extra_headers[0].name);
	assert_int_equal(300, c->image_timeout);
	assert_int_equal(1800, c->video_timeout);
	assert_true(c->cache_enabled);
	assert_int_equal(7200, c->cache_timeout);
	assert_string_equal("", c->cache_base_url);
	assert_false(c->proxy_enabled);
	assert_false(c->watermark_free_enabled);
	assert_string_equal("third_party", c->watermark_parse_method);
	assert_false(c->cloudflare_enabled);
	assert_string_equal("http://localhost:8000", c->cloudflare_api_url);
	assert_false(c->at_auto_refresh);
	assert_string_equal("sqlite", c->database_type);
	assert_int_equal(6379, c->redis_port);
	assert_false(c->debug_enabled);
	assert_true(c->debug_log_requests);
	assert_int_equal(3, c->error_ban_threshold);
	assert_string_equal("auto", c->video_create_status);
	assert_string_equal("structured", c->chat_style);
	assert_int_equal(1000, c->max_queue);
	assert_int_equal(100, c->max_body_mb);
	assert_false(c->allow_private_fetch);
}

static void
every_type_is_read(void **state)
{
	struct conf *c = load(*state,
	    "# a comment\n"
	    "global: { api_key = \"sk-1\"; admin_password = \"sesame\"; };\n"
	    "server = { threads = 4; port = 0x50; };\n"
	    "sora: { poll_interval = 0.5; model = \"a\" \"b\"; };\n"
	    "cache: { enabled = false; base_url = \"https://cdn/\"; };\n"
	    "compat: { chat_style = \"markdown\"; };\n");

	assert_non_null(c);
	assert_string_equal("sk-1", c->api_key);
	assert_string_equal("sesame", c->admin_password);
	assert_int_equal(4, c->server_threads);
	assert_int_equal(80, c->server_port);
	assert_true(c->sora_poll_interval == 0.5);
	assert_string_equal("ab", c->sora_model);
	assert_false(c->cache_enabled);
	assert_string_equal("https://cdn", c->cache_base_url);
	assert_string_equal("markdown", c->chat_style);
}

static void
whole_numbers_serve_where_more_is_accepted(void **state)
{
	struct conf *c = load(*state, "sora: { poll_interval = 3; };"
	    "compat: { video_create_status = 200; };");

	assert_non_null(c);
	assert_true(c->sora_poll_interval == 3.0);
	assert_string_equal("200", c->video_create_status);
	c = load(*state, "compat: { video_create_status = \"201\"; };");
	assert_non_null(c);
	assert_string_equal("201", c->video_create_status);
}

static void
older_names_of_proxy_keys_are_accepted(void **state)
{
	struct conf *c = load(*state, "proxy: { proxy_enabled = true;"
	    " proxy_url = \"http://u:p@h:1\"; proxy_pool_enabled = true; };");

	assert_non_null(c);
	assert_true(c->proxy_enabled);
	assert_true(c->proxy_pool_enabled);
	assert_string_equal("http://u:p@h:1", c->proxy_url);
	assert_refused(*state, "proxy: { url = \"h:1\";\n proxy_url = \"h:2\"; };",
	    ":2: proxy.proxy_url: set before under another name");
}

static void
headers_are_read_in_their_order(void **state)
{
	struct conf *c = load(*state, "sora: { extra_headers: {"
	    " X-First = \"1\"; x-second = \"two words\"; }; };");

	assert_non_null(c);
	assert_string_equal("X-First", c->sora_extra_headers[0].name);
	assert_string_equal("1", c->sora_extra_headers[0].value);
	assert_string_equal("x-second", c->sora_extra_headers[1].name);
	assert_string_equal("two words", c->sora_extra_headers[1].value);
	assert_null(c->sora_extra_headers[2].name);
	assert_refused(*state, "sora: { extra_headers: { A = \"secret\\r\\nB\"; }; };",
	    "sora.extra_headers.A");
	assert_null(strstr(((struct fixture *)*state)->e.text, "secret"));
	assert_refused(*state, "sora: { extra_headers: { A = 1; }; };",
	    "accepted: a string");
	assert_refused(*state, "sora: { extra_headers = \"A: 1\"; };",
	    "accepted: a group");
}

static void
the_upstreams_address_is_brought_into_one_form(void **state)
{
	static const struct {
		const char	*given, *used;
	} cases[] = {
		{ "https://sora.chatgpt.com", "https://sora.chatgpt.com/backend" },
		{ "https://sora.chatgpt.com/", "https://sora.chatgpt.com/backend" },
		{ "https://sora.chatgpt.com/backend", "https://sora.chatgpt.com/backend" },
		{ "https://sora.chatgpt.com/backend/", "https://sora.chatgpt.com/backend" },
		{ "https://sora.chatgpt.com/backend-api", "https://sora.chatgpt.com/backend" },
		{ "https://ChatGPT.com/backend-api//", "https://ChatGPT.com/backend" },
		{ "http://127.0.0.1:9000", "http://127.0.0.1:9000/backend" },
		{ "http://h/backend-api", "http://h/backend-api/backend" },
		{ "http://h/x/", "http://h/x/backend" },
		{ "http://h/x/backend/", "http://h/x/backend" },
		{ "http://chatgpt.com.evil/backend-api", "http://chatgpt.com.evil/backend-api/backend" },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		char text[200];

		snprintf(text, sizeof(text), "sora: { base_url = \"%s\"; };",
		    cases[i].given);
		assert_non_null(load(*state, text));
		assert_string_equal(cases[i].used,
		    ((struct fixture *)*state)->conf->sora_base_url);
	}
}

static void
a_mistake_is_named_with_its_place_and_its_remedy(void **state)
{
	static const struct {
		const char	*text, *message;
	} cases[] = {
		/* names */
		{ "\nserver: {\n treads = 4; };", ":3: unknown key server.treads: did you mean server.threads?" },
		{ "servr: { };", ":1: unknown section servr: did you mean server?" },
		{ "threads = 4;", "unknown key threads: did you mean server.threads?" },
		{ "limits: { threads = 4; };", "did you mean server.threads?" },
		{ "nothing_like_it: { a = 1; };", "unknown section nothing_like_it: remove it" },
		{ "server: { nothing_like_it = 1; };", "unknown key server.nothing_like_it: remove it" },
		/* types */
		{ "server = 4;", "server: found a number; accepted: a group" },
		{ "server = [ 4 ];", "server: found a list; accepted: a group" },
		{ "server: { threads = \"8\"; };",
		    "server.threads: found \"8\"; accepted: a whole number from 1 to 256" },
		{ "server: { threads = 8.0; };", "accepted: a whole number" },
		{ "server: { threads = true; };", "found true; accepted: a whole number" },
		{ "server: { threads: { a = 1; }; };", "found a group; accepted: a whole number" },
		{ "cache: { enabled = 1; };", "cache.enabled: found 1; accepted: true or false" },
		{ "cache: { enabled = \"true\"; };", "accepted: true or false" },
		{ "cache: { dir = 5; };", "cache.dir: found 5; accepted: a string in double quotes" },
		{ "sora: { poll_interval = \"2\"; };", "accepted: a number from 0.05 to 60" },
		/* ranges */
		{ "server: { threads = 0; };", "found 0;" },
		{ "server: { threads = 257; };", "found 257;" },
		{ "server: { threads = -1; };", "found -1;" },
		{ "server: { threads = 5000000000L; };", ":1: a number that is too big" },
		{ "server: {\n threads = 4294967304; };", ":2: a number that is too big" },
		{ "server: { threads = 0x100000008; };", "too big" },
		{ "sora: { poll_interval = 0.01; };", "accepted: a number from 0.05 to 60" },
		{ "generation: { image_timeout = 59; };", "from 60 to 3600" },
		{ "generation: { video_timeout = 7201; };", "from 60 to 7200" },
		{ "cache: { timeout = 86401; };", "from 60 to 86400" },
		{ "admin: { error_ban_threshold = 0; };", "from 1 to 1000" },
		{ "compat: { video_create_status = 202; };",
		    "found 202; accepted: \"auto\", \"200\" or \"201\"" },
		{ "compat: { chat_style = \"html\"; };",
		    "found \"html\"; accepted: \"structured\" or \"markdown\"" },
		{ "compat: { chat_style = \"\"; };", "found \"\";" },
		/* strings */
		{ "database: { type = \"mysql\"; };", "found \"mysql\"; only sqlite is supported" },
		{ "sora: { base_url = \"\"; };", "http:// or https://" },
		{ "sora: { base_url = \"sora.chatgpt.com\"; };", "http:// or https://" },
		{ "sora: { base_url = \"https://\"; };", "http:// or https://" },
		{ "sora: { base_url = \"https://h/?a=1\"; };", "without ? and #" },
		{ "cache: { base_url = \"ftp://h\"; };", "http:// or https://" },
		{ "cache: { base_url = \"https://h h\"; };", "without blanks" },
		{ "cache: { dir = \"\"; };", "cache.dir" },
		{ "sora: { model = \"\"; };", "sora.model" },
		{ "sora: { user_agent = \"a\\nb\"; };", "line breaks" },
		{ "global: { admin_username = \"a b\"; };", "1 to 64 characters" },
		{ "global: { admin_username = \"\"; };", "1 to 64 characters" },
		{ "watermark_free: { watermark_free_enabled = true; parse_method = \"custom\"; };",
		    "needs watermark_free.custom_parse_url" },
		{ "proxy: { enabled = true; };", "needs proxy.url or proxy.pool_enabled" },
		/* syntax */
		{ "server: {\n\n threads 8; };", ":3: syntax error" },
		{ "server: { threads = 8;", ": syntax error" },
		{ "server: { threads = 8;\n threads = 9; };", ":2: duplicate setting" },
		{ "[server]\nthreads = 8\n", ":1: syntax error" },
	};

	for (size_t i = 0; i < NELEM(cases); i++)
		assert_refused(*state, cases[i].text, cases[i].message);
}

static void
sample_credentials_are_refused(void **state)
{
	assert_refused(*state, "global: { api_key = \"your-api-key\"; };",
	    "this is the sample key");
	assert_refused(*state, "global: { admin_password = \"your-password\"; };",
	    "this is the sample password");
}

static void
no_message_holds_a_secret(void **state)
{
	static const char *const cases[] = {
		"global: { api_key = \"hush hush\"; };",
		"global: { api_key = [ \"hush\" ]; };",
		"global: { admin_password = \"hush\"; };",
		"global: { admin_password = 48545; };",
		"proxy: { url = \"hush\"; };",
		"proxy: { url = \"http://hush:hush@host\"; };",
		"watermark_free: { custom_parse_url = \"hush\"; };",
		"watermark_free: { custom_parse_token = 48545; };",
		"redis: { password = 48545; };",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(cases); i++) {
		assert_refused(f, cases[i], "found a ");
		if (strstr(f->e.text, "hush") || strstr(f->e.text, "48545"))
			fail_msg("%s", f->e.text);
	}
}

static void
proxies_need_a_host_and_a_port(void **state)
{
	static const struct {
		const char	*url;
		bool		 fine;
	} cases[] = {
		{ "http://host:8080", true },
		{ "https://user:pa@ss@host:1/", true },
		{ "socks5://[::1]:1080", true },
		{ "SOCKS5H://user:pass@host:65535", true },
		{ "host:8080", true },
		{ "host:8080:user:pass", true },
		{ "socks5://host:8080:user:pass", true },
		{ "st5 host:8080:user:pass", true },
		{ "host", false },
		{ "host:", false },
		{ "host:http", false },
		{ ":8080", false },
		{ "http://:8080", false },
		{ "host:0", false },
		{ "host:65536", false },
		{ "host:80x", false },
		{ "ftp://host:80", false },
		{ "ho st:80", false },
		{ "[::1", false },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		char text[200];

		snprintf(text, sizeof(text), "proxy: { url = \"%s\"; };",
		    cases[i].url);
		if ((load(*state, text) != NULL) != cases[i].fine)
			fail_msg("%s", cases[i].url);
	}
}

static void
numbers_in_names_strings_and_comments_are_none(void **state)
{
	assert_non_null(load(*state, "# 99999999999\n// 99999999999\n"
	    "/* 99999999999\n */ sora: { model = \"x\\\"99999999999\";\n"
	    " extra_headers: { a99999999999 = \"\\\\\"; }; };"));
}

static void
a_file_that_cannot_be_read_is_named(void **state)
{
	struct fixture *f = *state;
	FILE *out;

	assert_int_equal(ERR_INTERNAL, conf_load(f->path, &f->conf, &f->e));
	assert_null(f->conf);
	assert_non_null(strstr(f->e.text, f->path));
	assert_non_null(strstr(f->e.text, "No such file"));
	assert_int_equal(ERR_INTERNAL, conf_load(f->dir, &f->conf, &f->e));
	out = fopen(f->path, "w");
	fwrite("server: {};\0", 1, 12, out);
	fclose(out);
	assert_int_equal(ERR_INTERNAL, conf_load(f->path, &f->conf, &f->e));
	assert_non_null(strstr(f->e.text, "NUL"));
}

static void
no_file_at_the_usual_place_is_no_mistake(void **state)
{
	struct fixture *f = *state;

	if (access(CONF_DEFAULT_PATH, F_OK) == 0)
		skip();
	assert_int_equal(ERR_OK, conf_load(NULL, &f->conf, &f->e));
	assert_int_equal(8, f->conf->server_threads);
}

/* The sample, with or without the # in front of the defaults. */
static void
load_sample(struct fixture *f, bool uncomment)
{
	char *sample, *text;
	size_t size;
	FILE *out = open_memstream(&sample, &size);

	conf_write_sample(out);
	fclose(out);
	text = calloc(1, size + 1);
	for (char *from = sample, *to = text; *from != '\0'; from++) {
		if (uncomment && strncmp(from, "\t#", 2) == 0 && from[2] != ' ')
			from++;
		*to++ = *from;
	}
	if (load(f, text) == NULL)
		fail_msg("%s", f->e.text);
	free(text);
	free(sample);
}

static void
the_sample_sets_what_is_the_default(void **state)
{
	struct fixture *f = *state;
	struct conf *plain, *c;

	load_sample(f, false);
	load_sample(f, true);
	c = f->conf;
	f->conf = NULL;
	plain = load(f, "");
	assert_int_equal(plain->server_threads, c->server_threads);
	assert_int_equal(plain->lease_time, c->lease_time);
	assert_true(plain->sora_poll_interval == c->sora_poll_interval);
	assert_string_equal(plain->database_path, c->database_path);
	assert_string_equal(plain->log_target, c->log_target);
	assert_null(c->sora_extra_headers[0].name);
	assert_int_equal(plain->debug_log_responses, c->debug_log_responses);
	conf_free(c);
}

static void
the_sample_has_every_key_once(void **state)
{
	const char *key, *meaning;
	char fallback[600], *sample;
	size_t size, i;
	FILE *out = open_memstream(&sample, &size);

	(void)state;
	conf_write_sample(out);
	fclose(out);
	for (i = 0; conf_describe(i, &key, &meaning, fallback,
	    sizeof(fallback)); i++) {
		char line[700];

		assert_non_null(strchr(key, '.'));
		assert_true(strlen(meaning) > 10);
		assert_true(fallback[0] != '\0');
		snprintf(line, sizeof(line), "\t#%s = %s;\n",
		    strchr(key, '.') + 1, fallback);
		if (strstr(sample, line) == NULL)
			fail_msg("not in the sample: %s %s", key, line);
	}
	assert_true(i > 60);
	free(sample);
}

static void
nothing_is_freed_for_nothing(void **state)
{
	(void)state;
	conf_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_file_gives_the_defaults),
		TEST(every_type_is_read),
		TEST(whole_numbers_serve_where_more_is_accepted),
		TEST(older_names_of_proxy_keys_are_accepted),
		TEST(headers_are_read_in_their_order),
		TEST(the_upstreams_address_is_brought_into_one_form),
		TEST(a_mistake_is_named_with_its_place_and_its_remedy),
		TEST(sample_credentials_are_refused),
		TEST(no_message_holds_a_secret),
		TEST(proxies_need_a_host_and_a_port),
		TEST(numbers_in_names_strings_and_comments_are_none),
		TEST(a_file_that_cannot_be_read_is_named),
		TEST(no_file_at_the_usual_place_is_no_mistake),
		TEST(the_sample_sets_what_is_the_default),
		TEST(the_sample_has_every_key_once),
		TEST(nothing_is_freed_for_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
