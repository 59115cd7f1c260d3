/* SPDX-License-Identifier: MIT */
/* test_sandbox_timeline.c: what a task of the sandbox looks like at each age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "attr.h"
#include "sandbox/core/limits.h"
#include "sandbox/core/timeline.h"

/* preprocessing 100, queued 200, running 1000, processing 50, gap 40, late 500, linger 300 */
static struct timeline
some_timeline(enum ending ending)
{
	return (struct timeline){ 100, 200, 1000, 50, 300, 40, 500, ending };
}

static const struct {
	enum ending	 ending;
	int64_t		 age;
	enum phase	 phase;
	double		 progress;
	bool		 has_url;
} moments[] = {
	{ END_DRAFT, 0, PHASE_PREPROCESSING, -1, false },
	{ END_DRAFT, 99, PHASE_PREPROCESSING, -1, false },
	{ END_DRAFT, 100, PHASE_QUEUED, -1, false },
	{ END_DRAFT, 299, PHASE_QUEUED, -1, false },
	{ END_DRAFT, 300, PHASE_RUNNING, 0.1, false },
	{ END_DRAFT, 800, PHASE_RUNNING, 0.53, false },
	{ END_DRAFT, 1299, PHASE_RUNNING, 0.95, false },
	{ END_DRAFT, 1300, PHASE_PROCESSING, 1, false },
	{ END_DRAFT, 1349, PHASE_PROCESSING, 1, false },
	{ END_DRAFT, 1350, PHASE_GAP, 1, false },
	{ END_DRAFT, 1389, PHASE_GAP, 1, false },
	{ END_DRAFT, 1390, PHASE_DRAFT, 1, true },
	{ END_LATE_URL, 1390, PHASE_DRAFT, 1, false },
	{ END_LATE_URL, 1889, PHASE_DRAFT, 1, false },
	{ END_LATE_URL, 1890, PHASE_DRAFT, 1, true },
	{ END_VIOLATION, 9999, PHASE_DRAFT, 1, false },
	{ END_ERROR, 9999, PHASE_DRAFT, 1, false },
	{ END_FAILED, 1300, PHASE_FAILED, 0.95, false },
	{ END_FAILED, 1599, PHASE_FAILED, 0.95, false },
	{ END_FAILED, 1600, PHASE_GAP, 1, false },
	{ END_FAILED, 1640, PHASE_DRAFT, 1, false },
	{ END_FAILED_ONLY, 1599, PHASE_FAILED, 0.95, false },
	{ END_FAILED_ONLY, 1600, PHASE_GONE, 1, false },
	{ END_NEVER, INT64_MAX - 1, PHASE_RUNNING, 0.95, false },
	{ END_VANISH, 1349, PHASE_PROCESSING, 1, false },
	{ END_VANISH, 1350, PHASE_GONE, 1, false },
};

static void
each_age_has_its_moment(UNUSED void **state)
{
	for (size_t i = 0; i < NELEM(moments); i++) {
		struct timeline t = some_timeline(moments[i].ending);
		struct moment m = timeline_at(&t, moments[i].age);

		print_message("# case %zu\n", i);
		assert_int_equal(moments[i].phase, m.phase);
		assert_float_equal(moments[i].progress, m.progress, 1e-9);
		assert_int_equal(moments[i].has_url, m.has_url);
	}
}

/* What the lists go by, and what a task says of itself, must not differ. */
static void
no_task_is_in_two_lists(UNUSED void **state)
{
	for (int ending = END_DRAFT; ending <= END_VANISH; ending++) {
		struct timeline t = some_timeline((enum ending)ending);

		for (int64_t age = 0; age < 3000; age++) {
			struct moment m = timeline_at(&t, age);

			assert_int_equal(phase_is_pending(m.phase),
			    age < timeline_leaves(&t));
			assert_int_equal(m.phase == PHASE_DRAFT,
			    age >= timeline_visible(&t));
		}
	}
}

static void
the_speed_divides_all_durations(UNUSED void **state)
{
	struct limits limits;
	struct timeline t;

	limits_init(&limits);
	limits.preprocessing = 1;
	limits.queued = 2;
	limits.running = 3;
	limits.processing = 4;
	limits.gap = 5;
	limits.late = 6;
	limits.linger = 7;
	limits.speed = 10;
	timeline_init(&t, &limits);
	assert_int_equal(100, t.preprocessing);
	assert_int_equal(200, t.queued);
	assert_int_equal(300, t.running);
	assert_int_equal(400, t.processing);
	assert_int_equal(500, t.gap);
	assert_int_equal(600, t.late);
	assert_int_equal(700, t.linger);
	assert_int_equal(1500, timeline_visible(&t));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_age_has_its_moment),
		cmocka_unit_test(no_task_is_in_two_lists),
		cmocka_unit_test(the_speed_divides_all_durations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
