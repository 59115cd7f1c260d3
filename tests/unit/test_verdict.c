/* SPDX-License-Identifier: MIT */
/* test_verdict.c: what an answer means for its task, its token and its server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"
#include "verdict.h"

/* ---- the task ---- */

static const struct {
	const char	*label;
	struct outcome	 outcome;
	struct turn_facts facts;
	enum task_turn	 turn;
} turns[] = {
	{ "again", { .verdict = VERDICT_RETRY }, { 0 }, TURN_AGAIN },
	{ "a file that may come", { .verdict = VERDICT_EARLY }, { 0 },
	    TURN_AGAIN },
	{ "no such job", { .verdict = VERDICT_GONE }, { 0 }, TURN_AGAIN },
	{ "other paths", { .verdict = VERDICT_OLD_PATHS }, { 0 },
	    TURN_AGAIN },
	{ "another token", { .verdict = VERDICT_OTHER }, { 0 }, TURN_OTHER },
	{ "a refused token", { .verdict = VERDICT_REFRESH }, { 0 },
	    TURN_OTHER },
	{ "another token once", { .verdict = VERDICT_OTHER_ONCE }, { 0 },
	    TURN_OTHER_ONCE },
	{ "a full account", { .verdict = VERDICT_SLOT }, { 0 }, TURN_SLOT },
	{ "a server that is down", { .verdict = VERDICT_DOWN, .down = true },
	    { 0 }, TURN_SERVER },
	{ "one that cannot be reached", { .verdict = VERDICT_DOWN,
	    .unreachable = true }, { 0 }, TURN_SERVER },
	{ "in doubt", { .verdict = VERDICT_UNKNOWN }, { .is_listed = true },
	    TURN_SEARCH },
	{ "in doubt for ever", { .verdict = VERDICT_UNKNOWN }, { 0 },
	    TURN_UNKNOWN },
	{ "refused", { .verdict = VERDICT_FAIL }, { 0 }, TURN_FAIL },
	{ "a file that is missing", { .verdict = VERDICT_FAIL,
	    .local = true }, { 0 }, TURN_FAIL },
	{ "too many open files", { .verdict = VERDICT_RETRY, .local = true },
	    { 0 }, TURN_HOST },
	{ "no network", { .verdict = VERDICT_RETRY, .unreachable = true },
	    { 0 }, TURN_NETWORK },
	{ "no network, for long", { .verdict = VERDICT_OTHER,
	    .unreachable = true }, { 0 }, TURN_NETWORK },
	{ "a challenge", { .verdict = VERDICT_OTHER, .challenge = true },
	    { 0 }, TURN_EGRESS },
	{ "a challenge that is solved", { .verdict = VERDICT_OTHER,
	    .challenge = true }, { .may_pass = true }, TURN_CHALLENGE },
};

static void
each_answer_has_one_consequence_for_its_task(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(turns); i++) {
		enum task_turn turn = verdict_task(&turns[i].outcome,
		    &turns[i].facts);

		if (turn != turns[i].turn)
			fail_msg("%s: %d", turns[i].label, turn);
	}
}

/* Whether the task can be done has nothing to do with a database that is busy. */
static void
a_call_that_could_not_be_made(void **state UNUSED)
{
	static const struct {
		enum err	 cause;
		enum verdict	 verdict;
		bool		 local;
	} rows[] = {
		{ ERR_INVALID_VALUE, VERDICT_FAIL, false },
		{ ERR_UNAVAILABLE, VERDICT_RETRY, true },
		{ ERR_NOT_FOUND, VERDICT_OTHER, false },
		{ ERR_INTERNAL, VERDICT_OTHER, false },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct error e;
		struct outcome o;

		error_set(&e, rows[i].cause, NULL, "why");
		o = verdict_unsent(&e);
		assert_int_equal(rows[i].verdict, o.verdict);
		assert_int_equal(rows[i].local, o.local);
		assert_string_equal("why", o.log);
		assert_non_null(o.message);
		assert_int_equal(TOKEN_FINE, o.token.verdict);
	}
}

/* ---- the token ---- */

static const struct {
	enum token_verdict verdict;
	struct token_effect effect;
} effects[] = {
	{ TOKEN_FINE, { false, false, false, TOKEN_STAYS } },
	{ TOKEN_SUCCEEDED, { false, false, true, TOKEN_STAYS } },
	{ TOKEN_ERROR, { true, true, false, TOKEN_OFF_AT_THRESHOLD } },
	{ TOKEN_OVERLOADED, { true, false, false, TOKEN_STAYS } },
	{ TOKEN_REFUSED, { true, true, false, TOKEN_OFF } },
	{ TOKEN_RENEWING, { true, true, false, TOKEN_STAYS } },
	{ TOKEN_NO_VIDEO, { false, false, false, TOKEN_OFF_FOR_VIDEO } },
};

static void
each_answer_has_one_effect_on_its_token(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(effects); i++) {
		const struct token_effect *wanted = &effects[i].effect;
		struct token_effect got = verdict_token(effects[i].verdict);

		if (got.error != wanted->error ||
		    got.in_a_row != wanted->in_a_row ||
		    got.clears != wanted->clears || got.use != wanted->use)
			fail_msg("token verdict %d", effects[i].verdict);
	}
}

static void
only_an_account_is_banned_for_its_tasks(void **state UNUSED)
{
	assert_int_equal(TOKEN_OFF_AT_THRESHOLD,
	    verdict_token(verdict_blame(false)).use);
	assert_int_equal(TOKEN_STAYS, verdict_token(verdict_blame(true)).use);
}

static void
a_token_that_is_being_renewed_is_not_disabled(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_REFRESH,
	    .token = { .verdict = TOKEN_REFUSED, .cooled_until = 9 } };

	assert_int_equal(TOKEN_REFUSED, verdict_change(&o, false).verdict);
	assert_int_equal(TOKEN_RENEWING, verdict_change(&o, true).verdict);
	assert_int_equal(9, verdict_change(&o, true).cooled_until);
}

/* ---- the server ---- */

static const struct {
	struct outcome	 outcome;
	enum health_word word;
} words[] = {
	{ { .verdict = VERDICT_OK }, HEALTH_WELL },
	{ { .verdict = VERDICT_GONE }, HEALTH_WELL },
	{ { .verdict = VERDICT_FAIL }, HEALTH_WELL },
	{ { .verdict = VERDICT_FAIL, .local = true }, HEALTH_NEUTRAL },
	{ { .verdict = VERDICT_RETRY, .local = true }, HEALTH_NEUTRAL },
	{ { .verdict = VERDICT_RETRY }, HEALTH_NEUTRAL },
	{ { .verdict = VERDICT_OTHER }, HEALTH_NEUTRAL },
	{ { .verdict = VERDICT_UNKNOWN, .sick = true }, HEALTH_JOB_FAILED },
	{ { .verdict = VERDICT_DOWN, .down = true }, HEALTH_DOWN },
	{ { .verdict = VERDICT_OK, .down = true, .sick = true },
	    HEALTH_DOWN },
};

static void
each_answer_has_one_word_about_its_server(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(words); i++)
		if (verdict_server(&words[i].outcome) != words[i].word)
			fail_msg("row %zu", i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_answer_has_one_consequence_for_its_task),
		cmocka_unit_test(a_call_that_could_not_be_made),
		cmocka_unit_test(each_answer_has_one_effect_on_its_token),
		cmocka_unit_test(only_an_account_is_banned_for_its_tasks),
		cmocka_unit_test(
		    a_token_that_is_being_renewed_is_not_disabled),
		cmocka_unit_test(each_answer_has_one_word_about_its_server),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
