/* SPDX-License-Identifier: MIT */
/* test_poller_credentials.c: renewed credentials, and late answers about older ones. */
#include "fixture_poller.h"

#include <string.h>

#include "account.h"
#include "client.h"
#include "poller/job_call.h"
#include "poller/refresh.h"
#include "provider.h"
#include "token_store.h"

static const struct token_edit unchanged = {
	.is_active = -1, .image_enabled = -1, .video_enabled = -1,
};

/* An account with a session and a refresh token. */
static struct pool_token *
an_account(struct poller_fixture *pf)
{
	struct token_edit edit = unchanged;
	int64_t id = fixture_token(pf->f, 9);

	edit.st = "st-old";
	edit.rt = "rt-old";
	assert_ok(pf->f, token_edit(pf->f->st, id, &edit, &pf->f->e));
	return pool_token_of(&pf->p, id);
}

static struct token
token_of(struct poller_fixture *pf, const struct pool_token *pt)
{
	struct token t;

	assert_ok(pf->f, token_load(pf->f->st, pt->id, pf->f->a, &t,
	    &pf->f->e));
	return t;
}

static void
give(struct poller_fixture *pf, const struct pool_token *pt, const char *token,
    const char *proxy)
{
	struct token_edit edit = unchanged;

	edit.token = token;
	edit.proxy_url = proxy;
	assert_ok(pf->f, token_edit(pf->f->st, pt->id, &edit, &pf->f->e));
}

/* ---- late answers ---- */

static const struct {
	bool		 server;	/* else an account */
	enum call	 call;
	long		 status;
	const char	*body;
	enum verdict	 then, later;	/* about the present, and about an older one */
} answers[] = {
	{ false, CALL_CREATE, 401, "{}", VERDICT_REFRESH, VERDICT_RETRY },
	{ false, CALL_CREATE, 403, "{}", VERDICT_OTHER, VERDICT_RETRY },
	{ false, CALL_DRAFT, 401, "{}", VERDICT_REFRESH, VERDICT_RETRY },
	{ true, CALL_CREATE, 401, "{}", VERDICT_DOWN, VERDICT_DOWN },
	{ true, CALL_JOB, 401, "{}", VERDICT_RETRY, VERDICT_RETRY },
	{ true, CALL_JOB, 502, "", VERDICT_RETRY, VERDICT_RETRY },
	{ true, CALL_CREATE, 429, "", VERDICT_DOWN, VERDICT_DOWN },
};

static struct outcome
answer(struct poller_fixture *pf, struct job *job, size_t i)
{
	const struct call_response r = { .status = answers[i].status,
	    .body = answers[i].body, .body_len = strlen(answers[i].body) };
	struct outcome o;

	job_answer(job, answers[i].call, &r, &o);
	(void)pf;
	return o;
}

static bool
says_something(const struct outcome *o)
{
	return o->token.verdict != TOKEN_FINE || o->token.cooled_until != 0 ||
	    o->down || o->sick;
}

static void
a_late_answer_says_nothing_of_what_replaced(struct poller_fixture *pf,
    const char *token, const char *proxy)
{
	for (size_t i = 0; i < NELEM(answers); i++) {
		int64_t id = answers[i].server
		    ? poller_fixture_server(pf, "http://127.0.0.1:1/v1")
		    : fixture_token(pf->f, 9);
		struct job *job = poller_fixture_job(pf, id, "create");
		struct token now = token_of(pf, job->token);
		struct outcome o;

		job->with = credential_of(&pf->p, &now);
		o = answer(pf, job, i);
		assert_int_equal(answers[i].then, o.verdict);
		assert_true(says_something(&o));
		give(pf, job->token, token, proxy);
		o = answer(pf, job, i);
		assert_int_equal(answers[i].later, o.verdict);
		assert_false(says_something(&o));
		fixture_exec(pf->f, "DELETE FROM tokens WHERE id = %lld",
		    (long long)id);
	}
}

static void
an_answer_about_an_older_token(void **state)
{
	a_late_answer_says_nothing_of_what_replaced(*state, "another", NULL);
}

static void
an_answer_by_another_proxy(void **state)
{
	a_late_answer_says_nothing_of_what_replaced(*state, NULL,
	    "http://127.0.0.1:9");
}

/* ---- what a renewal brings ---- */

static void
what_replaces_a_void_credential_is_kept(void **state)
{
	static const enum account_verdict verdicts[] = { ACCOUNT_OK,
	    ACCOUNT_REFUSED, ACCOUNT_UNCHANGED, ACCOUNT_BLOCKED,
	    ACCOUNT_UNREACHABLE, ACCOUNT_TIMEOUT };
	struct poller_fixture *pf = *state;

	for (size_t i = 0; i < NELEM(verdicts); i++) {
		struct pool_token *pt = an_account(pf);
		struct account_result r = { .verdict = verdicts[i],
		    .facts = { .session_token = "st-new",
		    .refresh_token = "rt-new" } };
		struct token t = token_of(pf, pt);

		if (verdicts[i] == ACCOUNT_OK)
			r.facts.access_token = "at-new";
		pt->refresh_with = credential_of(&pf->p, &t);
		refresh_told(pt, &r);
		t = token_of(pf, pt);
		assert_string_equal("st-new", t.st);
		assert_string_equal("rt-new", t.rt);
		assert_true((strcmp(t.token, "at-new") == 0) ==
		    (verdicts[i] == ACCOUNT_OK));
	}
}

static void
what_waits_to_be_stored_replaces_what_is_stored(void **state)
{
	struct poller_fixture *pf = *state;
	struct pool_token *pt = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_OK,
	    .facts = { .access_token = "at-new", .refresh_token = "rt-new" } };
	struct token t = token_of(pf, pt);

	pt->refresh_with = credential_of(&pf->p, &t);
	poller_fixture_lock(pf);
	refresh_told(pt, &r);
	assert_string_equal("rt-old", token_of(pf, pt).rt);
	/* refused meanwhile: the old one is not used for it */
	pf->p.settings.at_auto_refresh = true;
	assert_true(refresh_begin(pt));
	assert_null(pt->refresh);
	refresh_continue(&pf->p);
	assert_null(pt->refresh);
	poller_fixture_unlock(pf);
	refresh_continue(&pf->p);
	assert_string_equal("rt-new", token_of(pf, pt).rt);
	assert_string_equal("at-new", token_of(pf, pt).token);
	assert_false(refresh_waits(pt));
}

static void
what_the_operator_stored_meanwhile_stays(void **state)
{
	struct poller_fixture *pf = *state;
	struct pool_token *pt = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_REFUSED,
	    .facts = { .session_token = "st-new" } };
	struct token t = token_of(pf, pt);

	pt->refresh_with = credential_of(&pf->p, &t);
	pt->refused = true;
	give(pf, pt, "at-of-the-operator", NULL);
	refresh_told(pt, &r);
	t = token_of(pf, pt);
	assert_string_equal("at-of-the-operator", t.token);
	assert_string_equal("st-old", t.st);
	assert_true(t.is_active);
	assert_false(refresh_waits(pt));
}

static void
an_access_token_that_another_has_takes_nothing_along(void **state)
{
	struct poller_fixture *pf = *state;
	struct pool_token *other = an_account(pf), *pt = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_OK,
	    .facts = { .access_token = token_of(pf, other).token,
	    .refresh_token = "rt-new" } };
	struct token t = token_of(pf, pt);

	pt->refresh_with = credential_of(&pf->p, &t);
	refresh_told(pt, &r);
	assert_string_equal("rt-new", token_of(pf, pt).rt);
	assert_string_equal(t.token, token_of(pf, pt).token);
}

/* ---- what is not written at once ---- */

static int64_t
errors_of(struct poller_fixture *pf, const struct pool_token *pt)
{
	return fixture_int(pf->f, "SELECT error_count FROM token_stats"
	    " WHERE token_id = %lld", (long long)pt->id);
}

static void
what_an_answer_says_of_a_token_outlives_a_busy_database(void **state)
{
	static const struct token_change said[] = {
		{ .verdict = TOKEN_OVERLOADED, .cooled_until = 4102444800 },
		{ .remaining_plus_1 = 4 }, { .remaining_plus_1 = 3 },
		{ .verdict = TOKEN_ERROR },
	};
	struct poller_fixture *pf = *state;
	struct pool_token *pt = an_account(pf), *other = an_account(pf);
	struct token t;

	poller_fixture_lock(pf);
	for (size_t i = 0; i < NELEM(said); i++)
		pool_token_change(pt, &said[i]);
	pool_token_change(other, &said[3]);
	pool_write_changes(&pf->p);
	pool_trim(&pf->p);
	assert_int_equal(0, errors_of(pf, pt));
	poller_fixture_unlock(pf);
	pool_write_changes(&pf->p);
	t = token_of(pf, pt);
	assert_int_equal(4102444800, t.cooled_until);
	assert_int_equal(2, t.sora2_remaining_count);	/* the last word */
	assert_int_equal(2, errors_of(pf, pt));
	assert_int_equal(1, errors_of(pf, other));
	pool_write_changes(&pf->p);
	assert_int_equal(2, errors_of(pf, pt));
}

static void
a_token_of_which_too_much_waits_keeps_the_newest(void **state)
{
	struct poller_fixture *pf = *state;
	struct pool_token *pt = an_account(pf);

	poller_fixture_lock(pf);
	for (int i = 1; i <= 150; i++) {
		const struct token_change c = { .remaining_plus_1 = i + 1 };

		pool_token_change(pt, &c);
	}
	poller_fixture_unlock(pf);
	pool_write_changes(&pf->p);
	assert_int_equal(150, token_of(pf, pt).sora2_remaining_count);
}

/* ---- a clock that is wrong ---- */

/* Only the upstream knows whether a token's time is over. */
static void
no_clock_disables_a_token(void **state)
{
	static const struct {
		enum account_verdict verdict;
		bool		 refused, active;
	} rows[] = {
		{ ACCOUNT_REFUSED, false, true },
		{ ACCOUNT_UNCHANGED, false, true },
		{ ACCOUNT_UNREACHABLE, false, true },
		{ ACCOUNT_REFUSED, true, false },
		{ ACCOUNT_UNCHANGED, true, false },
	};
	struct poller_fixture *pf = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct pool_token *pt = an_account(pf);
		const struct account_result r = { .verdict = rows[i].verdict };
		struct token t = token_of(pf, pt);

		pt->refresh_with = credential_of(&pf->p, &t);
		fixture_exec(pf->f, "UPDATE tokens SET expiry_time = 1000"
		    " WHERE id = %lld", (long long)pt->id);
		pt->refused = rows[i].refused;
		refresh_told(pt, &r);
		assert_int_equal(rows[i].active, token_of(pf, pt).is_active);
	}
}

static void
one_that_cannot_be_renewed_goes_on(void **state)
{
	struct poller_fixture *pf = *state;
	int64_t id = fixture_token(pf->f, 9);

	fixture_exec(pf->f, "UPDATE tokens SET expiry_time = 1000, st = NULL,"
	    " rt = NULL WHERE id = %lld", (long long)id);
	pf->p.settings.at_auto_refresh = true;
	refresh_due(&pf->p);
	assert_true(token_of(pf, pool_token_of(&pf->p, id)).is_active);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, poller_fixture_setup, \
	    poller_fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(an_answer_about_an_older_token),
		T(an_answer_by_another_proxy),
		T(what_replaces_a_void_credential_is_kept),
		T(what_waits_to_be_stored_replaces_what_is_stored),
		T(what_the_operator_stored_meanwhile_stays),
		T(an_access_token_that_another_has_takes_nothing_along),
		T(what_an_answer_says_of_a_token_outlives_a_busy_database),
		T(a_token_of_which_too_much_waits_keeps_the_newest),
		T(no_clock_disables_a_token),
		T(one_that_cannot_be_renewed_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
