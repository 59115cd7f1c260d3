/* SPDX-License-Identifier: MIT */
/* test_link.c: addresses as upstreams name them. */
#include "fixture.h"

#include <string.h>
#include <strings.h>

#include "upstream/client/link.h"

#define ASKED	"https://gpu.example/v1/videos/u/content"

static void
a_link_is_relative_to_what_was_asked(void **state UNUSED)
{
	static const struct {
		const char	*link;
		const char	*want;	/* NULL: it is none */
	} rows[] = {
		{ "https://cdn.example/f.mp4?sig=a%2Fb",
		    "https://cdn.example/f.mp4?sig=a%2Fb" },
		{ "//cdn.example/f", "https://cdn.example/f" },
		{ "/f.mp4", "https://gpu.example/f.mp4" },
		{ "f.mp4", "https://gpu.example/v1/videos/u/f.mp4" },
		{ "../f.mp4", "https://gpu.example/v1/videos/f.mp4" },
		{ "content/f.mp4",
		    "https://gpu.example/v1/videos/u/content/f.mp4" },
		{ "?sig=1", ASKED "?sig=1" },
		{ "/files/my clip.mp4", "https://gpu.example/files/my%20clip.mp4" },
		{ "/files/\xe9\x9b\xaa.mp4",
		    "https://gpu.example/files/%e9%9b%aa.mp4" },
		{ "https://cdn.example/caf\xc3\xa9 1.mp4",
		    "https://cdn.example/caf%c3%a9%201.mp4" },
		{ " https://cdn.example/f\r\n", "https://cdn.example/f" },
		{ "", NULL }, { " ", NULL }, { "ftp://cdn.example/f", NULL },
		{ "file:///etc/passwd", NULL }, { "data:video/mp4,x", NULL },
		{ "https://me:secret@cdn.example/f", NULL },
		{ "https://caf\xc3\xa9.example/f", NULL },
		{ "https://cdn.example/a\nb", NULL },
		{ "https://cdn.example/a\x7f" "b", NULL },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < NELEM(rows); i++) {
		const char *got = link_resolve(ASKED, rows[i].link, a);

		if ((got == NULL) != (rows[i].want == NULL) || (got != NULL &&
		    strcasecmp(got, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].link, got);
	}
	arena_free(a);
}

static void
without_a_place_only_a_whole_address_is_one(void **state UNUSED)
{
	struct arena *a = arena_new();
	char *longer = arena_alloc(a, 9000);

	assert_string_equal("https://v/f", link_resolve(NULL, "https://v/f",
	    a));
	assert_null(link_resolve(NULL, "/f", a));
	assert_null(link_resolve(NULL, "?a", a));
	memset(longer, 'a', 8999);
	longer[8999] = '\0';
	assert_null(link_resolve(ASKED, longer, a));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_relative_to_what_was_asked),
		cmocka_unit_test(without_a_place_only_a_whole_address_is_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
