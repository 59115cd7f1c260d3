/* SPDX-License-Identifier: MIT */
/* test_public_query.c: the parameters of public data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "api/v1/public.h"
#include "arena.h"
#include "attr.h"
#include "http/url.h"

static struct arena *arena;

static int
setup(UNUSED void **state)
{
	arena = arena_new();
	return 0;
}

static int
teardown(UNUSED void **state)
{
	arena_free(arena);
	return 0;
}

static struct req
asked(const char *query)
{
	struct req rq = { .arena = arena };
	struct error e;

	assert_int_equal(ERR_OK, url_decode_form(arena,
	    arena_strdup(arena, query), strlen(query),
	    "query string", &rq.query, &rq.n_query, &e));
	return rq;
}

static void
assert_error(const char *label, enum err wanted, enum err rc,
    const struct error *e, const char *param)
{
	if (rc != wanted)
		fail_msg("%s: %d, not %d", label, rc, wanted);
	if (rc == ERR_OK)
		return;
	assert_int_equal(rc, e->code);
	assert_string_equal(param, e->param);
}

static void
a_limit_is_1_to_100(UNUSED void **state)
{
	static const struct {
		const char *query;
		enum err rc;
		int limit;
	} rows[] = {
		{ "", ERR_OK, 8 }, { "limit=", ERR_OK, 8 },
		{ "limit=1", ERR_OK, 1 }, { "limit=100", ERR_OK, 100 },
		{ "limit=5&limit=7", ERR_OK, 7 },
		{ "limit=0", ERR_INVALID_VALUE, 8 },
		{ "limit=101", ERR_INVALID_VALUE, 8 },
		{ "limit=-1", ERR_INVALID_VALUE, 8 },
		{ "limit=4294967297", ERR_INVALID_VALUE, 8 },
		{ "limit=99999999999999999999", ERR_INVALID_VALUE, 8 },
		{ "limit=1.0", ERR_INVALID_VALUE, 8 },
		{ "limit=%201", ERR_INVALID_VALUE, 8 },
		{ "limit=0x1", ERR_INVALID_VALUE, 8 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct req rq = asked(rows[i].query);
		struct error e;
		int limit = 8;

		assert_error(rows[i].query, rows[i].rc,
		    query_limit(&rq, &limit, &e), &e, "limit");
		assert_int_equal(rows[i].limit, limit);
	}
}

static void
a_token_is_named_by_a_number_from_1(UNUSED void **state)
{
	static const struct {
		const char *query;
		enum err rc;
		int64_t id;
	} rows[] = {
		{ "", ERR_OK, 0 }, { "token_id=", ERR_OK, 0 },
		{ "token_id=1", ERR_OK, 1 },
		{ "token_id=9223372036854775807", ERR_OK, INT64_MAX },
		{ "token_id=0", ERR_INVALID_VALUE, 0 },
		{ "token_id=-1", ERR_INVALID_VALUE, 0 },
		{ "token_id=9223372036854775808", ERR_INVALID_VALUE, 0 },
		{ "token_id=one", ERR_INVALID_VALUE, 0 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct req rq = asked(rows[i].query);
		struct error e;
		int64_t id;
		enum err rc = query_token_id(&rq, &id, &e);

		assert_error(rows[i].query, rows[i].rc, rc, &e, "token_id");
		if (rc == ERR_OK)
			assert_int_equal(rows[i].id, id);
	}
}

static void
text_is_counted_in_characters(UNUSED void **state)
{
	static const struct {
		const char *query;
		enum err rc;
		const char *value;
	} rows[] = {
		{ "", ERR_OK, "as before" }, { "q=", ERR_OK, "as before" },
		{ "q=abc", ERR_OK, "abc" }, { "q=%E2%82%AC%20b", ERR_OK,
		    "\xe2\x82\xac b" },
		{ "q=abcd", ERR_INVALID_VALUE, "as before" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct req rq = asked(rows[i].query);
		const char *value = "as before";
		struct error e;

		assert_error(rows[i].query, rows[i].rc,
		    query_string(&rq, "q", 3, &value, &e), &e, "q");
		assert_string_equal(rows[i].value, value);
	}
}

static void
what_is_required_may_not_be_blank(UNUSED void **state)
{
	static const struct {
		const char *query;
		enum err rc;
	} rows[] = {
		{ "", ERR_MISSING }, { "q=", ERR_MISSING },
		{ "q=%20%09", ERR_MISSING }, { "q=a", ERR_OK },
		{ "q=abcd", ERR_INVALID_VALUE },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct req rq = asked(rows[i].query);
		const char *value = NULL;
		struct error e;

		assert_error(rows[i].query, rows[i].rc,
		    query_required(&rq, "q", 3, &value, &e), &e, "q");
		assert_int_equal(rows[i].rc == ERR_OK, value != NULL);
	}
}

static void
a_segment_has_no_slash(UNUSED void **state)
{
	struct error e;

	assert_int_equal(ERR_OK, query_segment("abc", "s", 3, &e));
	assert_int_equal(ERR_INVALID_VALUE, query_segment("", "s", 3, &e));
	assert_int_equal(ERR_INVALID_VALUE, query_segment("abcd", "s", 3, &e));
	assert_int_equal(ERR_INVALID_VALUE, query_segment("a/b", "s", 3, &e));
	assert_string_equal("s", e.param);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_limit_is_1_to_100),
		T(a_token_is_named_by_a_number_from_1),
		T(text_is_counted_in_characters),
		T(what_is_required_may_not_be_blank),
		T(a_segment_has_no_slash),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
