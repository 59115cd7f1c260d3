/* SPDX-License-Identifier: MIT */
/* test_blank.c: what stands for nothing in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "blank.h"

static void
blanks_are_cut_off_at_both_ends(void **state)
{
	static const struct {
		const char	*text, *trimmed;
	} cases[] = {
		{ "", "" }, { "a", "a" }, { " \t\n\v\f\ra b\r\n", "a b" },
		{ "\u3000\u3000", "" }, { "\u00a0", "" }, { "\u2003", "" },
		{ "\u2000\u200a\u2028\u2029\u202f\u205f", "" },
		{ "\xc2\x85\u1680", "" }, { "\u200b\ufeff\u2060\u180e", "" },
		{ "\u3000\u4e2d \u3000\u6587\u3000 ", "\u4e2d \u3000\u6587" },
		{ "\u00a0a\u00a0b\u00a0", "a\u00a0b" },
		/* characters whose last or first bytes are those of blanks */
		{ "\u4e80\u0420", "\u4e80\u0420" }, { "\u3001\u3002", "\u3001\u3002" },
		{ "\u00e0\u0160", "\u00e0\u0160" }, { "\u2014", "\u2014" },
		{ "\U0001f600\ufe0f", "\U0001f600\ufe0f" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++)
		assert_string_equal(cases[i].trimmed,
		    blank_trim(cases[i].text, a));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_are_cut_off_at_both_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
