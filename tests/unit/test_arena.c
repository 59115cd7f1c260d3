/* SPDX-License-Identifier: MIT */
/* test_arena.c: memory of one request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 16, 17, 4095, 4096, 5000, 300000, 3 };
	unsigned char *pieces[NELEM(sizes)];

	for (size_t i = 0; i < NELEM(sizes); i++) {
		pieces[i] = arena_alloc(*state, sizes[i]);
		assert_int_equal(0, (uintptr_t)pieces[i] % _Alignof(max_align_t));
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(0, pieces[i][k]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < NELEM(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(i + 1, pieces[i][k]);
}

static void
a_size_of_nothing_has_an_address_of_its_own(void **state)
{
	assert_ptr_not_equal(arena_alloc(*state, 0), arena_alloc(*state, 0));
}

static void
memory_is_zeroed_again_after_a_reset(void **state)
{
	char *p = arena_alloc(*state, 64);

	memset(p, 'x', 64);
	(void)arena_alloc(*state, 100000);
	arena_reset(*state);
	p = arena_alloc(*state, 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(0, p[i]);
}

static void
strings_are_copies(void **state)
{
	char text[] = "a prompt";
	char *copy = arena_strdup(*state, text);
	char *start = arena_strndup(*state, text, 3);

	text[0] = 'X';
	assert_string_equal("a prompt", copy);
	assert_string_equal("a p", start);
	assert_null(arena_strdup(*state, NULL));
	assert_string_equal("", arena_strndup(*state, text, 0));
}

static void
printed_text_may_be_longer_than_a_block(void **state)
{
	char *s = arena_printf(*state, "%s-%d-%10000d", "id", 7, 1);

	assert_int_equal(10005, strlen(s));
	assert_memory_equal("id-7-  ", s, 7);
	assert_int_equal('1', s[10004]);
}

static void
an_array_has_room_for_all_its_elements(void **state)
{
	int64_t *a = arena_array(*state, 1000, sizeof(*a));

	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(0, a[i]);
		a[i] = -1;
	}
	assert_non_null(arena_array(*state, 0, sizeof(*a)));
	assert_non_null(arena_array(*state, 8, 0));
}

static void
freeing_nothing_is_fine(void **state)
{
	(void)state;
	arena_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(a_size_of_nothing_has_an_address_of_its_own),
		cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
		cmocka_unit_test(strings_are_copies),
		cmocka_unit_test(printed_text_may_be_longer_than_a_block),
		cmocka_unit_test(an_array_has_room_for_all_its_elements),
		cmocka_unit_test(freeing_nothing_is_fine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
