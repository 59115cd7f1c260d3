/* SPDX-License-Identifier: MIT */
/* test_digest.c: hashes, against the published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "digest.h"
#include "id.h"

#define SHA256_EMPTY \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA256_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
hashes_have_the_published_values(void **state)
{
	char hex[65];

	(void)state;
	digest_sha256_hex(hex, "", 0);
	assert_string_equal(SHA256_EMPTY, hex);
	digest_sha256_hex(hex, "abc", 3);		/* FIPS 180-4 */
	assert_string_equal(SHA256_ABC, hex);
	digest_md5_hex(hex, "abc", 3);			/* RFC 1321 */
	assert_string_equal("900150983cd24fb0d6963f7d28e17f72", hex);
}

static void
an_hmac_has_the_published_value(void **state)
{
	unsigned char sum[DIGEST_SHA256_LEN];
	char hex[65];

	(void)state;
	/* RFC 4231, section 4.3 */
	digest_hmac_sha256(sum, "Jefe", 4, "what do ya want for nothing?", 28);
	id_encode_hex(hex, sum, sizeof(sum));
	assert_string_equal("5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843", hex);
}

static void
pieces_hash_like_the_whole(void **state)
{
	unsigned char sum[DIGEST_SHA256_LEN];
	struct digest *d = digest_new();
	char hex[65];

	(void)state;
	digest_update(d, "a", 1);
	digest_update(d, "", 0);
	digest_update(d, "bc", 2);
	digest_final(d, sum);
	digest_free(d);
	id_encode_hex(hex, sum, sizeof(sum));
	assert_string_equal(SHA256_ABC, hex);
	digest_free(NULL);
}

static void
nothing_equals_null(void **state)
{
	static const struct {
		const char	*a, *b;
		bool		 equal;
	} cases[] = {
		{ "key", "key", true },
		{ "", "", true },
		{ "key", "kez", false },
		{ "key", "keyy", false },
		{ "key", "", false },
		{ NULL, "key", false },
		{ "key", NULL, false },
		{ NULL, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++)
		if (digest_equal(cases[i].a, cases[i].b) != cases[i].equal)
			fail_msg("case %zu", i);
}

static void
a_password_makes_its_hash(void **state)
{
	char hash[160], again[160];

	(void)state;
	digest_password(hash, "corr\xc3\xa9" "ct horse");
	digest_password(again, "corr\xc3\xa9" "ct horse");
	assert_memory_equal("scrypt$14$8$1$", hash, 14);
	assert_string_not_equal(hash, again);
	assert_null(strstr(hash, "horse"));
	assert_true(digest_password_check(hash, "corr\xc3\xa9" "ct horse"));
	assert_true(digest_password_check(again, "corr\xc3\xa9" "ct horse"));
	assert_false(digest_password_check(hash, "correct horse"));
	assert_false(digest_password_check(hash, ""));
}

/* Computed with another program: python3's hashlib.scrypt. */
static void
a_stored_hash_stays_valid(void **state)
{
	(void)state;
	assert_true(digest_password_check("scrypt$14$8$1$"
	    "000102030405060708090a0b0c0d0e0f$"
	    "7d37f3a0bc8f007da895288b85f2a303dd90e17a4ac347c66a41f93144ee076e",
	    "open sesame"));
}

static void
a_hash_of_another_form_is_never_right(void **state)
{
	char hash[160], bad[200];

	(void)state;
	digest_password(hash, "password");
	assert_false(digest_password_check("", "password"));
	assert_false(digest_password_check("password", "password"));
	snprintf(bad, sizeof(bad), "%s0", hash);
	assert_false(digest_password_check(bad, "password"));
	snprintf(bad, sizeof(bad), "%.*s", (int)strlen(hash) - 1, hash);
	assert_false(digest_password_check(bad, "password"));
	snprintf(bad, sizeof(bad), "%s", hash);
	bad[8] = '5';				/* another cost */
	assert_false(digest_password_check(bad, "password"));
	snprintf(bad, sizeof(bad), "%s", hash);
	bad[14] = bad[14] == '0' ? '1' : '0';	/* another salt */
	assert_false(digest_password_check(bad, "password"));
	assert_false(digest_password_check("scrypt$14$8$1$00$00", "password"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_have_the_published_values),
		cmocka_unit_test(an_hmac_has_the_published_value),
		cmocka_unit_test(pieces_hash_like_the_whole),
		cmocka_unit_test(nothing_equals_null),
		cmocka_unit_test(a_password_makes_its_hash),
		cmocka_unit_test(a_stored_hash_stays_valid),
		cmocka_unit_test(a_hash_of_another_form_is_never_right),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
