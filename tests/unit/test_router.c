/* SPDX-License-Identifier: MIT */
/* test_router.c: paths and the table of routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "http/router.h"

/* Parameters come before the literals that must beat them. */
static const struct route table[] = {
	{ .method = M_GET, .path = "/c/{id}", .operation = "c" },
	{ .method = M_DELETE, .path = "/c/{id}", .operation = "c-delete" },
	{ .method = M_POST, .path = "/c/{id}/update", .operation = "c-update" },
	{ .method = M_GET, .path = "/c/by-token/{id:int}", .operation = "by" },
	{ .method = M_GET, .path = "/c/search", .operation = "search" },
	{ .method = M_PUT, .path = "/t/{id:int}", .operation = "t" },
	{ .method = M_DELETE, .path = "/t/batch", .operation = "batch" },
	{ .method = M_GET, .path = "/m/{any}", .operation = "any" },
	{ .method = M_GET, .path = "/m/{n:int}", .operation = "int" },
	{ .method = M_GET, .path = "/p/{a}/x/{b}", .operation = "two" },
	{ .method = M_GET, .path = "/", .operation = "root" },
};

static const struct {
	enum method	 method;
	const char	*path;
	const char	*operation;	/* NULL: 405; "": 404 */
	const char	*param;		/* all, with "|" between */
} cases[] = {
	{ M_GET, "/", "root", "" },
	{ M_GET, "/c/abc", "c", "abc" },
	{ M_DELETE, "/c/abc", "c-delete", "abc" },
	{ M_PUT, "/c/abc", NULL, "" },
	{ M_GET, "/c/search", "search", "" },
	{ M_GET, "/c/%73earch", "search", "" },
	{ M_DELETE, "/c/search", NULL, "" },	/* not of {id} */
	{ M_GET, "/c/searching", "c", "searching" },
	{ M_GET, "/c/by-token/12", "by", "12" },
	{ M_POST, "/c/by-token/update", "c-update", "by-token" },
	{ M_GET, "/c/by-token/x", "", "" },
	{ M_PUT, "/t/1", "t", "1" },
	{ M_PUT, "/t/9223372036854775807", "t", "9223372036854775807" },
	{ M_PUT, "/t/9223372036854775808", "", "" },
	{ M_PUT, "/t/abc", "", "" },
	{ M_PUT, "/t/-1", "", "" },
	{ M_PUT, "/t/+1", "", "" },
	{ M_PUT, "/t/1a", "", "" },
	{ M_PUT, "/t/%31", "t", "1" },
	{ M_PUT, "/t/", "", "" },
	{ M_DELETE, "/t/batch", "batch", "" },
	{ M_PUT, "/t/batch", NULL, "" },
	{ M_GET, "/m/12", "int", "12" },
	{ M_GET, "/m/12x", "any", "12x" },
	{ M_GET, "/p/1/x/2", "two", "1|2" },
	{ M_GET, "/p/a%2Fb/x/%e4%b8%ad", "two", "a/b|\xe4\xb8\xad" },
	{ M_GET, "/c/a+b", "c", "a+b" },
	{ M_GET, "/c/", "", "" },
	{ M_GET, "/c", "", "" },
	{ M_GET, "/c/abc/", "", "" },
	{ M_GET, "/c//abc", "", "" },
	{ M_GET, "//c/abc", "", "" },
	{ M_GET, "c/abc", "", "" },
	{ M_GET, "", "", "" },
	{ M_GET, "/C/abc", "", "" },
	{ M_GET, "/c/%", "", "" },
	{ M_GET, "/c/%4", "", "" },
	{ M_GET, "/c/%zz", "", "" },
	{ M_GET, "/c/%00", "", "" },
	{ M_GET, "/c/%ff", "", "" },
	{ M_GET, "/c%2fabc", "", "" },
	{ M_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "", "" },
	{ M_OTHER, "/", NULL, "" },
};

static const char *
params(struct arena *a, const struct found *f)
{
	const char *s = "";

	for (int i = 0; i < 4 && f->param[i] != NULL; i++)
		s = arena_printf(a, "%s%s%s", s, i > 0 ? "|" : "", f->param[i]);
	return s;
}

static void
paths_find_their_routes(void **state)
{
	struct arena *a = arena_new();
	struct found f;

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *want = cases[i].operation;

		router_find(table, NELEM(table), a, cases[i].path,
		    cases[i].method, &f);
		if (f.path != (want == NULL || *want != '\0') ||
		    (f.route != NULL) != (want != NULL && *want != '\0'))
			fail_msg("%s: path %d route %d", cases[i].path, f.path,
			    f.route != NULL);
		if (f.route == NULL)
			continue;
		assert_string_equal(want, f.route->operation);
		assert_string_equal(cases[i].param, params(a, &f));
	}
	arena_free(a);
}

static void
allow_names_all_methods_of_the_path(void **state)
{
	struct arena *a = arena_new();
	struct found f;

	(void)state;
	router_find(table, NELEM(table), a, "/c/x", M_PUT, &f);
	assert_string_equal("GET, HEAD, DELETE, OPTIONS",
	    router_allow(a, f.methods));
	router_find(table, NELEM(table), a, "/t/1", M_GET, &f);
	assert_string_equal("PUT, OPTIONS", router_allow(a, f.methods));
	router_find(table, NELEM(table), a, "/c/x/update", M_GET, &f);
	assert_string_equal("POST, OPTIONS", router_allow(a, f.methods));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_their_routes),
		cmocka_unit_test(allow_names_all_methods_of_the_path),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
