/* SPDX-License-Identifier: MIT */
/* test_buf.c: a growing buffer with a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"

static void
a_new_buffer_is_an_empty_string(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(0, b.len);
	assert_string_equal("", b.data);
	buf_clear(&b);
	assert_string_equal("", b.data);
}

static void
what_is_appended_is_followed_by_a_nul(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	for (int i = 0; i < 5000; i++) {
		assert_true(buf_puts(&b, "0123456789"));
		assert_int_equal('\0', b.data[b.len]);
	}
	assert_int_equal(50000, b.len);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal('0' + (int)(i % 10), b.data[i]);
	buf_clear(&b);
	assert_int_equal(0, b.len);
}

static void
the_limit_is_exact_and_a_refusal_changes_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_true(buf_append(&b, "abc", 3));
	assert_false(buf_append(&b, "def", 3));
	assert_false(buf_printf(&b, "%d", 456));
	assert_string_equal("abc", b.data);
	assert_true(buf_printf(&b, "%d", 45));
	assert_string_equal("abc45", b.data);
	assert_false(buf_puts(&b, "x"));
	assert_true(buf_append(&b, "", 0));
	assert_int_equal(5, b.len);
	buf_clear(&b);
}

static void
a_limit_of_nothing_takes_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_true(buf_puts(&b, ""));
	assert_false(buf_puts(&b, "x"));
	assert_string_equal("", b.data);
	buf_clear(&b);
}

static void
bytes_leave_at_the_front(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_consume(&b, 0);
	assert_true(buf_append(&b, "ab\0cdef", 7));
	buf_consume(&b, 3);
	assert_int_equal(4, b.len);
	assert_string_equal("cdef", b.data);
	buf_consume(&b, 4);
	assert_int_equal(0, b.len);
	assert_string_equal("", b.data);
	assert_true(buf_puts(&b, "again"));
	assert_string_equal("again", b.data);
	buf_clear(&b);
}

static void
a_reset_buffer_is_empty_and_usable(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_reset(&b);
	assert_true(buf_puts(&b, "text"));
	buf_reset(&b);
	assert_int_equal(0, b.len);
	assert_string_equal("", b.data);
	assert_true(buf_puts(&b, "more"));
	assert_string_equal("more", b.data);
	buf_clear(&b);
}

static void
taken_bytes_belong_to_the_taker(void **state)
{
	struct buf b;
	char *taken;

	(void)state;
	buf_init(&b, 100);
	assert_true(buf_puts(&b, "mine"));
	taken = buf_take(&b);
	assert_string_equal("mine", taken);
	free(taken);
	assert_int_equal(0, b.len);
	assert_string_equal("", b.data);
	taken = buf_take(&b);
	assert_string_equal("", taken);
	free(taken);
	assert_true(buf_puts(&b, "next"));
	assert_false(buf_printf(&b, "%100d", 1));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_buffer_is_an_empty_string),
		cmocka_unit_test(what_is_appended_is_followed_by_a_nul),
		cmocka_unit_test(the_limit_is_exact_and_a_refusal_changes_nothing),
		cmocka_unit_test(a_limit_of_nothing_takes_nothing),
		cmocka_unit_test(bytes_leave_at_the_front),
		cmocka_unit_test(a_reset_buffer_is_empty_and_usable),
		cmocka_unit_test(taken_bytes_belong_to_the_taker),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
