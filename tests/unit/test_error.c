/* SPDX-License-Identifier: MIT */
/* test_error.c: one way to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "error.h"

static void
a_failure_is_one_line(void **state)
{
	struct error e = { .retry_after = 9, .no_retry = true };

	(void)state;
	assert_int_equal(ERR_INVALID_VALUE, error_set(&e, ERR_INVALID_VALUE,
	    "seconds", "not one of %d, %d", 10, 15));
	assert_int_equal(ERR_INVALID_VALUE, e.code);
	assert_string_equal("seconds", e.param);
	assert_string_equal("not one of 10, 15", e.text);
	assert_int_equal(0, e.retry_after);
	assert_false(e.no_retry);
}

static void
context_goes_in_front(void **state)
{
	struct error e;

	(void)state;
	(void)error_set(&e, ERR_UPSTREAM, NULL, "status %d", 500);
	e.retry_after = 7;
	assert_int_equal(ERR_UPSTREAM, error_wrap(&e, "task %s", "t1"));
	assert_string_equal("task t1: status 500", e.text);
	assert_int_equal(7, e.retry_after);
}

static void
an_error_may_be_set_from_its_own_text(void **state)
{
	struct error e;

	(void)state;
	(void)error_set(&e, ERR_UPSTREAM, NULL, "cause");
	assert_int_equal(ERR_INTERNAL, error_set(&e, ERR_INTERNAL, NULL,
	    "start: %s", e.text));
	assert_string_equal("start: cause", e.text);
}

static void
no_half_of_a_character_is_left(void **state)
{
	char big[2 * sizeof(((struct error *)0)->text)] = "";
	struct error e;

	(void)state;
	(void)error_set(&e, ERR_INTERNAL, NULL, "'%.3s', '%.4s', \xe4\xba\x8c",
	    "a\xe4\xba\x8c", "a\xe4\xba\x8c");
	assert_string_equal("'a', 'a\xe4\xba\x8c', \xe4\xba\x8c", e.text);
	for (size_t i = 0; i + 4 < sizeof(big); i += 4)
		memcpy(big + i, "\xf0\x9f\x98\x80", 5);
	(void)error_set(&e, ERR_INTERNAL, NULL, "%s", big);
	assert_int_equal((sizeof(e.text) - 1) / 4 * 4, strlen(e.text));
	(void)error_wrap(&e, "x");
	assert_int_equal(3 + (sizeof(e.text) - 4) / 4 * 4, strlen(e.text));
}

static void
text_that_does_not_fit_is_cut(void **state)
{
	char big[2 * sizeof(((struct error *)0)->text)];
	struct error e;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	(void)error_set(&e, ERR_INTERNAL, NULL, "%s", big);
	assert_int_equal(sizeof(e.text) - 1, strlen(e.text));
	(void)error_wrap(&e, "context");
	assert_int_equal(sizeof(e.text) - 1, strlen(e.text));
	assert_memory_equal("context: xxx", e.text, 12);
	(void)error_wrap(&e, "%s", big);
	assert_int_equal(sizeof(e.text) - 1, strlen(e.text));
	assert_memory_equal("xxx", e.text, 3);
}

static void
every_code_has_a_row(void **state)
{
	(void)state;
	for (int code = ERR_OK + 1; code < ERR__MAX; code++) {
		const struct err_row *row = error_row((enum err)code);

		if (row->status < 400 || row->status > 599)
			fail_msg("code %d: status %d", code, row->status);
		if (row->type == NULL || *row->type == '\0' ||
		    row->code == NULL || *row->code == '\0' ||
		    row->video_code == NULL || *row->video_code == '\0')
			fail_msg("code %d: an empty word", code);
	}
}

static void
rows_are_the_contracts(void **state)
{
	static const struct {
		enum err	 code;
		int		 status;
		const char	*type, *word, *video;
	} cases[] = {
		{ ERR_INVALID_VALUE, 400, "invalid_request_error", "invalid_value", "invalid_request" },
		{ ERR_UNAUTHORIZED, 401, "invalid_request_error", "invalid_api_key", "invalid_api_key" },
		{ ERR_TASK_NOT_FOUND, 404, "invalid_request_error", "task_not_found", "task_not_found" },
		{ ERR_METHOD, 405, "invalid_request_error", "method_not_allowed", "method_not_allowed" },
		{ ERR_IDEM_IN_PROGRESS, 409, "invalid_request_error", "idempotency_in_progress",
		    "idempotency_in_progress" },
		{ ERR_IDEM_REUSE, 400, "invalid_request_error", "idempotency_key_reuse",
		    "idempotency_key_reuse" },
		{ ERR_TOO_LARGE, 413, "invalid_request_error", "request_too_large", "request_too_large" },
		{ ERR_RATE_LIMIT, 429, "rate_limit_error", "rate_limit_exceeded", "rate_limit_exceeded" },
		{ ERR_INTERNAL, 500, "server_error", "internal_error", "server_error" },
		{ ERR_UPSTREAM, 502, "server_error", "upstream_error", "upstream_error" },
		{ ERR_NO_TOKEN, 503, "server_error", "no_available_token", "no_available_token" },
		{ ERR_GENERATION_TIMEOUT, 504, "server_error", "generation_timeout", "generation_timeout" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const struct err_row *row = error_row(cases[i].code);

		assert_int_equal(cases[i].status, row->status);
		assert_string_equal(cases[i].type, row->type);
		assert_string_equal(cases[i].word, row->code);
		assert_string_equal(cases[i].video, row->video_code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_is_one_line),
		cmocka_unit_test(context_goes_in_front),
		cmocka_unit_test(an_error_may_be_set_from_its_own_text),
		cmocka_unit_test(no_half_of_a_character_is_left),
		cmocka_unit_test(text_that_does_not_fit_is_cut),
		cmocka_unit_test(every_code_has_a_row),
		cmocka_unit_test(rows_are_the_contracts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
