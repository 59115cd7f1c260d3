/* SPDX-License-Identifier: MIT */
/* test_media_type.c: kinds of files, and that nginx serves all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "media_type.h"

static const struct {
	const char	*head;
	size_t		 len;
	const char	*mime;		/* NULL: none of them */
} cases[] = {
	{ "\0\0\0\x18" "ftypisom", 12, "video/mp4" },
	{ "\0\0\0\x18" "ftypmp42", 12, "video/mp4" },
	{ "\0\0\0\x14" "ftypqt  ", 12, "video/quicktime" },
	{ "\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm", 12, "video/webm" },
	{ "RIFF\x30\0\0\0AVI ", 12, "video/x-msvideo" },
	{ "RIFF\x30\0\0\0WEBP", 12, "image/webp" },
	{ "\x89PNG\r\n\x1a\n\0\0\0\r", 12, "image/png" },
	{ "\xff\xd8\xff\xe0", 4, "image/jpeg" },
	{ "GIF89a", 6, "image/gif" },
	{ "GIF87a", 6, "image/gif" },
	{ "\0\0\0\x18" "ftypiso", 11, NULL },
	{ "RIFF\x30\0\0\0WAVE", 12, NULL },
	{ "RIFF\x30\0\0\0WEB", 11, NULL },
	{ "\x89PNG\r\n\x1a", 7, NULL },
	{ "<!DOCTYPE ht", 12, NULL },
	{ "{\"url\":\"http", 12, NULL },
	{ "", 0, NULL },
};

static void
the_first_bytes_tell(UNUSED void **state)
{
	for (size_t i = 0; i < NELEM(cases); i++) {
		const struct media_type *type = media_type_of(
		    (const unsigned char *)cases[i].head, cases[i].len);

		print_message("# case %zu\n", i);
		if (cases[i].mime == NULL)
			assert_null(type);
		else
			assert_string_equal(cases[i].mime, type->mime);
	}
}

/* The text of a shipped file; the tests run in the build directory. */
static char *
load_shipped(const char *path)
{
	static char text[65536];
	const char *top = getenv("abs_top_srcdir");
	char full[1024];
	FILE *f;
	size_t n;

	snprintf(full, sizeof(full), "%s/%s", top != NULL ? top : ".", path);
	f = fopen(full, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static size_t
count_words(const char *from, const char *to, char mark)
{
	size_t n = 0;

	for (; from < to; from++)
		n += *from == mark;
	return n;
}

static void
nginx_serves_each_and_nothing_else(UNUSED void **state)
{
	char *text = load_shipped("nginx/snippets/sora2api.conf");
	char *names = strstr(text, "\\.(?:"), *types = strstr(text, "types {");
	char want[64];
	size_t n = 0;

	assert_non_null(names);
	assert_non_null(types);
	strchr(names, ')')[0] = '|';
	names += strlen("\\.(?:") - 1;
	names[0] = '|';
	for (; media_type_at(n) != NULL; n++) {
		const struct media_type *type = media_type_at(n);

		print_message("# %s\n", type->extension);
		snprintf(want, sizeof(want), "|%s|", type->extension);
		assert_non_null(strstr(names, want));
		snprintf(want, sizeof(want), "%s\t%s;", type->mime,
		    type->extension);
		assert_non_null(strstr(types, want));
	}
	assert_int_equal(n, count_words(names, strchr(names, '$'), '|') - 1);
	assert_int_equal(n, count_words(types, strchr(types, '}'), ';'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_bytes_tell),
		cmocka_unit_test(nginx_serves_each_and_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
