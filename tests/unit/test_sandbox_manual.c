/* SPDX-License-Identifier: MIT */
/* test_sandbox_manual.c: the sandbox's two manual pages name all that can be asked of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "file.h"
#include "sandbox/core/limits.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/openai/dialects.h"
#include "xalloc.h"

static const char *
load(struct arena *a, const char *page)
{
	const char *top = getenv("abs_top_srcdir");
	struct error e;
	char *text;
	size_t len;

	return file_load(arena_printf(a, "%s/man/%s", top == NULL ? "." : top,
	    page), 1 << 20, a, &text, &len, &e) == ERR_OK ? text : NULL;
}

static int
open_manual(void **state)
{
	struct arena *a = arena_new();
	const char *page = load(a, "sora2api-sandbox.8");
	const char *control = load(a, "sora2api-sandbox-control.7");

	if (page != NULL && control != NULL)
		*state = xasprintf("%s%s", page, control);
	arena_free(a);
	return *state == NULL ? -1 : 0;
}

static int
close_manual(void **state)
{
	free(*state);
	return 0;
}

static bool
is_word_character(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
names_word(const char *manual, const char *word)
{
	for (const char *at = manual; (at = strstr(at, word)) != NULL; at++)
		if (!is_word_character(at[-1]) &&
		    !is_word_character(at[strlen(word)]))
			return true;
	print_message("# %s is missing\n", word);
	return false;
}

static void
every_fault_is_there(void **state)
{
	const struct refusal *r;

	for (size_t i = 0; (r = refusal_at(i)) != NULL; i++)
		assert_true(names_word(*state, r->name));
}

static void
every_limit_is_there(void **state)
{
	struct limits limits;
	cJSON *all, *item;

	limits_init(&limits);
	all = limits_json(&limits);
	cJSON_ArrayForEach(item, all)
		assert_true(names_word(*state, item->string));
	cJSON_Delete(all);
}

static void
every_dialect_and_manner_is_there(void **state)
{
	const struct dialect *d;
	cJSON *all, *item;

	for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
		assert_true(names_word(*state, d->name));
	all = manners_json(&dialect_at(0)->manners);
	cJSON_ArrayForEach(item, all)
		assert_true(names_word(*state, item->string));
	cJSON_Delete(all);
}

static void
every_endpoint_is_there(void **state)
{
	for (size_t i = 0; i < sandbox_n_routes; i++) {
		const struct route *r = &sandbox_routes[i];

		if (r->who == WHO_CONTROL)
			assert_non_null(strstr(*state, r->path));
		else
			assert_true(names_word(*state, r->operation));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_is_there),
		cmocka_unit_test(every_limit_is_there),
		cmocka_unit_test(every_dialect_and_manner_is_there),
		cmocka_unit_test(every_endpoint_is_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_manual, close_manual);
}
