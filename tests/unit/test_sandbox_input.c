/* test_sandbox_input.c: access tokens, pictures, captions and limits that come from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sandbox/caption.h"
#include "sandbox/image.h"
#include "sandbox/jwt.h"
#include "sandbox/limits.h"

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
		cmocka_unit_test(pictures_tell_their_size),
		cmocka_unit_test_setup_teardown(captions_fit, open_arena,
		    close_arena),
		cmocka_unit_test(limits_are_set_by_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
