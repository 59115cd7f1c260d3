/* SPDX-License-Identifier: MIT */
/* test_text.c: what an upstream wrote, for the log and for clients. */
#include "fixture.h"

#include <string.h>

#include "provider.h"
#include "upstream/client/text.h"

#define KEY	"h0rse-battery-staple"
#define PROMPT	"a quiet harbour at night"

static const struct token token = { .token = KEY, .st = "session/1+2",
    .rt = "abc" };
static const struct task task = { .prompt = PROMPT };
static const struct call_input in = { .token = &token, .task = &task };

static void
the_log_has_no_secret(void **state UNUSED)
{
	static const struct {
		const char	*said;
		const char	*logged;	/* NULL: nothing is left */
	} rows[] = {
		{ "all is well", "all is well" },
		{ "  a\n\tb\a c\x7f d\xc2\x9b e ", "a b c d e" },
		{ " \n ", NULL },
		{ "caf\xc3\xa9 \xe9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80" },
		/* marks that hide, break and reorder */
		{ "a\xe2\x80\xa8" "b\xe2\x80\xae" "c\xe2\x80\x8b" "d\xef\xbb\xbf"
		    "e\xe2\x81\xa6" "f\xc2\xad" "g\xf3\xa0\x81\x81" "h", "abcdefgh" },
		/* every occurrence, and over the whole text */
		{ "key " KEY, "key ***" }, { KEY "/" KEY "," KEY, "***/***,***" },
		{ "H0RSE-Battery-staple", "***" },
		{ "Bad key=" KEY "/" KEY " given", "Bad key=***/*** given" },
		{ "x" KEY "y session/1+2z", "x***y ***z" },
		{ "h0rse-\x15" "battery\xe2\x80\x8b-staple", "***" },
		{ "h0rse-battery-sta is cut", "*** is cut" },
		{ "abc is too short for a secret", "abc is too short for a secret" },
		{ "no '" PROMPT "' here", "no '***' here" },
		/* what may be a credential */
		{ "Bearer short, bearer x y", "Bearer ***, bearer *** y" },
		{ "Authorization: Basic dXNlcg== sent", "Authorization: Basic *** sent" },
		{ "Authorization: Bearer dXNlcg== sent", "Authorization: Bearer *** sent" },
		{ "{\"password\":\"hunter\",\"a\":1}", "{\"password\":\"***\",\"a\":1}" },
		{ "api_key=abc123def x", "api_key=*** x" },
		{ "api-key: abc123def x", "api-key: *** x" },
		{ "max_tokens=77", "max_tokens=77" },
		{ "cookie: sid=1", "cookie: ***" },
		{ "see sk-0123456789, x/sk-0123456789", "see ***, x/***" },
		{ "eyJhbGciOiJSUzI1NiJ9.A.B!", "***" },
		{ "0123456789012345678901234567890123456789 x", "*** x" },
		/* addresses */
		{ "at https://u:p@h.example/a?b=c#d now", "at https://***@h.example/a now" },
		{ "at https://h.example/a@b", "at https://h.example/a@b" },
		{ "url=http://me@h/x", "url=http://***@h/x" },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < NELEM(rows); i++) {
		const char *got = text_for_log(&in, a, rows[i].said);

		if (strcmp(got != NULL ? got : "", rows[i].logged != NULL
		    ? rows[i].logged : "") != 0)
			fail_msg("%s: %s", rows[i].said, got);
	}
	assert_null(text_for_log(&in, a, NULL));
	arena_free(a);
}

static void
a_client_is_told_of_the_content_only(void **state UNUSED)
{
	static const char *const shown[] = {
		"This content may violate our guardrails concerning similarity"
		    " to third-party content.",
		"Your request was rejected by our safety system.",
		"The prompt is too long: 3000 characters and/or 900 words.",
		"seconds must be one of 5, 10",
		"Unsupported size 640x480, only 16:9 and 9:16 are allowed",
		"Input image should be at least 300 pixels wide",
		"No person was found",
		"violates our usage policies, see https://policies.example.com/usage",
		"'" PROMPT "' violates our policy",
		"\xe8\xbe\x93\xe5\x85\xa5\xe5\x90\xab\xe6\x95\x8f\xe6\x84\x9f"
		    "\xe5\x86\x85\xe5\xae\xb9",	/* the input has sensitive content */
	};
	static const char *const kept[] = {
		"CUDA out of memory in /opt/render/models/wan/vae.safetensors, line 214",
		"upload to https://render:" KEY "@store.example/out (D:\\jobs\\42\\out.mp4)",
		"worker /srv/sora/render.py:88 died for Bearer x (db=SELECT * FROM jobs)",
		"content policy check failed in /srv/policy/rules",
		"violates policy at 10.0.0.7", "violates policy (gpu7:8000)",
		"policy service root@gpu7 said no",
		"policy: select word from bad_words",
		"policy: Traceback (most recent call last)",
		"unsafe: http://policies.example.com/", ("unsafe: " KEY),
		"violates policy 7 of https://policies.example.com:8443/x",
		"violates policy, log in ../logs/x",
		"guardrail models/safety/v2.bin refused",
		"The size of tensor a (77) must match the size of tensor b",
		"video model must be loaded on a GPU first",
		"invalid image in bucket",
		"processing_error", "no memory", "rate limited, try later",
		"internal error", "something went wrong", "",
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < NELEM(shown); i++) {
		const char *got = text_for_client(&in, a, shown[i], false);

		if (got == NULL || strcmp(got, shown[i]) != 0)
			fail_msg("%s: %s", shown[i], got);
	}
	for (size_t i = 0; i < NELEM(kept); i++)
		if (text_for_client(&in, a, kept[i], false) != NULL)
			fail_msg("%s", kept[i]);
	assert_null(text_for_client(&in, a, NULL, true));
	arena_free(a);
}

/* The code said already that it is about the content. */
static void
a_refusal_may_use_any_words_but_those_of_machines(void **state UNUSED)
{
	struct arena *a = arena_new();

	assert_string_equal("Sorry, not that.",
	    text_for_client(&in, a, "Sorry, not that.", true));
	assert_null(text_for_client(&in, a, "Not that: /srv/x", true));
	assert_null(text_for_client(&in, a, "Not that, " KEY, true));
	arena_free(a);
}

static void
long_text_is_cut_between_characters(void **state UNUSED)
{
	struct arena *a = arena_new();
	char *text = arena_alloc(a, 30001);
	const char *got;

	for (size_t i = 0; i < 30000; i += 3)
		memcpy(text + i, "\xe4\xb8\xad", 3);
	text[30000] = '\0';
	got = text_for_log(&in, a, text);
	assert_int_equal(498, strlen(got));
	memset(text, '!', 495);
	memcpy(text + 495, KEY, strlen(KEY));
	got = text_for_log(&in, a, text);
	assert_string_equal("***", got + 495);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_log_has_no_secret),
		cmocka_unit_test(a_client_is_told_of_the_content_only),
		cmocka_unit_test(a_refusal_may_use_any_words_but_those_of_machines),
		cmocka_unit_test(long_text_is_cut_between_characters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
