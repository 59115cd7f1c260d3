/* test_poller_credentials.c: renewed credentials, and late answers about older ones. */
#include "fixture_poller.h"

#include <string.h>

#include "account.h"
#include "client.h"

static const struct token_edit unchanged = {
	.is_active = -1, .image_enabled = -1, .video_enabled = -1,
};

/* An account with a session and a refresh token. */
static struct account *
an_account(struct poller_fixture *pf)
{
	struct token_edit edit = unchanged;
	int64_t id = fixture_token(pf->f, 9);

	edit.st = "st-old";
	edit.rt = "rt-old";
	assert_ok(pf->f, token_edit(pf->f->st, id, &edit, &pf->f->e));
	return account_of(&pf->p, id);
}

static struct token
token_of(struct poller_fixture *pf, const struct account *acc)
{
	struct token t;

	assert_ok(pf->f, token_load(pf->f->st, acc->id, pf->f->a, &t,
	    &pf->f->e));
	return t;
}

static void
give(struct poller_fixture *pf, const struct account *acc, const char *token,
    const char *proxy)
{
	struct token_edit edit = unchanged;

	edit.token = token;
	edit.proxy_url = proxy;
	assert_ok(pf->f, token_edit(pf->f->st, acc->id, &edit, &pf->f->e));
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
		struct token now = token_of(pf, job->account);
		struct outcome o;

		job->with = credential_of(&pf->p, &now);
		o = answer(pf, job, i);
		assert_int_equal(answers[i].then, o.verdict);
		assert_true(says_something(&o));
		give(pf, job->account, token, proxy);
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
		struct account *acc = an_account(pf);
		struct account_result r = { .verdict = verdicts[i],
		    .facts = { .session_token = "st-new",
		    .refresh_token = "rt-new" } };
		struct token t = token_of(pf, acc);

		if (verdicts[i] == ACCOUNT_OK)
			r.facts.access_token = "at-new";
		acc->refresh_with = credential_of(&pf->p, &t);
		refresh_told(acc, &r);
		t = token_of(pf, acc);
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
	struct account *acc = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_OK,
	    .facts = { .access_token = "at-new", .refresh_token = "rt-new" } };
	struct token t = token_of(pf, acc);

	acc->refresh_with = credential_of(&pf->p, &t);
	poller_fixture_lock(pf);
	refresh_told(acc, &r);
	assert_string_equal("rt-old", token_of(pf, acc).rt);
	/* refused meanwhile: the old one is not used for it */
	pf->p.settings.at_auto_refresh = true;
	assert_true(refresh_begin(acc));
	assert_null(acc->refresh);
	refresh_continue(&pf->p);
	assert_null(acc->refresh);
	poller_fixture_unlock(pf);
	refresh_continue(&pf->p);
	assert_string_equal("rt-new", token_of(pf, acc).rt);
	assert_string_equal("at-new", token_of(pf, acc).token);
	assert_false(refresh_waits(acc));
}

static void
what_the_operator_stored_meanwhile_stays(void **state)
{
	struct poller_fixture *pf = *state;
	struct account *acc = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_REFUSED,
	    .facts = { .session_token = "st-new" } };
	struct token t = token_of(pf, acc);

	acc->refresh_with = credential_of(&pf->p, &t);
	acc->refused = true;
	give(pf, acc, "at-of-the-operator", NULL);
	refresh_told(acc, &r);
	t = token_of(pf, acc);
	assert_string_equal("at-of-the-operator", t.token);
	assert_string_equal("st-old", t.st);
	assert_true(t.is_active);
	assert_false(refresh_waits(acc));
}

static void
an_access_token_that_another_has_takes_nothing_along(void **state)
{
	struct poller_fixture *pf = *state;
	struct account *other = an_account(pf), *acc = an_account(pf);
	const struct account_result r = { .verdict = ACCOUNT_OK,
	    .facts = { .access_token = token_of(pf, other).token,
	    .refresh_token = "rt-new" } };
	struct token t = token_of(pf, acc);

	acc->refresh_with = credential_of(&pf->p, &t);
	refresh_told(acc, &r);
	assert_string_equal("rt-new", token_of(pf, acc).rt);
	assert_string_equal(t.token, token_of(pf, acc).token);
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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
