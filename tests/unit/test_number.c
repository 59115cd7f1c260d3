/* SPDX-License-Identifier: MIT */
/* test_number.c: whole numbers from text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "number.h"

static void
numbers_within_the_bounds_are_read(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 value;
	} cases[] = {
		{ "0", 0 }, { "-0", 0 }, { "15", 15 }, { "0015", 15 },
		{ "-7", -7 }, { "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
	};
	int64_t n;

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		if (!number_read(cases[i].text, INT64_MIN, INT64_MAX, &n))
			fail_msg("refused: \"%s\"", cases[i].text);
		assert_int_equal(cases[i].value, n);
	}
}

static void
all_else_is_refused_and_changes_nothing(void **state)
{
	static const char *const broken[] = { NULL, "", "-", "+1", " 1", "1 ",
		"1.0", "1e3", "0x10", "--1", "1-", "9223372036854775808",
		"-9223372036854775809", "99999999999999999999", "11", "-11" };
	int64_t n = 42;

	(void)state;
	for (size_t i = 0; i < NELEM(broken); i++)
		if (number_read(broken[i], -10, 10, &n))
			fail_msg("taken: \"%s\"", broken[i]);
	assert_int_equal(42, n);
}

static void
a_part_of_a_text_is_read(void **state)
{
	int64_t n = 0;

	(void)state;
	assert_true(number_read_n("640x480", 3, 1, 9999, &n));
	assert_int_equal(640, n);
	assert_false(number_read_n("640x480", 4, 1, 9999, &n));
}

static void
what_is_no_number_has_a_default(void **state)
{
	(void)state;
	assert_int_equal(5, number_or("5", 0, 9, 3));
	assert_int_equal(3, number_or("five", 0, 9, 3));
	assert_int_equal(3, number_or(NULL, 0, 9, 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_within_the_bounds_are_read),
		cmocka_unit_test(all_else_is_refused_and_changes_nothing),
		cmocka_unit_test(a_part_of_a_text_is_read),
		cmocka_unit_test(what_is_no_number_has_a_default),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
