/* SPDX-License-Identifier: MIT */
/* test_account.c: what is asked about an account, and what comes of the answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "account_play.h"
#include "attr.h"
#include "clock.h"

/* ---- the probe ---- */

static void
a_probe_asks_for_everything(void **state)
{
	static const struct line script[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 200, MINE },
	    { GET_QUOTA, 200, QUOTA }, { 0 } };
	struct fixture *f = *state;

	f->order.proxy = "http://127.0.0.1:1";
	f->order.max_names = 5;
	play(f, ACCOUNT_PROBE, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_int_equal(200, f->r.status);
	assert_string_equal("lina@example.com", f->r.facts.email);
	assert_string_equal("lina", f->r.facts.username);
	assert_true(f->r.already_named);
	assert_string_equal("chatgpt_plus", f->r.facts.plan_type);
	assert_int_equal(1776099501, f->r.facts.subscription_end);
	assert_int_equal(1, f->r.facts.sora2_supported);
	assert_string_equal("7KQ2ZD", f->r.facts.invite_code);
	assert_int_equal(4, f->r.facts.total_count);
	assert_int_equal(27, f->r.quota.remaining);
	assert_int_equal(28, f->r.change.remaining_plus_1);
	assert_int_equal(0, f->r.n_warnings);
	assert_string_equal("http://127.0.0.1:1", f->client.proxy);
}

static void
a_sleeping_account_is_woken_once(void **state)
{
	static const struct line wakes[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 401, UNAUTHORIZED },
	    { GET_BOOTSTRAP, 200, "" }, { GET_MINE, 200, MINE },
	    { GET_QUOTA, 200, QUOTA }, { 0 } };
	static const struct line sleeps[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 401, UNAUTHORIZED },
	    { GET_BOOTSTRAP, 200, "{}" }, { GET_MINE, 401, UNAUTHORIZED }, { 0 } };
	static const struct line refused[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 401, UNAUTHORIZED },
	    { GET_BOOTSTRAP, 403, SAYS("null", "no") }, { 0 } };
	static const struct line broken[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 401, UNAUTHORIZED },
	    { GET_BOOTSTRAP, 502, "<html>" }, { 0 } };
	struct fixture *f = *state;

	play(f, ACCOUNT_PROBE, wakes);
	assert_int_equal(1, f->r.facts.sora2_supported);
	assert_int_equal(27, f->r.quota.remaining);
	play(f, ACCOUNT_PROBE, sleeps);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_true(f->r.facts.has_sora2);
	assert_int_equal(0, f->r.facts.sora2_supported);
	assert_null(f->r.facts.invite_code);
	assert_false(f->r.quota.known);
	play(f, ACCOUNT_PROBE, refused);
	assert_true(f->r.facts.has_sora2);
	assert_int_equal(0, f->r.facts.sora2_supported);
	play(f, ACCOUNT_PROBE, broken);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_false(f->r.facts.has_sora2);
	assert_int_equal(-1, f->r.facts.sora2_supported);
	assert_int_equal(1, f->r.n_warnings);
}

struct first_row {		/* the first answer of a probe ends it */
	long		 status;
	const char	*body;
	enum account_verdict verdict;
};

static const struct first_row firsts[] = {
	{ 401, EXPIRED, ACCOUNT_REFUSED },
	{ 401, SAYS("\"token_invalidated\"", "no"), ACCOUNT_REFUSED },
	{ 401, "", ACCOUNT_REFUSED },
	{ 403, SAYS("null", "no"), ACCOUNT_REFUSED },
	{ 403, COUNTRY, ACCOUNT_BLOCKED },
	{ 403, "<title>Just a moment...</title>", ACCOUNT_BLOCKED },
	{ 429, SAYS("null", "slow down"), ACCOUNT_UNREACHABLE },
	{ 400, SAYS("\"heavy_load\"", "no"), ACCOUNT_UNREACHABLE },
	{ 500, SAYS("null", "no"), ACCOUNT_UNREACHABLE },
	{ 504, "<html>", ACCOUNT_UNREACHABLE },
	{ 404, "<html>", ACCOUNT_UNREACHABLE },
	{ 200, "<html>", ACCOUNT_UNREACHABLE },
	{ 200, "{}", ACCOUNT_UNREACHABLE },
	{ LOST, NULL, ACCOUNT_UNREACHABLE },
	{ LATE, NULL, ACCOUNT_TIMEOUT },
};

static void
the_first_answer_judges_the_token(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(firsts); i++) {
		const struct first_row *row = &firsts[i];
		const struct line script[] = {
		    { GET_ME, row->status, row->body }, { 0 } };

		play(f, ACCOUNT_PROBE, script);
		if (f->r.verdict != row->verdict)
			fail_msg("row %zu: verdict %d", i, (int)f->r.verdict);
		assert_int_equal(row->status < 0 ? 0 : row->status, f->r.status);
		assert_non_null(f->r.reason);
		assert_non_null(f->r.log);
		assert_false(f->r.facts.has_me);
	}
	assert_int_equal(NELEM(firsts), f->calls);
}

static void
later_failures_are_warnings(void **state)
{
	static const struct line script[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 403, SAYS("null", "no plans") },
	    { GET_MINE, 200, MINE }, { GET_QUOTA, LATE, NULL }, { 0 } };
	static const struct line dark[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 401, SAYS("\"token_invalidated\"", "no") },
	    { GET_MINE, 401, SAYS("\"token_invalidated\"", "no") }, { 0 } };
	static const struct line challenged[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 403, "<title>Just a moment...</title>" },
	    { GET_MINE, 403, "<title>Just a moment...</title>" }, { 0 } };
	struct fixture *f = *state;

	play(f, ACCOUNT_PROBE, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_int_equal(200, f->r.status);
	assert_int_equal(2, f->r.n_warnings);
	assert_string_equal("The plan could not be read: no plans", f->warning);
	assert_false(f->r.facts.has_plan);
	assert_false(f->r.quota.known);
	assert_int_equal(1, f->r.facts.sora2_supported);
	play(f, ACCOUNT_PROBE, dark);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_false(f->r.facts.has_sora2);
	play(f, ACCOUNT_PROBE, challenged);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_false(f->r.facts.has_sora2);
	assert_string_equal("The plan could not be read: The upstream answered "
	    "with a challenge page", f->warning);
}

static void
an_expired_token_and_a_country_stop_it(void **state)
{
	static const struct line expired[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 401, EXPIRED }, { 0 } };
	static const struct line country[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 403, COUNTRY }, { 0 } };
	struct fixture *f = *state;

	play(f, ACCOUNT_PROBE, expired);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	assert_int_equal(401, f->r.status);
	assert_true(f->r.expired);
	assert_string_equal("lina@example.com", f->r.facts.email);
	play(f, ACCOUNT_PROBE, country);
	assert_int_equal(ACCOUNT_BLOCKED, f->r.verdict);
	assert_string_equal("XX", f->r.country);
	assert_false(f->r.expired);
}

static void
an_account_without_the_engine_has_no_quota(void **state)
{
	static const struct line script[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 200, MINE },
	    { GET_QUOTA, 404, SAYS("null", "Not Found") }, { 0 } };
	struct fixture *f = *state;

	play(f, ACCOUNT_PROBE, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_int_equal(0, f->r.facts.sora2_supported);
	assert_int_equal(0, f->r.n_warnings);
}

/* ---- names ---- */

/* Lower-case words, a dot perhaps, and 1 to 4 digits: at most 20 characters. */
static void
check_name(const char *name)
{
	size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	size_t more = name[letters] == '.' ? 1 + strspn(name + letters + 1,
	    "abcdefghijklmnopqrstuvwxyz") : 0;
	size_t digits = strspn(name + letters + more, "0123456789");

	if (letters == 0 || more == 1 || digits < 1 || digits > 4 ||
	    letters + more + digits != strlen(name) || strlen(name) > 20 ||
	    name[letters + more] == '0')
		fail_msg("%s is no name", name);
}

static void
a_nameless_account_gets_a_name(void **state)
{
	static const struct line script[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, 200, TAKEN }, { POST_CHECK, 200, FREE },
	    { POST_SET, 409, SAYS("\"username_taken\"", "no") },
	    { POST_CHECK, 200, FREE },
	    { POST_SET, 200, "{\"username\":\"lina.rivers\"}" }, { 0 } };
	static const struct line other_path[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, 200, FREE }, { POST_SET, 404, SAYS("null", "no") },
	    { POST_ME, 200, "{}" }, { 0 } };
	struct fixture *f = *state;

	f->order.max_names = 3;
	play(f, ACCOUNT_USERNAME, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_string_equal("lina.rivers", f->r.facts.username);
	assert_false(f->r.already_named);
	assert_int_equal(3, f->client.n_names);
	for (int i = 0; i < 3; i++)
		check_name(f->client.names[i]);
	play(f, ACCOUNT_USERNAME, other_path);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_string_equal(f->client.names[3], f->r.facts.username);
}

static void
names_are_good_names(void **state)
{
	static const struct line script[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, 200, FREE }, { POST_SET, 200, "{}" }, { 0 } };
	struct fixture *f = *state;

	f->order.max_names = 1;
	for (int i = 0; i < 2000; i++) {
		f->client.n_names = 0;
		play(f, ACCOUNT_USERNAME, script);
		check_name(f->client.names[0]);
	}
}

static void
names_run_out(void **state)
{
	static const struct line script[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, 200, TAKEN }, { POST_CHECK, 200, TAKEN }, { 0 } };
	static const struct line named[] = { { GET_ME, 200, ME }, { 0 } };
	static const struct line lost[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, LOST, NULL }, { 0 } };
	struct fixture *f = *state;

	f->order.max_names = 2;
	play(f, ACCOUNT_USERNAME, script);
	assert_int_equal(ACCOUNT_UNREACHABLE, f->r.verdict);
	assert_null(f->r.facts.username);
	play(f, ACCOUNT_USERNAME, named);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_true(f->r.already_named);
	play(f, ACCOUNT_USERNAME, lost);
	assert_int_equal(ACCOUNT_UNREACHABLE, f->r.verdict);
}

static void
a_probe_without_a_name_is_still_good(void **state)
{
	static const struct line script[] = { { GET_ME, 200, NAMELESS },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 403, SAYS("null", "no") },
	    { POST_CHECK, 200, TAKEN }, { 0 } };
	static const struct line unwanted[] = { { GET_ME, 200, NAMELESS },
	    { GET_PLAN, 200, PLAN }, { GET_MINE, 403, SAYS("null", "no") }, { 0 } };
	struct fixture *f = *state;

	f->order.max_names = 1;
	play(f, ACCOUNT_PROBE, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_int_equal(0, f->r.facts.sora2_supported);
	assert_int_equal(2, f->r.n_warnings);
	f->order.max_names = 0;
	play(f, ACCOUNT_PROBE, unwanted);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
}

/* ---- invite codes ---- */

static void
a_code_activates(void **state)
{
	static const struct line script[] = {
	    { POST_ACCEPT, 200, "{\"success\":true}" },
	    { GET_MINE, 200, MINE }, { GET_QUOTA, 200, QUOTA }, { 0 } };
	static const struct line silent[] = {
	    { POST_ACCEPT, 200, "{\"already_accepted\":true}" },
	    { GET_MINE, 403, COUNTRY }, { 0 } };
	static const struct line failed[] = {
	    { POST_ACCEPT, 200, "{\"success\":false}" }, { 0 } };
	static const struct line refused[] = {
	    { POST_ACCEPT, 403, SAYS("null", "Invalid invite code") }, { 0 } };
	struct fixture *f = *state;

	play(f, ACCOUNT_ACTIVATE, script);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_true(f->r.facts.success);
	assert_false(f->r.facts.already_accepted);
	assert_string_equal("7KQ2ZD", f->r.facts.invite_code);
	assert_int_equal(27, f->r.quota.remaining);
	play(f, ACCOUNT_ACTIVATE, silent);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_true(f->r.facts.already_accepted);
	assert_int_equal(1, f->r.facts.sora2_supported);
	assert_int_equal(1, f->r.n_warnings);
	play(f, ACCOUNT_ACTIVATE, failed);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_false(f->r.facts.success);
	assert_false(f->r.facts.has_sora2);
	play(f, ACCOUNT_ACTIVATE, refused);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	assert_int_equal(403, f->r.status);
	assert_string_equal("Invalid invite code", f->r.reason);
}

/* ---- the job itself ---- */

static void
an_order_that_cannot_be_sent_is_answered_too(void **state)
{
	static const struct line nothing[] = { { 0 } };
	struct fixture *f = *state;

	f->d->token.token = "two\r\nlines";
	play(f, ACCOUNT_PROBE, nothing);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	assert_int_equal(0, f->r.status);
	f->d->token.token = "tok-1";
	f->d->token.provider = "none";
	play(f, ACCOUNT_PROBE, nothing);
	assert_int_equal(ACCOUNT_REFUSED, f->r.verdict);
	f->d->token.provider = "sora";
	f->order.deadline_ms = clock_mono_ms() - 1;
	play(f, ACCOUNT_PROBE, nothing);
	assert_int_equal(ACCOUNT_TIMEOUT, f->r.verdict);
}

static void
a_cancelled_job_calls_nobody(void **state)
{
	static const struct line script[] = { { GET_ME, 200, ME },
	    { GET_PLAN, 200, PLAN }, { 0 } };
	struct fixture *f = *state;
	struct account_job *j;

	f->order.work = ACCOUNT_PROBE;
	f->client.next = script;
	j = account_start(&f->client, &f->order, play_result, f);
	client_wait(&f->client, 0);
	account_cancel(j);
	assert_null(f->client.running);
	assert_int_equal(0, f->calls);
	account_cancel(NULL);
}

static void
a_job_keeps_what_it_needs_of_its_order(void **state)
{
	static const struct line script[] = { { GET_ME, 200, NAMELESS },
	    { POST_CHECK, 200, FREE }, { POST_SET, 200, "{}" }, { 0 } };
	struct fixture *f = *state;
	char token[] = "tok-9", proxy[] = "http://127.0.0.1:9";
	struct account_order order = f->order;
	struct token t = { .token = token };

	order.work = ACCOUNT_USERNAME;
	order.token = &t;
	order.proxy = proxy;
	order.max_names = 1;
	f->client.next = script;
	(void)account_start(&f->client, &order, play_result, f);
	memset(token, 'x', sizeof(token) - 1);
	memset(proxy, 'x', sizeof(proxy) - 1);
	memset(&t, 0, sizeof(t));
	memset(&order, 0, sizeof(order));
	while (f->calls == 0)
		client_wait(&f->client, 0);
	assert_int_equal(ACCOUNT_OK, f->r.verdict);
	assert_string_equal("http://127.0.0.1:9", f->client.proxy);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, play_open, play_close)
	const struct CMUnitTest tests[] = {
		T(a_probe_asks_for_everything),
		T(a_sleeping_account_is_woken_once),
		T(the_first_answer_judges_the_token),
		T(later_failures_are_warnings),
		T(an_expired_token_and_a_country_stop_it),
		T(an_account_without_the_engine_has_no_quota),
		T(a_nameless_account_gets_a_name),
		T(names_are_good_names),
		T(names_run_out),
		T(a_probe_without_a_name_is_still_good),
		T(a_code_activates),
		T(an_order_that_cannot_be_sent_is_answered_too),
		T(a_cancelled_job_calls_nobody),
		T(a_job_keeps_what_it_needs_of_its_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
