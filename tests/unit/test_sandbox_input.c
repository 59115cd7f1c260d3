/* SPDX-License-Identifier: MIT */
/* test_sandbox_input.c: tokens, cookies, names, pictures, captions and limits from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "sandbox/clip/caption.h"
#include "sandbox/clip/image.h"
#include "sandbox/core/cookies.h"
#include "sandbox/core/limits.h"
#include "sandbox/sora/jwt.h"
#include "sandbox/sora/usernames.h"

static int
open_arena(void **state)
{
	*state = arena_new();
	return 0;
}

static int
close_arena(void **state)
{
	arena_free(*state);
	return 0;
}

static const struct {
	const char	*jwt;
	int64_t		 exp;		/* 0: refused */
	const char	*email;
} tokens[] = {
	/* {"exp":4000000000,"https://api.openai.com/profile":{"email":"a@b.c"}} */
	{ "e30.eyJleHAiOjQwMDAwMDAwMDAsImh0dHBzOi8vYXBpLm9wZW5haS5jb20vcHJvZm"
	  "lsZSI6eyJlbWFpbCI6ImFAYi5jIn19.s", 4000000000, "a@b.c" },
	{ "e30.eyJleHAiOjF9.s", 1, NULL },	/* {"exp":1} */
	{ "e30.eyJleHAiOjF9.", 1, NULL },	/* unsigned */
	{ "e30.e30.s", 0, NULL },		/* no exp */
	{ "e30.W10.s", 0, NULL },		/* an array */
	{ "e30.eyJleHAiOjF9", 0, NULL }, { "e30.eyJleHAiOjF9.s.s", 0, NULL },
	{ ".eyJleHAiOjF9.s", 0, NULL }, { "e30..s", 0, NULL },
	{ "e30.eyJleHAiOjF9=.s", 0, NULL }, { "e30.a.s", 0, NULL },
	{ "e30.eyJleHAiOjF9\n.s", 0, NULL }, { "", 0, NULL },
};

static void
tokens_tell_their_claims(void **state)
{
	for (size_t i = 0; i < NELEM(tokens); i++) {
		struct claims claims = { 0 };
		bool ok = jwt_read(tokens[i].jwt, *state, &claims);

		print_message("# case %zu\n", i);
		assert_int_equal(tokens[i].exp > 0, ok);
		if (!ok)
			continue;
		assert_int_equal(tokens[i].exp, claims.exp);
		if (tokens[i].email == NULL)
			assert_null(claims.email);
		else
			assert_string_equal(tokens[i].email, claims.email);
	}
}

#define BYTES(text) (const unsigned char *)(text), sizeof(text) - 1

static void
written_tokens_are_read_again(void **state)
{
	struct claims in = { .exp = clock_now() + 60, .email = "a?b>c~@d.e",
		.user_id = "user-1", .client_id = "app_1" };
	struct claims out = { 0 };
	const char *jwt = jwt_write(&in, *state);

	assert_string_not_equal(jwt, jwt_write(&in, *state));
	assert_true(jwt_read(jwt, *state, &out));
	assert_int_equal(in.exp, out.exp);
	assert_string_equal(in.email, out.email);
	assert_string_equal(in.user_id, out.user_id);
	assert_string_equal(in.client_id, out.client_id);
}

static const struct {
	const char	*header;
	const char	*value;		/* of the cookie "st"; NULL: not there */
	const char	*names;
} cookies[] = {
	{ NULL, NULL, NULL }, { "", NULL, NULL }, { " ; ;", NULL, NULL },
	{ "st=1", "1", "st" }, { "st=", "", "st" }, { "st", NULL, NULL },
	{ "a=b; st=1; c=d", "1", "a, st, c" }, { "a=b;st=1", "1", "a, st" },
	{ "st=1==", "1==", "st" }, { "st=1 ; a=b", "1", "st, a" },
	{ "xst=1; stx=2", NULL, "xst, stx" }, { "st=1; st=2", "1", "st, st" },
	{ "lone; st=1", "1", "st" }, { "a=st=1", NULL, "a" },
};

static void
assert_same_text(const char *wanted, const char *got)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(wanted, got != NULL ? got : "(null)");
}

static void
cookies_are_told_apart(void **state)
{
	for (size_t i = 0; i < NELEM(cookies); i++) {
		print_message("# case %zu\n", i);
		assert_same_text(cookies[i].value,
		    cookie_value(cookies[i].header, "st", *state));
		assert_same_text(cookies[i].names,
		    cookie_names(cookies[i].header, *state));
	}
}

static void
usernames_have_a_form(UNUSED void **state)
{
	static const char *const good[] = { "abc", "a.b", "a__", "0ab",
		"Lina.Rivers", "abcdefghijklmnopqrst" };
	static const char *const bad[] = { "", "ab", ".ab", "_ab", "a b",
		"a-b", "abcdefghijklmnopqrstu", "\303\244bc", "abc\n" };

	for (size_t i = 0; i < NELEM(good); i++)
		assert_true(username_valid(good[i]));
	for (size_t i = 0; i < NELEM(bad); i++) {
		print_message("# case %zu\n", i);
		assert_false(username_valid(bad[i]));
	}
}

static const struct {
	const unsigned char	*data;
	size_t			 len;
	const char		*mime;		/* NULL: no picture */
	int			 width, height;
} pictures[] = {
	{ BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x02\xd0"),
	    "image/png", 1280, 720 },
	{ BYTES("\x89PNG\r\n\x1a\n"), "image/png", 0, 0 },
	{ BYTES("\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x11\x08\x02\xd0\x05\0\x03"),
	    "image/jpeg", 1280, 720 },
	{ BYTES("\xff\xd8\xff\xe0\xff\xff"), "image/jpeg", 0, 0 },
	{ BYTES("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x04\0\xcf\x02\0"),
	    "image/webp", 1280, 720 },
	{ BYTES("RIFF\0\0\0\0WEBP"), "image/webp", 0, 0 },
	{ BYTES("RIFF\0\0\0\0WAVE"), NULL, 0, 0 },
	{ BYTES("GIF89a"), NULL, 0, 0 },
	{ BYTES(""), NULL, 0, 0 },
};

static void
pictures_tell_their_size(UNUSED void **state)
{
	for (size_t i = 0; i < NELEM(pictures); i++) {
		struct image image;
		bool ok = image_sniff(pictures[i].data, pictures[i].len, &image);

		print_message("# case %zu\n", i);
		assert_int_equal(pictures[i].mime != NULL, ok);
		if (!ok)
			continue;
		assert_string_equal(pictures[i].mime, image.mime);
		assert_int_equal(pictures[i].width, image.width);
		assert_int_equal(pictures[i].height, image.height);
	}
}

static const struct {
	const char	*text;
	const char	*lines;		/* of 5 columns, 3 lines */
} captions[] = {
	{ "", "" }, { " \n\t ", "" }, { "abc", "abc" }, { "  abc ", "abc " },
	{ "abcde", "abcde" }, { "abcdef", "abcde\nf" },
	{ "ab cd ef", "ab cd\nef" }, { "abc defg", "abc\ndefg" },
	{ "a\nb", "a b" }, { "a\x1b" "b", "a b" },
	{ "aaaaa bbbbb ccccc ddddd", "aaaaa\nbbbbb\nccccc" },
	{ "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xb6",
	    "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\n\xc3\xb6" },
};

static void
captions_fit(void **state)
{
	for (size_t i = 0; i < NELEM(captions); i++) {
		print_message("# case %zu\n", i);
		assert_string_equal(captions[i].lines,
		    caption_wrap(captions[i].text, 5, 3, *state));
	}
}

static void
limits_are_set_by_name(UNUSED void **state)
{
	static const char *const bad[] = { "", "gap", "gap=", "gap=x", "gap=-1",
		"gap=1s", "gap=nan", "speed=0", "no_such=1", "=1" };
	struct limits l, before;
	struct error e;

	limits_init(&l);
	before = l;
	for (size_t i = 0; i < NELEM(bad); i++) {
		print_message("# case %zu\n", i);
		assert_int_equal(ERR_INVALID_VALUE,
		    limits_set_text(&l, bad[i], &e));
	}
	assert_memory_equal(&before, &l, sizeof(l));
	assert_int_equal(ERR_OK, limits_set_text(&l, "gap=1.5", &e));
	assert_float_equal(1.5, l.gap, 1e-9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tokens_tell_their_claims,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(written_tokens_are_read_again,
		    open_arena, close_arena),
		cmocka_unit_test_setup_teardown(cookies_are_told_apart,
		    open_arena, close_arena),
		cmocka_unit_test(usernames_have_a_form),
		cmocka_unit_test(pictures_tell_their_size),
		cmocka_unit_test_setup_teardown(captions_fit, open_arena,
		    close_arena),
		cmocka_unit_test(limits_are_set_by_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
