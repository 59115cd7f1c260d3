/*
 * test_account.c: what is asked about an account, and what comes of the answers.
 *
 * The client is played here: each test is a script of the requests that must
 * come, in their order, and of their answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "account.h"
#include "arena.h"
#include "attr.h"
#include "client.h"
#include "clock.h"
#include "sora_data.h"

#define SAYS(code, message) \
	"{\"error\":{\"message\":\"" message "\",\"code\":" code "}}"
#define EXPIRED	SAYS("\"token_expired\"", "Your authentication token has expired.")
#define UNAUTHORIZED SAYS("null", "Unauthorized")
#define COUNTRY	"{\"error\":{\"message\":\"not here\",\"param\":\"XX\"," \
		"\"code\":\"unsupported_country_code\"}}"
#define ME	"{\"id\":\"user-1\",\"email\":\"lina@example.com\",\"name\":" \
		"\"Lina\",\"username\":\"lina\"}"
#define NAMELESS "{\"id\":\"user-1\",\"email\":\"lina@example.com\"}"
#define PLAN	"{\"data\":[{\"plan\":{\"id\":\"chatgpt_plus\",\"title\":" \
		"\"ChatGPT Plus\"},\"end_ts\":1776099501}]}"
#define MINE	"{\"invite_code\":\"7KQ2ZD\",\"redeemed_count\":1,\"total_count\":4}"
#define QUOTA	"{\"rate_limit_and_credit_balance\":{" \
		"\"estimated_num_videos_remaining\":27,\"rate_limit_reached\":false}}"
#define FREE	"{\"available\":true}"
#define TAKEN	"{\"available\":false}"

#define GET_ME		"GET up/me"
#define GET_PLAN	"GET up/billing/subscriptions"
#define GET_MINE	"GET up/project_y/invite/mine"
#define GET_BOOTSTRAP	"GET up/m/bootstrap"
#define GET_QUOTA	"GET up/nf/check"
#define POST_ACCEPT	"POST up/project_y/invite/accept"
#define POST_CHECK	"POST up/project_y/profile/username/check"
#define POST_SET	"POST up/project_y/profile/username/set"
#define POST_ME		"POST up/me"
#define GET_SESSION	"GET session"
#define POST_OAUTH	"POST oauth"

#define LOST	(-1)		/* as a status: no answer */
#define LATE	(-2)		/* none in time */

struct line {			/* of a script */
	const char	*request;	/* NULL: the end */
	long		 status;
	const char	*body;
};

/* ---- the client that is played ---- */

struct client {
	const struct line *next;	/* of the script */
	struct transfer	*running;
	int		 sent;
	char		 proxy[64];
	char		 names[10][24];	/* that were asked for */
	int		 n_names;
};

struct transfer {
	struct client	*client;
	bool		 malformed;
	transfer_fn	*done;
	void		*arg;
};

static void
note_name(struct client *c, const struct call_request *rq)
{
	cJSON *body;
	struct error e;

	if (strstr(rq->url, "username/check") == NULL)
		return;
	assert_int_equal(ERR_OK, json_parse(rq->body, rq->body_len, &body, &e));
	snprintf(c->names[c->n_names++ % 10], 24, "%s",
	    json_string(body, "username"));
	cJSON_Delete(body);
}

struct transfer *
client_start(struct client *c, const struct call_request *rq,
    transfer_fn *done, void *arg)
{
	struct transfer *t = calloc(1, sizeof(*t));
	char line[200];

	assert_null(c->running);
	snprintf(line, sizeof(line), "%s %s", rq->method, rq->url);
	t->malformed = *rq->url == '\0';
	if (!t->malformed) {
		if (c->next->request == NULL)
			fail_msg("the script has ended, not with %s", line);
		assert_string_equal(c->next->request, line);
		snprintf(c->proxy, sizeof(c->proxy), "%s",
		    rq->proxy != NULL ? rq->proxy : "");
		note_name(c, rq);
		c->sent++;
	}
	t->client = c;
	t->done = done;
	t->arg = arg;
	c->running = t;
	return t;
}

void
transfer_cancel(struct transfer *t)
{
	t->client->running = NULL;
	free(t);
}

void
client_wait(struct client *c, int timeout_ms)
{
	struct transfer *t = c->running;
	struct call_response r = { .transport = TRANSPORT_NOT_SENT, .body = "" };

	(void)timeout_ms;
	assert_non_null(t);
	c->running = NULL;
	if (!t->malformed) {
		const struct line *line = c->next++;

		r.transport = line->status < 0 ? TRANSPORT_LOST : TRANSPORT_OK;
		r.timed_out = line->status == LATE;
		r.status = line->status < 0 ? 0 : line->status;
		r.body = line->body != NULL ? line->body : "";
		r.body_len = strlen(r.body);
	}
	t->done(t->arg, &r);
	free(t);
}

/* Not called by these tests, which wait themselves. */
struct client *
client_new(void)
{
	abort();
}

void
client_free(struct client *c)
{
	(void)c;
	abort();
}

/* ---- a test ---- */

struct fixture {
	struct sora_data *d;
	struct client	 client;
	struct account_order order;
	struct account_result r;	/* strings are copied to d->a */
	int		 calls;
	const char	*warning;	/* the first */
};

static int
open_fixture(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	void *data;

	sora_data_open(&data);
	f->d = data;
	f->d->conf.sora_base_url = "up";
	f->d->conf.sora_session_url = "session";
	f->d->conf.sora_oauth_url = "oauth";
	f->d->conf.sora_client_id = "app_1";
	f->d->token.sora2_supported = -1;
	f->order = (struct account_order){ .conf = &f->d->conf,
	    .token = &f->d->token, .invite_code = "7KQ2ZD" };
	*state = f;
	return 0;
}

static int
close_fixture(void **state)
{
	struct fixture *f = *state;
	void *data = f->d;

	assert_null(f->client.running);
	sora_data_close(&data);
	free(f);
	return 0;
}

static void
on_result(void *arg, const struct account_result *r)
{
	struct fixture *f = arg;
	struct arena *a = f->d->a;

	f->calls++;
	f->r = *r;
	f->r.reason = arena_strdup(a, r->reason);
	f->r.country = arena_strdup(a, r->country);
	f->r.jwt_email = arena_strdup(a, r->jwt_email);
	f->r.facts.email = arena_strdup(a, r->facts.email);
	f->r.facts.username = arena_strdup(a, r->facts.username);
	f->r.facts.plan_type = arena_strdup(a, r->facts.plan_type);
	f->r.facts.invite_code = arena_strdup(a, r->facts.invite_code);
	f->r.facts.access_token = arena_strdup(a, r->facts.access_token);
	f->r.facts.refresh_token = arena_strdup(a, r->facts.refresh_token);
	f->warning = r->n_warnings > 0 ? arena_strdup(a, r->warnings[0]) : NULL;
}

/* Plays the script to its end. */
static void
play(struct fixture *f, enum account_work work, const struct line *script)
{
	int n = f->calls;

	f->order.work = work;
	f->client.next = script;
	assert_non_null(account_start(&f->client, &f->order, on_result, f));
	assert_int_equal(n, f->calls);	/* never from account_start */
	while (f->calls == n)
		client_wait(&f->client, 0);
	if (f->client.next->request != NULL)
		fail_msg("%s was not asked", f->client.next->request);
}

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

/* ---- access tokens ---- */

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
	j = account_start(&f->client, &f->order, on_result, f);
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
	(void)account_start(&f->client, &order, on_result, f);
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
#define T(f)	cmocka_unit_test_setup_teardown(f, open_fixture, close_fixture)
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
		T(a_token_is_refreshed_by_either_credential),
		T(the_same_but_expired_token_is_no_success),
		T(a_used_refresh_token_is_not_forgotten),
		T(conversions_tell_what_came),
		T(an_order_that_cannot_be_sent_is_answered_too),
		T(a_cancelled_job_calls_nobody),
		T(a_job_keeps_what_it_needs_of_its_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
