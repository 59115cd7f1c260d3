/* SPDX-License-Identifier: MIT */
/* test_id.c: identifiers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "id.h"

static void
hex_is_lower_case_and_complete(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x0f, 0xa5, 0xff };
	char hex[9];

	(void)state;
	id_encode_hex(hex, bytes, sizeof(bytes));
	assert_string_equal("000fa5ff", hex);
	id_encode_hex(hex, bytes, 0);
	assert_string_equal("", hex);
}

static void
an_id_has_the_digits_asked_for(void **state)
{
	static const size_t counts[] = { 0, 1, 11, 12, 32, 127, 128 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char hex[130];

		memset(hex, 'x', sizeof(hex));
		id_hex(hex, counts[i]);
		assert_int_equal(counts[i], strlen(hex));
		assert_int_equal(counts[i], strspn(hex, "0123456789abcdef"));
		assert_int_equal('x', hex[counts[i] + 1]);
	}
}

static void
ids_have_their_prefix_and_differ(void **state)
{
	struct arena *a = arena_new();
	char *one = id_new(a, "sora-2-", 12), *two = id_new(a, "sora-2-", 12);

	(void)state;
	assert_int_equal(19, strlen(one));
	assert_memory_equal("sora-2-", one, 7);
	assert_string_not_equal(one, two);
	arena_free(a);
}

static void
numbers_below_a_limit_all_occur(void **state)
{
	unsigned seen[7] = { 0 };

	(void)state;
	for (int i = 0; i < 7000; i++) {
		uint32_t n = id_below(7);

		assert_in_range(n, 0, 6);
		seen[n]++;
	}
	for (int i = 0; i < 7; i++)	/* 1000 expected; the deviation is 29 */
		assert_in_range(seen[i], 700, 1300);
	assert_int_equal(0, id_below(1));
	assert_true(id_below(UINT32_MAX) < UINT32_MAX);
}

static void
random_bytes_fill_the_whole_length(void **state)
{
	unsigned char bytes[1000] = { 0 };
	size_t zeros = 0;

	(void)state;
	id_random(bytes, sizeof(bytes) - 1);
	for (size_t i = 0; i < sizeof(bytes) - 1; i++)
		zeros += bytes[i] == 0;
	assert_in_range(zeros, 0, 40);	/* 4 expected */
	assert_int_equal(0, bytes[sizeof(bytes) - 1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_is_lower_case_and_complete),
		cmocka_unit_test(an_id_has_the_digits_asked_for),
		cmocka_unit_test(ids_have_their_prefix_and_differ),
		cmocka_unit_test(numbers_below_a_limit_all_occur),
		cmocka_unit_test(random_bytes_fill_the_whole_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
