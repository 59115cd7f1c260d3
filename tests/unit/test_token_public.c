/* SPDX-License-Identifier: MIT */
/* test_token_public.c: tokens for calls that are no generation. */
#include "fixture.h"

#include <string.h>

#define BAN	3

static void
any_token_that_can_ask_is_picked(void **state)
{
	static const struct {
		const char *set;
		bool picked;
	} rows[] = {
		{ "is_active = 1", true },
		{ "is_active = 0", false },
		{ "cooled_until = unixepoch() + 60", false },
		{ "cooled_until = unixepoch() - 1", true },
		{ "expiry_time = unixepoch() - 1", false },
		{ "expiry_time = unixepoch() + 60", true },
		{ "expiry_time = NULL", true },
		{ "provider = 'another'", false },
		{ "sora2_supported = 0, video_enabled = 0", true },
		{ "sora2_cooldown_until = unixepoch() + 60", true },
	};
	struct fixture *f = *state;
	struct token t;

	fixture_token(f, 1);
	for (size_t i = 0; i < NELEM(rows); i++) {
		fixture_exec(f, "UPDATE tokens SET is_active = 1,"
		    " cooled_until = NULL, expiry_time = NULL,"
		    " provider = 'sora'");
		fixture_exec(f, "UPDATE tokens SET %s", rows[i].set);
		if ((token_pick(f->st, "sora", f->a, &t, &f->e) == ERR_OK) !=
		    rows[i].picked)
			fail_msg("with %s", rows[i].set);
		if (!rows[i].picked)
			assert_int_equal(ERR_NO_TOKEN, f->e.code);
	}
}

static void
all_of_them_have_their_turn(void **state)
{
	struct fixture *f = *state;
	bool seen[4] = { false };
	struct token t;

	for (int i = 0; i < 3; i++)
		fixture_token(f, 1);
	fixture_exec(f, "UPDATE tokens SET is_active = 0 WHERE id = 3");
	for (int i = 0; i < 100; i++) {
		assert_ok(f, token_pick(f->st, "sora", f->a, &t, &f->e));
		seen[t.id] = true;
	}
	assert_true(seen[1] && seen[2] && !seen[3]);
}

static void
a_code_that_is_left_is_picked(void **state)
{
	static const struct {
		const char *set;
		bool found;
	} rows[] = {
		{ "is_active = 1", true },
		{ "sora2_redeemed_count = 4", false },
		{ "sora2_redeemed_count = 5", false },
		{ "sora2_invite_code = NULL", false },
		{ "sora2_invite_code = ''", false },
		{ "sora2_supported = NULL", false },
		{ "sora2_supported = 0", false },
		{ "is_active = 0", false },
		{ "expiry_time = 1, cooled_until = unixepoch() + 60", true },
	};
	struct fixture *f = *state;
	struct token t;
	bool found;

	fixture_token(f, 1);
	for (size_t i = 0; i < NELEM(rows); i++) {
		fixture_exec(f, "UPDATE tokens SET is_active = 1,"
		    " sora2_supported = 1, sora2_invite_code = 'ABC123',"
		    " sora2_total_count = 4, sora2_redeemed_count = 3");
		fixture_exec(f, "UPDATE tokens SET %s", rows[i].set);
		assert_ok(f, token_pick_inviting(f->st, f->a, &t, &found,
		    &f->e));
		if (found != rows[i].found)
			fail_msg("with %s", rows[i].set);
		if (found)
			assert_string_equal("ABC123", t.sora2_invite_code);
	}
}

/* The token as it is stored, told that it was refused. */
static struct token
refuse(struct fixture *f, bool renew)
{
	const struct token_change c = { .verdict = TOKEN_REFUSED };
	struct token t;

	assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
	assert_ok(f, token_answered(f->st, &t, &c, renew, BAN, &f->e));
	assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
	return t;
}

static void
give_refresh_token(struct fixture *f, const char *token, const char *rt)
{
	const struct token_edit edit = { .token = token, .rt = rt,
	    .expiry_time = token == NULL ? 0 : clock_now() + 600,
	    .is_active = -1, .image_enabled = -1, .video_enabled = -1 };

	assert_ok(f, token_edit(f->st, 1, &edit, &f->e));
}

static void
a_refused_token_is_disabled_or_left_to_be_renewed(void **state)
{
	struct fixture *f = *state;
	struct token t;

	fixture_token(f, 1);
	give_refresh_token(f, NULL, "rt_1");
	fixture_exec(f, "UPDATE tokens SET refresh_after = unixepoch() + 600,"
	    " expiry_time = unixepoch() + 600");
	t = refuse(f, true);
	assert_true(t.is_active);
	assert_true(t.expiry_time <= clock_now());
	assert_int_equal(1, fixture_int(f, "SELECT refresh_after IS NULL"
	    " FROM tokens"));
	assert_int_equal(1, fixture_int(f, "SELECT consecutive_error_count"
	    " FROM token_stats"));
	assert_false(refuse(f, false).is_active);
	fixture_exec(f, "UPDATE tokens SET is_active = 1, rt = NULL");
	assert_false(refuse(f, true).is_active);
}

static void
what_an_old_access_token_heard_is_forgotten(void **state)
{
	const struct token_change c = { .verdict = TOKEN_REFUSED };
	struct fixture *f = *state;
	struct token t;

	fixture_token(f, 1);
	assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
	give_refresh_token(f, "another access token", "rt_1");
	assert_ok(f, token_answered(f->st, &t, &c, false, BAN, &f->e));
	assert_int_equal(1, fixture_int(f, "SELECT is_active FROM tokens"));
	assert_int_equal(0, fixture_int(f,
	    "SELECT error_count FROM token_stats"));
}

static void
a_change_is_applied(void **state)
{
	const struct token_change c = { .verdict = TOKEN_ERROR,
	    .cooled_until = clock_now() + 60 };
	struct fixture *f = *state;
	struct token t;

	fixture_token(f, 1);
	assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
	for (int i = 1; i <= BAN; i++) {
		assert_true(t.is_active);
		assert_ok(f, token_answered(f->st, &t, &c, true, BAN, &f->e));
		assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
		assert_int_equal(i, t.error_count);
	}
	assert_false(t.is_active);
	assert_int_equal(c.cooled_until, t.cooled_until);
	assert_int_equal(0, t.use_count);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(any_token_that_can_ask_is_picked),
		T(all_of_them_have_their_turn),
		T(a_code_that_is_left_is_picked),
		T(a_refused_token_is_disabled_or_left_to_be_renewed),
		T(what_an_old_access_token_heard_is_forgotten),
		T(a_change_is_applied),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
