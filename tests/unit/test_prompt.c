/* SPDX-License-Identifier: MIT */
/* test_prompt.c: shots, remix links and mentions. */
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
#include "prompt.h"

#define POST	"s_68e3a06dcd888191b150971da152c1f5"
#define POST2	"s_69d2f1c4a7b88190b3e5c6d7f8091a2b"
#define LINK	"https://sora.chatgpt.com/p/" POST

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

/* A storyboard as "instructions|seconds=text|seconds=text". */
static const struct {
	const char	*prompt;
	const char	*parts;		/* NULL: no storyboard */
} boards[] = {
	{ "[5.0s]cat jumps from a plane [5.0s]cat lands",
	    "|5.0=cat jumps from a plane|5.0=cat lands" },
	{ "Cat day\n[5.0s]cat", "Cat day|5.0=cat" },
	{ "[10s] a\nb \n[2.25s]\tc\t", "|10=a\nb|2.25=c" },
	{ "\u3000[10s]\u00a0a\u2003[2s]\u3000b\u200b", "|10=a|2=b" },
	{ "look [here] [3s]x [y] z", "look [here]|3=x [y] z" },
	{ "[[3s]x", "[|3=x" },
	{ "a cat", NULL }, { "", NULL }, { "[s]a", NULL }, { "[5]a", NULL },
	{ "[5.s]a", NULL }, { "[.5s]a", NULL }, { "[5.0S]a", NULL },
	{ "[5.0 s]a", NULL }, { "[-5s]a", NULL }, { "[5.0s", NULL },
	{ "[5.0.1s]a", NULL }, { "[", NULL },
};

static void
marks_make_a_storyboard(void **state)
{
	for (size_t i = 0; i < NELEM(boards); i++) {
		struct storyboard b;
		struct error e;
		const char *parts;

		print_message("# case %zu\n", i);
		assert_int_equal(boards[i].parts != NULL,
		    prompt_is_storyboard(boards[i].prompt));
		if (boards[i].parts == NULL)
			continue;
		assert_int_equal(ERR_OK, prompt_storyboard(boards[i].prompt,
		    *state, &b, &e));
		parts = b.instructions;
		for (size_t n = 0; n < b.n_shots; n++) {
			parts = arena_printf(*state, "%s|%s=%s", parts,
			    b.shots[n].seconds_text, b.shots[n].text);
			assert_true(b.shots[n].seconds ==
			    strtod(b.shots[n].seconds_text, NULL));
		}
		assert_string_equal(boards[i].parts, parts);
	}
}

static void
a_shot_needs_text(void **state)
{
	static const char *const prompts[] = { "[5.0s]", "[5.0s] \n",
	    "[5.0s]\u3000", "[5.0s]\u00a0[5.0s]a",
	    "[5.0s][5.0s]a", "[5.0s]a [5.0s]", "all [5s] [6s]b" };

	for (size_t i = 0; i < NELEM(prompts); i++) {
		struct storyboard b;
		struct error e = { 0 };

		print_message("# case %zu\n", i);
		assert_int_equal(ERR_INVALID_VALUE,
		    prompt_storyboard(prompts[i], *state, &b, &e));
		assert_string_equal("prompt", e.param);
	}
}

static void
a_storyboard_is_sent_as_a_timeline(void **state)
{
	struct storyboard b;
	struct error e;

	assert_int_equal(ERR_OK, prompt_storyboard("overcast light, handheld "
	    "camera\n[5.0s]a boat leaves the pier [5.0s] gulls follow the boat",
	    *state, &b, &e));
	assert_string_equal("current timeline:\nShot 1:\nduration: 5.0sec\n"
	    "Scene: a boat leaves the pier\n\nShot 2:\nduration: 5.0sec\n"
	    "Scene: gulls follow the boat\n\ninstructions:\n"
	    "overcast light, handheld camera",
	    prompt_format_storyboard(&b, *state));
	assert_int_equal(ERR_OK, prompt_storyboard("[3s]x", *state, &b, &e));
	assert_string_equal("current timeline:\nShot 1:\nduration: 3sec\n"
	    "Scene: x", prompt_format_storyboard(&b, *state));
}

static const struct {
	const char	*text;
	const char	*post;		/* NULL: none */
	const char	*rest;
} posts[] = {
	{ LINK " as an ink painting", POST, "as an ink painting" },
	{ "make " POST " blue", POST, "make blue" },
	{ LINK "?psh=HXV0a.b%20c&x=1 at night", POST, "at night" },
	{ "see " LINK "?psh=1, please", POST, "see , please" },
	{ "see " LINK ".", POST, "see ." },
	{ "(" LINK ")", POST, "()" },
	{ "http://sora.chatgpt.com/p/" POST "/x y", POST, "y" },
	{ "sora.chatgpt.com/p/" POST " y", POST, "y" },
	{ "HTTPS://sora.chatgpt.com:443/p/" POST " y", POST, "y" },
	{ "a " POST2 " b " LINK " c " POST, POST2, "a b c" },
	{ LINK LINK, POST, "" },
	{ LINK " \u3000", POST, "" },
	{ "\u00a0 " LINK "\u2003", POST, "" },
	{ "  a \t\n b  ", NULL, "a b" },
	{ "\xe6\x8a\x8a" POST "\xe5\x8f\x98\xe8\x93\x9d", POST,
	    "\xe6\x8a\x8a\xe5\x8f\x98\xe8\x93\x9d" },
	{ "", NULL, "" },
	{ "s_", NULL, "s_" },
	{ "s_68e3a06dcd888191b150971da152c1f", NULL,
	    "s_68e3a06dcd888191b150971da152c1f" },
	{ POST "0", NULL, POST "0" },
	{ "dog" POST "song", POST, "dog song" },
	{ "s" POST "_68e3a06dcd888191b150971da152c1f5", POST,
	    "s _68e3a06dcd888191b150971da152c1f5" },
	{ POST POST2, POST, "" },
	{ "s_68E3A06DCD888191B150971DA152C1F5", NULL,
	    "s_68E3A06DCD888191B150971DA152C1F5" },
	{ "https://sora.chatgpt.com/p/none x", NULL,
	    "https://sora.chatgpt.com/p/none x" },
	{ POST, POST, "" },
};

static void
posts_are_found_and_removed(void **state)
{
	for (size_t i = 0; i < NELEM(posts); i++) {
		const char *post = prompt_find_post(posts[i].text, *state);

		print_message("# case %zu\n", i);
		if (posts[i].post == NULL) {
			assert_null(post);
		} else {
			assert_non_null(post);
			assert_string_equal(posts[i].post, post);
		}
		assert_string_equal(posts[i].rest,
		    prompt_remove_posts(posts[i].text, *state));
	}
}

static const struct {
	const char	*prompt;
	const char	*names;		/* joined by blanks */
} mentions[] = {
	{ "@lina.rivers walks", "lina.rivers" },
	{ "walks with @a-b_c9", "a-b_c9" },
	{ "@a @b @a, @c!", "a b c" },
	{ "<@ch_69d2f3aa10c48191b7d64e5f20319c8d> runs",
	    "ch_69d2f3aa10c48191b7d64e5f20319c8d" },
	{ "mail lina@example.com", "" },
	{ "@ @@ @", "" }, { "@@a", "a" }, { "", "" }, { "no one", "" },
	{ "@a@b", "a" },
	{ "\xe8\xaf\xb7@lina\xe8\xb5\xb0", "lina" },
	{ "@ab @a", "ab a" },
};

static void
mentions_are_found_once_each(void **state)
{
	for (size_t i = 0; i < NELEM(mentions); i++) {
		const char **names, *joined = "";
		size_t n = prompt_mentions(mentions[i].prompt, *state, &names);

		print_message("# case %zu\n", i);
		for (size_t k = 0; k < n; k++)
			joined = arena_printf(*state, "%s%s%s", joined,
			    k > 0 ? " " : "", names[k]);
		assert_string_equal(mentions[i].names, joined);
	}
}

static void
mentions_have_a_bound(void **state)
{
	char *prompt = arena_alloc(*state, 32000), *end = prompt;
	const char **names;

	for (int i = 0; i < 5000; i++)
		end += sprintf(end, "@%d ", i);
	assert_int_equal(100, prompt_mentions(prompt, *state, &names));
	assert_string_equal("99", names[99]);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)
	const struct CMUnitTest tests[] = {
		T(marks_make_a_storyboard),
		T(a_shot_needs_text),
		T(a_storyboard_is_sent_as_a_timeline),
		T(posts_are_found_and_removed),
		T(mentions_are_found_once_each),
		T(mentions_have_a_bound),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
