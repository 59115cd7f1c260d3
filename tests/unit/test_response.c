/* SPDX-License-Identifier: MIT */
/* test_response.c: responses as the FastCGI server gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "http.h"
#include "http/record.h"

struct fixture {
	struct resp	 rs;
	struct buf	 out;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->rs.arena = arena_new();
	buf_init(&f->out, 1 << 20);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->rs.arena);
	buf_clear(&f->out);
	free(f);
	return 0;
}

static void
json_is_printed_with_its_length(void **state)
{
	struct fixture *f = *state;
	cJSON *json = cJSON_CreateObject();

	cJSON_AddStringToObject(json, "url", "http://a/b");
	resp_json(&f->rs, 201, json);
	resp_serialise(&f->rs, false, &f->out);
	assert_string_equal("Status: 201 Created\r\n"
	    "Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
	    "{\"url\":\"http://a/b\"}", f->out.data);
}

static void
head_has_the_length_but_no_body(void **state)
{
	struct fixture *f = *state;

	resp_text(&f->rs, 200, "text/plain", "hello");
	resp_serialise(&f->rs, true, &f->out);
	assert_string_equal("Status: 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 5\r\n\r\n", f->out.data);
}

static void
nothing_set_is_200_and_empty(void **state)
{
	struct fixture *f = *state;

	resp_serialise(&f->rs, false, &f->out);
	assert_string_equal("Status: 200 OK\r\nContent-Length: 0\r\n\r\n",
	    f->out.data);
}

static void
no_content_has_no_length(void **state)
{
	struct fixture *f = *state;

	f->rs.status = 204;
	resp_serialise(&f->rs, false, &f->out);
	assert_string_equal("Status: 204 No Content\r\n\r\n", f->out.data);
}

static void
a_header_is_replaced_and_cannot_start_another(void **state)
{
	struct fixture *f = *state;

	resp_header(&f->rs, "X-A", "1");
	resp_header(&f->rs, "X-B", "2\r\nX-Evil: 3");
	resp_header(&f->rs, "x-a", "4\nX-Evil: 5");
	resp_serialise(&f->rs, false, &f->out);
	assert_string_equal("Status: 200 OK\r\nx-a: 4\r\nX-B: 2\r\n"
	    "Content-Length: 0\r\n\r\n", f->out.data);
}

static void
many_headers_are_kept(void **state)
{
	struct fixture *f = *state;
	char name[40][16];

	for (int i = 0; i < 40; i++) {
		snprintf(name[i], sizeof(name[i]), "X-%d", i);
		resp_header(&f->rs, name[i], name[i]);
	}
	assert_int_equal(40, f->rs.n_headers);
	for (int i = 0; i < 40; i++)
		assert_string_equal(name[i], f->rs.headers[i].value);
}

static void
a_body_may_hold_any_byte(void **state)
{
	struct fixture *f = *state;

	resp_body(&f->rs, 200, "image/png", "a\0b", 3);
	resp_serialise(&f->rs, false, &f->out);
	assert_memory_equal("\r\n\r\na\0b", f->out.data + f->out.len - 7, 7);
}

/* FastCGI specification, section 3.3: version, type, id, length, padding, reserved. */
static void
records_have_the_specified_form(void **state)
{
	struct fixture *f = *state;
	char *large = calloc(1, 70000);

	assert_true(record_stdout(&f->out, 0x102, "hi", 2));
	assert_memory_equal("\1\6\1\2\0\2\0\0hi", f->out.data, 10);
	buf_reset(&f->out);
	assert_true(record_stdout(&f->out, 1, large, 70000));
	assert_int_equal(70000 + 16, f->out.len);
	assert_memory_equal("\1\6\0\1\xff\xf8\0\0", f->out.data, 8);
	assert_memory_equal("\1\6\0\1\x11\x78\0\0", f->out.data + 8 + 65528, 8);
	buf_reset(&f->out);
	assert_true(record_end(&f->out, 1));
	assert_int_equal(24, f->out.len);
	assert_memory_equal("\1\6\0\1\0\0\0\0\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0",
	    f->out.data, 24);
	free(large);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(json_is_printed_with_its_length),
		TEST(head_has_the_length_but_no_body),
		TEST(nothing_set_is_200_and_empty),
		TEST(no_content_has_no_length),
		TEST(a_header_is_replaced_and_cannot_start_another),
		TEST(many_headers_are_kept),
		TEST(a_body_may_hold_any_byte),
		TEST(records_have_the_specified_form),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
