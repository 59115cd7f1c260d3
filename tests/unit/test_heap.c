/* SPDX-License-Identifier: MIT */
/* test_heap.c: timers come out in their order, whatever was done to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "heap.h"

#define MANY	2000

struct timer {
	int		 name;
	struct heap_node node;
};

static int
take(struct heap *h, int64_t now)
{
	struct heap_node *n = heap_take(h, now);

	return n == NULL ? -1 : heap_entry(n, struct timer, node)->name;
}

static void
an_empty_heap_has_nothing_due(void **state)
{
	struct heap h = { 0 };

	(void)state;
	assert_null(heap_first(&h));
	assert_null(heap_take(&h, INT64_MAX));
	heap_clear(&h);
}

static void
what_is_not_due_yet_stays(void **state)
{
	struct timer t = { .name = 1 };
	struct heap h = { 0 };

	(void)state;
	heap_set(&h, &t.node, 10);
	assert_int_equal(take(&h, 9), -1);
	assert_true(heap_has(&t.node));
	assert_int_equal(take(&h, 10), 1);
	assert_false(heap_has(&t.node));
	heap_clear(&h);
}

static void
timers_of_the_same_time_come_in_the_order_they_were_set(void **state)
{
	struct timer t[50] = { 0 };
	struct heap h = { 0 };

	(void)state;
	for (int i = 0; i < 50; i++) {
		t[i].name = i;
		heap_set(&h, &t[i].node, 7);
	}
	for (int i = 0; i < 50; i++)
		assert_int_equal(take(&h, 7), i);
	heap_clear(&h);
}

static void
a_timer_that_is_set_again_moves(void **state)
{
	struct timer a = { .name = 1 }, b = { .name = 2 };
	struct heap h = { 0 };

	(void)state;
	heap_set(&h, &a.node, 10);
	heap_set(&h, &b.node, 20);
	heap_set(&h, &a.node, 30);
	assert_int_equal(take(&h, 100), 2);
	heap_set(&h, &a.node, 5);
	assert_int_equal(heap_first(&h)->when, 5);
	assert_int_equal(take(&h, 5), 1);
	heap_clear(&h);
}

static void
a_timer_that_is_taken_out_is_not_due(void **state)
{
	struct timer a = { .name = 1 }, b = { .name = 2 };
	struct heap h = { 0 };

	(void)state;
	heap_set(&h, &a.node, 10);
	heap_set(&h, &b.node, 20);
	heap_remove(&h, &a.node);
	heap_remove(&h, &a.node);	/* it is in no heap any more */
	assert_int_equal(take(&h, 100), 2);
	assert_int_equal(take(&h, 100), -1);
	heap_clear(&h);
}

static void
a_cleared_heap_lets_its_timers_go(void **state)
{
	struct timer a = { .name = 1 };
	struct heap h = { 0 };

	(void)state;
	heap_set(&h, &a.node, 10);
	heap_clear(&h);
	assert_false(heap_has(&a.node));
	heap_set(&h, &a.node, 11);
	assert_int_equal(take(&h, 11), 1);
	heap_clear(&h);
}

/* The next number of a sequence that is the same in each run. */
static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
many_timers_set_moved_and_removed_at_random_come_in_order(void **state)
{
	static struct timer t[MANY];
	struct heap h = { 0 };
	uint32_t seed = 1;
	int64_t last = -1;
	int left = 0;

	(void)state;
	for (int i = 0; i < 10 * MANY; i++) {
		struct timer *one = &t[next(&seed) % MANY];

		if (next(&seed) % 4 == 0)
			heap_remove(&h, &one->node);
		else
			heap_set(&h, &one->node, next(&seed) % 500);
	}
	for (int i = 0; i < MANY; i++)
		left += heap_has(&t[i].node);
	for (struct heap_node *n; (n = heap_take(&h, 500)) != NULL; left--) {
		assert_true(n->when >= last);
		last = n->when;
	}
	assert_int_equal(left, 0);
	heap_clear(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_heap_has_nothing_due),
		cmocka_unit_test(what_is_not_due_yet_stays),
		cmocka_unit_test(
		    timers_of_the_same_time_come_in_the_order_they_were_set),
		cmocka_unit_test(a_timer_that_is_set_again_moves),
		cmocka_unit_test(a_timer_that_is_taken_out_is_not_due),
		cmocka_unit_test(a_cleared_heap_lets_its_timers_go),
		cmocka_unit_test(
		    many_timers_set_moved_and_removed_at_random_come_in_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
