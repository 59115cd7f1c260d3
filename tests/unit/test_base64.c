/* SPDX-License-Identifier: MIT */
/* test_base64.c: base64, against the vectors of RFC 4648 and broken texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "base64.h"

static int
set_up(void **state)
{
	*state = arena_new();
	return 0;
}

static int
tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void
texts_are_those_of_the_rfc(void **state)
{
	static const struct {
		const char	*plain, *text;
	} cases[] = {			/* section 10 */
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};
	unsigned char bytes[16];
	ssize_t n;

	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *plain = cases[i].plain, *text = cases[i].text;
		size_t bare = strcspn(text, "=");

		assert_string_equal(text,
		    base64_encode(plain, strlen(plain), *state));
		assert_int_equal(strlen(text), BASE64_LEN(strlen(plain)));
		n = base64_decode_to(bytes, text, strlen(text));
		assert_int_equal(strlen(plain), n);
		assert_memory_equal(plain, bytes, (size_t)n);
		n = base64_decode_to(bytes, text, bare);
		assert_int_equal(strlen(plain), n);
		assert_memory_equal(plain, bytes, (size_t)n);
	}
}

static void
broken_texts_are_refused(void **state)
{
	static const char *const broken[] = { "Z", "Zg=", "Zg===", "====", "=",
		"Zm=v", "Zm9vY", " Zm9v", "Zm9v\n", "Zm9-", "Zm9_", "Zm9v=" };
	unsigned char bytes[16];

	(void)state;
	for (size_t i = 0; i < NELEM(broken); i++)
		if (base64_decode_to(bytes, broken[i], strlen(broken[i])) >= 0)
			fail_msg("taken: \"%s\"", broken[i]);
}

static void
the_url_alphabet_goes_both_ways(void **state)
{
	static const unsigned char bytes[] = { 0xfb, 0xff, 0xfe, 0x00 };
	size_t len;
	const char *back;

	assert_string_equal("-__-AA",
	    base64url_encode(bytes, sizeof(bytes), *state));
	back = base64url_decode("-__-AA", 6, *state, &len);
	assert_non_null(back);
	assert_int_equal(sizeof(bytes), len);
	assert_memory_equal(bytes, back, len);
	assert_int_equal('\0', back[len]);
}

static void
the_url_alphabet_has_no_other_characters(void **state)
{
	static const char *const broken[] = { "", "+/+/", "Zg==", "Z", "a.b" };
	size_t len;

	for (size_t i = 0; i < NELEM(broken); i++)
		if (base64url_decode(broken[i], strlen(broken[i]), *state, &len)
		    != NULL)
			fail_msg("taken: \"%s\"", broken[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_those_of_the_rfc),
		cmocka_unit_test(broken_texts_are_refused),
		cmocka_unit_test(the_url_alphabet_goes_both_ways),
		cmocka_unit_test(the_url_alphabet_has_no_other_characters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
