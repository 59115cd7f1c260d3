/* SPDX-License-Identifier: MIT */
/* test_sandbox_markers.c: what prompts ask the sandbox to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "attr.h"
#include "sandbox/core/limits.h"
#include "sandbox/core/markers.h"
#include "sandbox/core/refusal.h"

static enum err
read_prompt(const char *prompt, struct timeline *t, struct markers *m)
{
	struct limits limits;
	struct error e = { 0 };

	limits_init(&limits);
	timeline_init(t, &limits);
	return markers_read(prompt, t, m, &e);
}

static const struct {
	const char	*prompt;
	enum ending	 ending;
	const char	*refusal;	/* NULL: none */
	long		 refusals;
	long		 drops;
	int64_t		 delay_ms;
} good[] = {
	{ "a cat", END_DRAFT, NULL, 0, 0, 0 },
	{ "a [[sandbox]] cat [sandbox:error]", END_DRAFT, NULL, 0, 0, 0 },
	{ "a [[sandbox:error cat", END_DRAFT, NULL, 0, 0, 0 },
	{ "[[sandbox:violation]] cat", END_VIOLATION, NULL, 0, 0, 0 },
	{ "cat [[sandbox:error]]", END_ERROR, NULL, 0, 0, 0 },
	{ "[[sandbox:pending-failed]]", END_FAILED, NULL, 0, 0, 0 },
	{ "[[sandbox:pending_failed]]", END_FAILED, NULL, 0, 0, 0 },
	{ "[[sandbox:failed-only=3]]", END_FAILED_ONLY, NULL, 0, 0, 0 },
	{ "[[sandbox:late-url=3]]", END_LATE_URL, NULL, 0, 0, 0 },
	{ "[[sandbox:never]]", END_NEVER, NULL, 0, 0, 0 },
	{ "[[sandbox:vanish]]", END_VANISH, NULL, 0, 0, 0 },
	{ "[[sandbox:heavy-load]]", END_DRAFT, "heavy_load", -1, 0, 0 },
	{ "[[sandbox:heavy_load=2]]", END_DRAFT, "heavy_load", 2, 0, 0 },
	{ "[[sandbox:drop]]", END_DRAFT, NULL, 0, -1, 0 },
	{ "[[sandbox:drop=1]][[sandbox:slow=250]] [[sandbox:error]]",
	    END_ERROR, NULL, 0, 1, 250 },
};

static void
markers_are_found_anywhere(UNUSED void **state)
{
	for (size_t i = 0; i < NELEM(good); i++) {
		struct timeline t;
		struct markers m;

		print_message("# case %zu\n", i);
		assert_int_equal(ERR_OK, read_prompt(good[i].prompt, &t, &m));
		assert_int_equal(good[i].ending, t.ending);
		assert_ptr_equal(refusal_find(good[i].refusal), m.refusal);
		assert_int_equal(good[i].refusals, m.refusals);
		assert_int_equal(good[i].drops, m.drops);
		assert_int_equal(good[i].delay_ms, m.delay_ms);
	}
}

static void
durations_are_real_seconds(UNUSED void **state)
{
	struct timeline t;
	struct markers m;

	assert_int_equal(ERR_OK, read_prompt("[[sandbox:queued=0.25]]"
	    "[[sandbox:running=7]][[sandbox:gap=0]][[sandbox:late-url=1.5]]",
	    &t, &m));
	assert_int_equal(250, t.queued);
	assert_int_equal(7000, t.running);
	assert_int_equal(0, t.gap);
	assert_int_equal(1500, t.late);
}

static void
typing_errors_are_refused(UNUSED void **state)
{
	static const char *const bad[] = { "[[sandbox:vialotion]]",
		"[[sandbox:]]", "[[sandbox:=3]]", "[[sandbox:queued=]]",
		"[[sandbox:queued]]", "[[sandbox:queued=x]]",
		"[[sandbox:queued=-1]]", "[[sandbox:queued=1 ]]",
		"[[sandbox:slow]]", "[[sandbox:queued=nan]]",
		"[[sandbox:never]] [[sandbox:nevr]]" };

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct timeline t;
		struct markers m;

		print_message("# case %zu\n", i);
		assert_int_not_equal(ERR_OK, read_prompt(bad[i], &t, &m));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markers_are_found_anywhere),
		cmocka_unit_test(durations_are_real_seconds),
		cmocka_unit_test(typing_errors_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
