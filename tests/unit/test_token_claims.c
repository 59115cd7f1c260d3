/* SPDX-License-Identifier: MIT */
/* test_token_claims.c: what an access token says of itself. */
#include "fixture.h"
#include "token_claims.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

static struct arena *arena;

static int
setup(void **state UNUSED)
{
	arena = arena_new();
	return 0;
}

static int
teardown(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

/* A token with that payload, unsigned. */
static char *
jwt_of(const char *payload)
{
	size_t len = strlen(payload);
	char *text = arena_alloc(arena, len * 2 + 8);

	EVP_EncodeBlock((unsigned char *)text,
	    (const unsigned char *)payload, (int)len);
	text[strcspn(text, "=")] = '\0';
	for (char *p = text; *p != '\0'; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return arena_printf(arena, "eyJhbGciOiJSUzI1NiJ9.%s.c2lnbmF0dXJl",
	    text);
}

static const struct {
	const char	*payload;
	int64_t		 expiry;
	const char	*email;
} claims[] = {
	{ "{\"exp\":1764000000,\"https://api.openai.com/profile\":"
	    "{\"email\":\"a@b.c\"}}", 1764000000, "a@b.c" },
	{ "{}", 0, "" },
	{ "{ }", 0, "" },
	{ "{  }", 0, "" },
	{ "{\"exp\":0}", 0, "" },
	{ "{\"exp\":-5}", 0, "" },
	{ "{\"exp\":\"1764000000\"}", 0, "" },
	{ "{\"exp\":1e300}", 0, "" },
	{ "{\"exp\":null}", 0, "" },
	{ "{\"exp\":1764000000.9}", 1764000000, "" },
	{ "{\"https://api.openai.com/profile\":{\"email\":5}}", 0, "" },
	{ "{\"https://api.openai.com/profile\":\"x\"}", 0, "" },
	{ "{\"email\":\"a@b.c\"}", 0, "" },
	/* both characters that base64url has of its own */
	{ "{\"a\":\"\xc3\xbf\xc3\xbf\xc3\xbf>>>???~~~\"}", 0, "" },
};

static void
claims_are_read(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(claims); i++) {
		const char *email = NULL;
		int64_t expiry = -1;
		struct error e;

		if (token_claims_read(jwt_of(claims[i].payload), arena, &expiry,
		    &email, &e) != ERR_OK)
			fail_msg("%s: %s", claims[i].payload, e.text);
		if (expiry != claims[i].expiry)
			fail_msg("%s: %lld", claims[i].payload,
			    (long long)expiry);
		assert_string_equal(claims[i].email, email);
	}
}

static void
what_is_no_jwt_is_refused(void **state UNUSED)
{
	const char *const bad[] = {
		"", ".", "..", "...", "a", "a.b", "a.b.c", "a.e30", "a..c",
		".e30.c", "a.e30.c.d", "a.e30=.c", "a.e3 0.c", "a.e30 .c",
		" a.e30.c", "a.e30.c\n", "a. e30.c", "a.e+/0.c", "a.e.c",
		"a.e30.\xc3\xa4", "sk-0123456789", jwt_of("[]"),
		jwt_of("\"x\""), jwt_of("null"), jwt_of("5"), jwt_of("{"),
		jwt_of("{}x"), jwt_of("\xff\xfe{}"),
	};

	for (size_t i = 0; i < NELEM(bad); i++) {
		const char *email;
		int64_t expiry;
		struct error e = { 0 };

		if (token_claims_read(bad[i], arena, &expiry, &email, &e) !=
		    ERR_INVALID_VALUE)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal("Invalid JWT token", e.text);
	}
}

static void
its_length_has_a_limit(void **state UNUSED)
{
	const size_t limit = 16384;
	char *jwt = malloc(limit + 2);
	const char *email;
	int64_t expiry;
	struct error e;

	memset(jwt, 'A', limit + 1);
	memcpy(jwt, "a.e30.", 6);
	jwt[limit] = '\0';
	assert_int_equal(ERR_OK, token_claims_read(jwt, arena, &expiry, &email,
	    &e));
	jwt[limit] = 'A';
	jwt[limit + 1] = '\0';
	assert_int_equal(ERR_INVALID_VALUE, token_claims_read(jwt, arena,
	    &expiry, &email, &e));
	free(jwt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_are_read),
		cmocka_unit_test(what_is_no_jwt_is_refused),
		cmocka_unit_test(its_length_has_a_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
