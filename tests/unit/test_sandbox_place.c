/* SPDX-License-Identifier: MIT */
/* test_sandbox_place.c: putting values at places of a JSON object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "attr.h"
#include "sandbox/openai/place.h"

static void
places_have_names_and_dots(UNUSED void **state)
{
	static const char *const good[] = { "id", "data.task_id", "data[0].id",
		"a.b.c", "urls[0]", "A_1", "abcdefghijklmnopqrstuvwxyz01234" };
	static const char *const bad[] = { "", ".", "id.", ".id", "a..b", "[0]",
		"a[1]", "a[0", "a[0]b", "a[0][0]", "a b", "a-b",
		"abcdefghijklmnopqrstuvwxyz012345" };

	for (size_t i = 0; i < NELEM(good); i++) {
		print_message("# %s\n", good[i]);
		assert_true(place_valid(good[i]));
	}
	for (size_t i = 0; i < NELEM(bad); i++) {
		print_message("# %s\n", bad[i]);
		assert_false(place_valid(bad[i]));
	}
}

static const struct {
	const char	*before;
	const char	*place;
	const char	*after;
} cases[] = {
	{ "{}", "id", "{\"id\":7}" },
	{ "{\"id\":1,\"x\":2}", "id", "{\"x\":2,\"id\":7}" },
	{ "{}", "a.b", "{\"a\":{\"b\":7}}" },
	{ "{\"a\":{\"c\":1}}", "a.b", "{\"a\":{\"c\":1,\"b\":7}}" },
	{ "{\"a\":\"text\"}", "a.b", "{\"a\":{\"b\":7}}" },
	{ "{}", "a[0]", "{\"a\":[7]}" },
	{ "{\"a\":[1,2]}", "a[0]", "{\"a\":[7,2]}" },
	{ "{}", "a[0].b", "{\"a\":[{\"b\":7}]}" },
	{ "{\"a\":[{\"c\":1},2]}", "a[0].b", "{\"a\":[{\"c\":1,\"b\":7},2]}" },
	{ "{\"a\":{\"c\":1}}", "a[0].b", "{\"a\":[{\"b\":7}]}" },
	{ "{\"a\":[3]}", "a[0].b.c", "{\"a\":[{\"b\":{\"c\":7}}]}" },
};

static void
values_come_to_their_places(UNUSED void **state)
{
	for (size_t i = 0; i < NELEM(cases); i++) {
		cJSON *root = cJSON_Parse(cases[i].before);
		char *text;

		print_message("# %s at %s\n", cases[i].before, cases[i].place);
		place_put(root, cases[i].place, cJSON_CreateNumber(7));
		text = cJSON_PrintUnformatted(root);
		assert_string_equal(cases[i].after, text);
		free(text);
		cJSON_Delete(root);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_have_names_and_dots),
		cmocka_unit_test(values_come_to_their_places),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
