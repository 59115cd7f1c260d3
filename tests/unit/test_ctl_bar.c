/* SPDX-License-Identifier: MIT */
/* test_ctl_bar.c: tasks as lines of a terminal. */
#include "fixture.h"

#include <string.h>

#include "ctl/bar.h"

static void
the_bar_grows_with_the_work_done(void **state UNUSED)
{
	static const struct { double percent; int width; const char *bar; } cases[] = {
		{ 0, 10, "[>         ]   0 %" },
		{ 9.9, 10, "[>         ]   9 %" },
		{ 10, 10, "[#>        ]  10 %" },
		{ 50, 10, "[#####>    ]  50 %" },
		{ 99.9, 10, "[#########>]  99 %" },	/* not yet full */
		{ 100, 10, "[##########] 100 %" },
		{ 50, 4, "[##> ]  50 %" },
		{ 50, 1, "[>]  50 %" },
		{ -5, 4, "[>   ]   0 %" },
		{ 250, 4, "[####] 100 %" },
	};
	char out[64];

	for (size_t i = 0; i < NELEM(cases); i++) {
		bar_draw(out, sizeof(out), cases[i].percent, cases[i].width);
		assert_string_equal(cases[i].bar, out);
	}
}

static void
a_bar_never_leaves_its_room(void **state UNUSED)
{
	char out[16];

	for (size_t size = 0; size < sizeof(out); size++) {
		memset(out, 'x', sizeof(out));
		bar_draw(out, size, 50, 8);
		if (size > 0)
			assert_true(strlen(out) < size);
		for (size_t i = size; i < sizeof(out); i++)
			assert_int_equal('x', out[i]);
	}
}

static void
ages_have_two_units_at_most(void **state UNUSED)
{
	static const struct { int64_t seconds; const char *age; } cases[] = {
		{ -3, "0s" }, { 0, "0s" }, { 59, "59s" }, { 60, "1m00s" },
		{ 187, "3m07s" }, { 3599, "59m59s" }, { 3600, "1h00m" },
		{ 7501, "2h05m" }, { 360000, "100h00m" },
	};
	char out[32];

	for (size_t i = 0; i < NELEM(cases); i++) {
		bar_age(out, sizeof(out), cases[i].seconds);
		assert_string_equal(cases[i].age, out);
	}
}

static struct task
running(void)
{
	return (struct task){
		.task_id = "sora-2-0123456789ab", .status = TASK_PROCESSING,
		.step = STEP_POLL, .progress = 42, .token_id = 7,
		.created_at = 1000,
	};
}

static void
a_line_tells_who_what_how_far_and_since_when(void **state UNUSED)
{
	struct task t = running();
	char out[256];

	bar_task(out, sizeof(out), &t, 1090, -1);
	assert_string_equal("sora-2-0123456789ab          processing "
	    "[########>           ]  42 % 1m30s token 7 poll", out);
}

static void
what_has_ended_tells_how_long_it_took_and_why_it_failed(void **state UNUSED)
{
	struct task t = running();
	char out[256];

	t.status = TASK_FAILED;
	t.completed_at = 1005;
	t.error_code = "generation_failed";
	bar_task(out, sizeof(out), &t, 99999, -1);
	assert_non_null(strstr(out, " failed "));
	assert_non_null(strstr(out, " 5s generation_failed"));
}

static void
a_line_is_never_wider_than_the_terminal(void **state UNUSED)
{
	struct task t = running();
	char out[256];

	for (int columns = 0; columns < 100; columns++) {
		bar_task(out, sizeof(out), &t, 1090, columns);
		assert_true(strlen(out) <= (size_t)columns);
	}
	bar_task(out, sizeof(out), &t, 1090, 19);
	assert_string_equal("sora-2-0123456789ab", out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bar_grows_with_the_work_done),
		cmocka_unit_test(a_bar_never_leaves_its_room),
		cmocka_unit_test(ages_have_two_units_at_most),
		cmocka_unit_test(a_line_tells_who_what_how_far_and_since_when),
		cmocka_unit_test(
		    what_has_ended_tells_how_long_it_took_and_why_it_failed),
		cmocka_unit_test(a_line_is_never_wider_than_the_terminal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
