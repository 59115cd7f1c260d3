/* SPDX-License-Identifier: MIT */
/* test_settings.c: what the operator may change while the service runs. */
#include "fixture.h"

#include <string.h>

#include "conf.h"
#include "digest.h"
#include "session.h"

static struct settings
load(struct fixture *f)
{
	struct settings s = { 0 };

	assert_ok(f, settings_load(f->st, f->site.conf, f->a, &s, &f->e));
	return s;
}

static void
the_first_rows_come_from_the_configuration(void **state)
{
	struct fixture *f = *state;
	const struct conf *conf = f->site.conf;
	const struct settings s = load(f);

	assert_string_equal(FIXTURE_API_KEY, s.api_key);
	assert_int_equal(1, s.api_key_id);
	assert_string_equal(conf->admin_username, s.admin_username);
	assert_true(digest_password_check(s.admin_password,
	    FIXTURE_PASSWORD));
	assert_int_equal(conf->error_ban_threshold, s.error_ban_threshold);
	assert_int_equal(conf->proxy_enabled, s.proxy_enabled);
	assert_null(s.proxy_url);
	assert_int_equal(conf->cache_enabled, s.cache_enabled);
	assert_int_equal(conf->cache_timeout, s.cache_timeout);
	assert_string_equal("", s.cache_base_url);
	assert_int_equal(conf->image_timeout, s.image_timeout);
	assert_int_equal(conf->video_timeout, s.video_timeout);
	assert_int_equal(conf->at_auto_refresh, s.at_auto_refresh);
	assert_int_equal(conf->cloudflare_enabled, s.solver_enabled);
	assert_string_equal(conf->watermark_parse_method, s.parse_method);
}

static void
the_file_s_key_counts_until_one_is_stored(void **state)
{
	struct fixture *f = *state;
	struct conf conf = *f->site.conf;
	struct settings s;

	conf.api_key = "sk-of-the-file";
	fixture_exec(f, "UPDATE api_keys SET key = NULL");
	assert_ok(f, settings_load(f->st, &conf, f->a, &s, &f->e));
	assert_string_equal("sk-of-the-file", s.api_key);
	assert_ok(f, settings_set_api_key(f->st, "sk-stored", &f->e));
	assert_ok(f, settings_load(f->st, &conf, f->a, &s, &f->e));
	assert_string_equal("sk-stored", s.api_key);
}

static void
they_are_made_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ERR_INTERNAL, settings_create(f->st, f->site.conf,
	    "sk-other", "other", &f->e));
	assert_string_equal(FIXTURE_API_KEY, load(f).api_key);
}

static void
a_database_without_settings_says_so(void **state)
{
	struct fixture *f = *state;
	struct settings s;

	fixture_exec(f, "DELETE FROM proxy_config");
	assert_failed(f, ERR_INTERNAL, "sora2apictl init", settings_load(
	    f->st, f->site.conf, f->a, &s, &f->e));
}

static void
a_new_password_ends_every_session(void **state)
{
	struct fixture *f = *state;
	struct settings s;

	fixture_exec(f, "INSERT INTO admin_sessions VALUES (x'00', 0,"
	    " 99999999999)");
	assert_ok(f, settings_set_password(f->st, NULL, "new one", NULL, &f->e));
	s = load(f);
	assert_true(digest_password_check(s.admin_password, "new one"));
	assert_false(digest_password_check(s.admin_password,
	    FIXTURE_PASSWORD));
	assert_string_equal(f->site.conf->admin_username, s.admin_username);
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM admin_sessions"));
	assert_ok(f, settings_set_password(f->st, NULL, "x", "root", &f->e));
	assert_string_equal("root", load(f).admin_username);
}

/* Whoever checked the old password first is the only one to have it replaced. */
static void
a_password_is_replaced_once(void **state)
{
	struct fixture *f = *state;
	const char *old = load(f).admin_password, *token;

	assert_ok(f, settings_set_password(f->st, old, "first", NULL, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "Old password is incorrect",
	    settings_set_password(f->st, old, "second", "root", &f->e));
	assert_true(digest_password_check(load(f).admin_password, "first"));
	assert_string_equal(f->site.conf->admin_username,
	    load(f).admin_username);
	/* nor does it open a session any more */
	assert_failed(f, ERR_UNAUTHORIZED, "changed meanwhile", session_open(
	    f->st, old, f->a, &token, &f->e));
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM admin_sessions"));
	assert_ok(f, session_open(f->st, load(f).admin_password, f->a, &token,
	    &f->e));
}

/* Whatever the stored ones are when it is written. */
static void
settings_that_make_no_sense_together_are_refused(void **state)
{
	struct fixture *f = *state;

	assert_failed(f, ERR_INVALID_VALUE, "needs proxy_url",
	    settings_set_proxy(f->st, true, NULL, -1, &f->e));
	assert_ok(f, settings_set_proxy(f->st, true, "http://h:1", -1, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "needs proxy_url",
	    settings_set_proxy(f->st, true, "", -1, &f->e));
	assert_true(load(f).proxy_enabled);
	assert_ok(f, settings_set_proxy(f->st, true, "", 1, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "needs proxy_url",
	    settings_set_proxy(f->st, true, NULL, 0, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "needs custom_parse_url",
	    settings_set_watermark_free(f->st, true, "custom", NULL, NULL,
	    &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "needs custom_parse_url",
	    settings_set_watermark_free(f->st, true, "custom", "", NULL,
	    &f->e));
	assert_ok(f, settings_set_watermark_free(f->st, false, "custom", NULL,
	    NULL, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "needs custom_parse_url",
	    settings_set_watermark_free(f->st, true, NULL, NULL, NULL, &f->e));
	assert_ok(f, settings_set_watermark_free(f->st, true, NULL,
	    "http://h", NULL, &f->e));
	assert_ok(f, settings_set_watermark_free(f->st, true, NULL, NULL,
	    NULL, &f->e));
}

static void
changes_are_kept(void **state)
{
	struct fixture *f = *state;
	struct settings s;

	assert_ok(f, settings_set_ban_threshold(f->st, 7, &f->e));
	assert_ok(f, settings_set_proxy(f->st, true,
	    "http://u:pass-word-9@h:1", 1, &f->e));
	assert_ok(f, settings_set_cache_timeout(f->st, 61, &f->e));
	assert_ok(f, settings_set_cache_base_url(f->st, "https://c", &f->e));
	assert_ok(f, settings_set_timeouts(f->st, 0, 900, &f->e));
	assert_ok(f, settings_set_auto_refresh(f->st, true, &f->e));
	s = load(f);
	assert_int_equal(7, s.error_ban_threshold);
	assert_true(s.proxy_enabled && s.proxy_pool_enabled);
	assert_string_equal("http://u:pass-word-9@h:1", s.proxy_url);
	assert_int_equal(61, s.cache_timeout);
	assert_string_equal("https://c", s.cache_base_url);
	assert_int_equal(f->site.conf->image_timeout, s.image_timeout);
	assert_int_equal(900, s.video_timeout);
	assert_true(s.at_auto_refresh);
	assert_int_equal(0, fixture_int(f, "SELECT instr(proxy_url,"
	    " CAST('pass-word-9' AS BLOB)) FROM proxy_config"));
	/* NULL and -1 leave, "" clears */
	assert_ok(f, settings_set_proxy(f->st, false, NULL, -1, &f->e));
	s = load(f);
	assert_false(s.proxy_enabled);
	assert_true(s.proxy_pool_enabled);
	assert_non_null(s.proxy_url);
	assert_ok(f, settings_set_proxy(f->st, false, "", -1, &f->e));
	assert_null(load(f).proxy_url);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_first_rows_come_from_the_configuration),
		T(the_file_s_key_counts_until_one_is_stored),
		T(they_are_made_once),
		T(a_database_without_settings_says_so),
		T(a_new_password_ends_every_session),
		T(a_password_is_replaced_once),
		T(settings_that_make_no_sense_together_are_refused),
		T(changes_are_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
