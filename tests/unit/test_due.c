/* SPDX-License-Identifier: MIT */
/* test_due.c: times that were stored, and the service's own clock. */
#include "fixture.h"

#include "due.h"
#include "work_clock.h"

#define DAY	86400

static const struct {
	const char	*label;
	int64_t		 until, now, longest;
	bool		 due;
} times[] = {
	{ "over", 100, 101, 60, true },
	{ "just now", 100, 100, 60, true },
	{ "in a second", 101, 100, 60, false },
	{ "as far ahead as it can be", 160, 100, 60, false },
	{ "further", 161, 100, 60, true },
	{ "the clock was a day ahead", 100 + DAY + 5, 100, 60, true },
	{ "the clock was a day behind", 100 - DAY + 5, 100, 60, true },
	{ "at the end of all time", INT64_MAX, 100, 60, true },
	{ "never", 0, 100, 60, true },
};

static void
a_time_further_ahead_than_it_can_be_is_none(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(times); i++)
		if (due_is(times[i].until, times[i].now, times[i].longest) !=
		    times[i].due)
			fail_msg("%s", times[i].label);
}

static void
a_statement_says_the_same(void **state UNUSED)
{
	sqlite3 *db = NULL;

	assert_int_equal(SQLITE_OK, sqlite3_open(":memory:", &db));
	for (size_t i = 0; i < NELEM(times); i++) {
		sqlite3_stmt *stmt = NULL;

		assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, "SELECT "
		    DUE_SQL("?1", "?2", "?3"), -1, &stmt, NULL));
		sqlite3_bind_int64(stmt, 1, times[i].until);
		sqlite3_bind_int64(stmt, 2, times[i].now);
		sqlite3_bind_int64(stmt, 3, times[i].longest);
		assert_int_equal(SQLITE_ROW, sqlite3_step(stmt));
		if (sqlite3_column_int(stmt, 0) != times[i].due)
			fail_msg("%s", times[i].label);
		sqlite3_finalize(stmt);
	}
	sqlite3_close(db);
}

static void
nothing_that_is_still_to_come_is_young(void **state UNUSED)
{
	assert_true(due_is_young(100, 100, 60));
	assert_true(due_is_young(41, 100, 60));
	assert_false(due_is_young(40, 100, 60));
	assert_false(due_is_young(101, 100, 60));
	assert_false(due_is_young(100 + DAY, 100, 60));
}

static void
the_clock_of_the_service_counts_work_alone(void **state UNUSED)
{
	static const struct {
		const char	*label;
		int64_t		 mono_ms, ms;
	} reads[] = {
		{ "at once", 1000, 7 },
		{ "a moment later", 1001, 8 },
		{ "a turn later", 1101, 108 },
		{ "it never goes back", 1050, 108 },
		{ "and goes on from there", 1060, 118 },
		{ "after the longest that a turn takes", 1060 + WORK_GAP_MS,
		    118 + WORK_GAP_MS },
		{ "the machine slept for a day", 1060 + DAY * 1000,
		    118 + 2 * WORK_GAP_MS },
	};
	struct work_clock c;

	work_clock_start(&c, 7, 1000);
	for (size_t i = 0; i < NELEM(reads); i++)
		if (work_clock_read(&c, reads[i].mono_ms) != reads[i].ms)
			fail_msg("%s: %lld", reads[i].label, (long long)c.ms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_further_ahead_than_it_can_be_is_none),
		cmocka_unit_test(a_statement_says_the_same),
		cmocka_unit_test(nothing_that_is_still_to_come_is_young),
		cmocka_unit_test(the_clock_of_the_service_counts_work_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
