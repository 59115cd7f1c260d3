/* SPDX-License-Identifier: MIT */
/* test_account_refresh.c: new access tokens, and which credential gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "account_play.h"
#include "arena.h"
#include "attr.h"
#include "clock.h"

/* A token with that `exp`, whose claims nobody has signed. */
static const char *
jwt(struct fixture *f, int64_t exp)
{
	const char *claims = arena_printf(f->d->a, "{\"exp\":%lld,"
	    "\"https://api.openai.com/profile\":{\"email\":\"j@example.com\"}}",
	    (long long)exp);
	unsigned char out[400];
	int n = EVP_EncodeBlock(out, (const unsigned char *)claims,
	    (int)strlen(claims));

	while (n > 0 && out[n - 1] == '=')
		n--;
	return arena_printf(f->d->a, "e30.%.*s.x", n, (const char *)out);
}

static const char *
session_of(struct fixture *f, const char *access_token)
{
	return arena_printf(f->d->a, "{\"accessToken\":\"%s\",\"expires\":"
	    "\"2026-06-26T09:00:00.000Z\"}", access_token);
}

static const char *
oauth_of(struct fixture *f, const char *access_token)
{
	return arena_printf(f->d->a, "{\"access_token\":\"%s\","
	    "\"refresh_token\":\"rt_2\",\"expires_in\":9}", access_token);
}

enum got { NEW, SAME, OLD, DEAD, LATER };	/* what a credential gave */

struct refresh_row {
	const char	*st;		/* NULL: none */
	enum got	 by_st;
	const char	*rt;
	enum got	 by_rt;
	bool		 asks_rt;
	enum account_verdict verdict;
};

static const struct refresh_row refreshes[] = {
	{ "st", NEW, "rt", NEW, false, ACCOUNT_OK },
	{ "st", NEW, NULL, NEW, false, ACCOUNT_OK },
	{ NULL, NEW, "rt", NEW, true, ACCOUNT_OK },
	{ "st", DEAD, "rt", NEW, true, ACCOUNT_OK },
	{ "st", LATER, "rt", NEW, true, ACCOUNT_OK },
	{ "st", SAME, "rt", NEW, true, ACCOUNT_OK },
	{ "st", SAME, NULL, NEW, false, ACCOUNT_UNCHANGED },
	{ "st", SAME, "rt", DEAD, true, ACCOUNT_UNCHANGED },
	{ "st", SAME, "rt", LATER, true, ACCOUNT_UNCHANGED },
	{ "st", DEAD, NULL, NEW, false, ACCOUNT_REFUSED },
	{ "st", OLD, NULL, NEW, false, ACCOUNT_REFUSED },
	{ "st", OLD, "rt", OLD, true, ACCOUNT_REFUSED },
	{ "st", DEAD, "rt", DEAD, true, ACCOUNT_REFUSED },
	{ NULL, NEW, "rt", DEAD, true, ACCOUNT_REFUSED },
	{ NULL, NEW, NULL, NEW, false, ACCOUNT_REFUSED },
	{ "", NEW, "", NEW, false, ACCOUNT_REFUSED },
	/* what could not be tried may work later */
	{ "st", LATER, NULL, NEW, false, ACCOUNT_UNREACHABLE },
	{ "st", LATER, "rt", DEAD, true, ACCOUNT_UNREACHABLE },
	{ "st", DEAD, "rt", LATER, true, ACCOUNT_UNREACHABLE },
	{ "st", LATER, "rt", LATER, true, ACCOUNT_UNREACHABLE },
};

static struct line
line_of(struct fixture *f, bool session, enum got got, int64_t now)
{
	struct line line = { session ? GET_SESSION : POST_OAUTH, 200, NULL };
	const char *token = got == OLD ? jwt(f, now - 10) :
	    got == SAME ? f->d->token.token : jwt(f, now + 7200);

	if (got == LATER)
		line.status = 503;
	else if (got == DEAD && !session)
		line.status = 400;
	if (got == DEAD || got == LATER)
		line.body = "{\"error\":\"invalid_grant\"}";
	else
		line.body = session ? session_of(f, token) : oauth_of(f, token);
	return line;
}

static void
a_token_is_refreshed_by_either_credential(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_now();

	f->d->token.token = jwt(f, now + 3600);
	for (size_t i = 0; i < NELEM(refreshes); i++) {
		const struct refresh_row *row = &refreshes[i];
		struct line script[3] = { { 0 } };
		size_t n = 0;

		f->d->token.st = row->st;
		f->d->token.rt = row->rt;
		if (row->st != NULL && *row->st != '\0')
			script[n++] = line_of(f, true, row->by_st, now);
		if (row->asks_rt)
			script[n++] = line_of(f, false, row->by_rt, now);
		play(f, ACCOUNT_REFRESH, script);
		if (f->r.verdict != row->verdict)
			fail_msg("row %zu: verdict %d", i, (int)f->r.verdict);
		if (row->verdict != ACCOUNT_OK) {
			assert_null(f->r.facts.access_token);
			assert_int_equal(0, f->r.expiry_time);
			assert_non_null(f->r.reason);
			continue;
		}
		assert_string_equal(jwt(f, now + 7200), f->r.facts.access_token);
		assert_int_equal(now + 7200, f->r.expiry_time);
		assert_string_equal("j@example.com", f->r.jwt_email);
		assert_null(f->r.reason);
		if (row->asks_rt)
			assert_string_equal("rt_2", f->r.facts.refresh_token);
		else
			assert_null(f->r.facts.refresh_token);
	}
}

static void
the_same_but_expired_token_is_no_success(void **state)
{
	struct fixture *f = *state;
	struct line script[] = { { GET_SESSION, 200, NULL }, { 0 } };

	f->d->token.st = "st";
	f->d->token.token = jwt(f, clock_now() - 5);
	script[0].body = session_of(f, f->d->token.token);
	play(f, ACCOUNT_REFRESH, script);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
}

static void
a_used_refresh_token_is_not_forgotten(void **state)
{
	struct fixture *f = *state;
	struct line script[] = { { POST_OAUTH, 200, NULL }, { 0 } };

	f->d->token.rt = "rt";
	script[0].body = oauth_of(f, jwt(f, clock_now() - 5));
	play(f, ACCOUNT_REFRESH, script);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	assert_null(f->r.facts.access_token);
	assert_string_equal("rt_2", f->r.facts.refresh_token);
}

static void
conversions_tell_what_came(void **state)
{
	struct fixture *f = *state;
	struct line session[] = { { GET_SESSION, 200, NULL }, { 0 } };
	struct line oauth[] = { { POST_OAUTH, 200, NULL }, { 0 } };
	static const struct line dead[] = { { GET_SESSION, 200, "{}" }, { 0 } };
	static const struct line late[] = { { POST_OAUTH, LATE, NULL }, { 0 } };

	f->d->token = (struct token){ .st = "st", .rt = "rt" };
	session[0].body = session_of(f, jwt(f, 2000000000));
	play(f, ACCOUNT_CONVERT_ST, session);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_string_equal(jwt(f, 2000000000), f->r.facts.access_token);
	assert_int_equal(2000000000, f->r.expiry_time);
	oauth[0].body = oauth_of(f, "opaque");
	play(f, ACCOUNT_CONVERT_RT, oauth);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_string_equal("opaque", f->r.facts.access_token);
	assert_string_equal("rt_2", f->r.facts.refresh_token);
	assert_int_equal(9, f->r.facts.expires_in);
	assert_int_equal(0, f->r.expiry_time);
	play(f, ACCOUNT_CONVERT_ST, dead);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	play(f, ACCOUNT_CONVERT_RT, late);
	assert_int_equal(ACCOUNT_TIMEOUT, f->r.verdict);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, play_open, play_close)
	const struct CMUnitTest tests[] = {
		T(a_token_is_refreshed_by_either_credential),
		T(the_same_but_expired_token_is_no_success),
		T(a_used_refresh_token_is_not_forgotten),
		T(conversions_tell_what_came),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
