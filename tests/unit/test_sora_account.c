/* SPDX-License-Identifier: MIT */
/* test_sora_account.c: requests about an account, and what their answers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define BASE	"https://up.example/backend"
#define ERROR(code, message) \
	"{\"error\":{\"message\":\"" message "\",\"type\":" \
	"\"invalid_request_error\",\"param\":null,\"code\":" code "}}"
#define SAYS(message)	ERROR("null", message)
#define EXPIRED	ERROR("\"token_expired\"", "Your authentication token has expired.")
#define INVALIDATED	ERROR("\"token_invalidated\"", "Your authentication token has been invalidated.")
#define COUNTRY	"{\"error\":{\"message\":\"not available in your country\"," \
		"\"param\":\"XX\",\"code\":\"unsupported_country_code\"}}"
#define HTML	"<html><head><title>502 Bad Gateway</title></head></html>"

/* ---- requests ---- */

static enum err
try_build(struct sora_data *d, enum call call, struct call_request *rq)
{
	struct error e = { 0 };

	d->in.call = call;
	return provider_build(&provider_sora, &d->in, d->a, rq, &e);
}

static const char *
header(const struct call_request *rq, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, name) == 0) {
			assert_null(value);	/* not twice */
			value = rq->headers[i].value;
		}
	return value;
}

struct sent {
	enum call	 call;
	bool		 old_paths;
	const char	*method;
	const char	*url;
	const char	*body;		/* NULL: none */
	const char	*authorization;
	const char	*cookie;
};

static const struct sent sent[] = {
	{ CALL_ME, false, "GET", BASE "/me", NULL, "Bearer tok-1", NULL },
	{ CALL_SUBSCRIPTION, false, "GET", BASE "/billing/subscriptions", NULL,
	    "Bearer tok-1", NULL },
	{ CALL_INVITE_MINE, false, "GET", BASE "/project_y/invite/mine", NULL,
	    "Bearer tok-1", NULL },
	{ CALL_BOOTSTRAP, false, "GET", BASE "/m/bootstrap", NULL,
	    "Bearer tok-1", NULL },
	{ CALL_INVITE_ACCEPT, false, "POST", BASE "/project_y/invite/accept",
	    "{\"invite_code\":\"7KQ2ZD\"}", "Bearer tok-1", "oai-did=d-1" },
	{ CALL_USERNAME_CHECK, false, "POST",
	    BASE "/project_y/profile/username/check",
	    "{\"username\":\"lina.rivers\"}", "Bearer tok-1", NULL },
	{ CALL_USERNAME_SET, false, "POST",
	    BASE "/project_y/profile/username/set",
	    "{\"username\":\"lina.rivers\"}", "Bearer tok-1", NULL },
	{ CALL_USERNAME_SET, true, "POST", BASE "/me",
	    "{\"username\":\"lina.rivers\"}", "Bearer tok-1", NULL },
	{ CALL_SESSION, false, "GET", "https://up.example/api/auth/session",
	    NULL, NULL, "__Secure-next-auth.session-token=st-1" },
	{ CALL_OAUTH, false, "POST", "https://auth.example/oauth/token",
	    "{\"client_id\":\"app_LlGpXReQgckcGGUo2JrYvtJK\",\"grant_type\":"
	    "\"refresh_token\",\"redirect_uri\":\"com.openai.chat://auth0."
	    "openai.com/ios/com.openai.chat/callback\",\"refresh_token\":"
	    "\"rt_1\"}", NULL, NULL },
};

static void
complete(struct sora_data *d)
{
	d->conf.sora_session_url = "https://up.example/api/auth/session";
	d->conf.sora_oauth_url = "https://auth.example/oauth/token";
	d->conf.sora_client_id = "app_LlGpXReQgckcGGUo2JrYvtJK";
	d->conf.sora_timeout = 120;
	d->token.st = "st-1";
	d->token.rt = "rt_1";
	d->in.task = NULL;
	d->in.invite_code = "7KQ2ZD";
	d->in.device_id = "d-1";
	d->in.username = "lina.rivers";
}

static void
assert_same(size_t i, const char *what, const char *want, const char *got)
{
	if ((want == NULL) != (got == NULL) ||
	    (want != NULL && strcmp(want, got) != 0))
		fail_msg("row %zu: %s is %s, not %s", i, what,
		    got != NULL ? got : "absent", want != NULL ? want : "absent");
}

static void
each_call_is_sent_as_upstream_wants_it(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	complete(d);
	for (size_t i = 0; i < NELEM(sent); i++) {
		const struct sent *s = &sent[i];

		d->in.old_paths = s->old_paths;
		assert_int_equal(ERR_OK, try_build(d, s->call, &rq));
		assert_same(i, "method", s->method, rq.method);
		assert_same(i, "url", s->url, rq.url);
		assert_same(i, "body", s->body, rq.body);
		assert_int_equal(s->body == NULL ? 0 : strlen(s->body),
		    rq.body_len);
		assert_same(i, "Authorization", s->authorization,
		    header(&rq, "Authorization"));
		assert_same(i, "Cookie", s->cookie, header(&rq, "Cookie"));
		assert_same(i, "Content-Type",
		    s->body != NULL ? "application/json" : NULL,
		    header(&rq, "Content-Type"));
		assert_string_equal("https://share.example",
		    header(&rq, "Origin"));
		assert_int_equal(30, rq.timeout);
	}
}

static void
the_operators_headers_and_cookies_go_along(void **state)
{
	static const struct conf_header extra[] = {
		{ "cookie", "cf=1" }, { "Authorization", "Bearer no" },
		{ "X-Fixed", "yes" }, { NULL, NULL } };
	struct sora_data *d = *state;
	struct call_request rq;

	complete(d);
	d->conf.sora_extra_headers = extra;
	assert_int_equal(ERR_OK, try_build(d, CALL_SESSION, &rq));
	assert_string_equal("__Secure-next-auth.session-token=st-1; cf=1",
	    header(&rq, "Cookie"));
	assert_null(header(&rq, "Authorization"));
	assert_string_equal("yes", header(&rq, "X-Fixed"));
	assert_int_equal(ERR_OK, try_build(d, CALL_ME, &rq));
	assert_string_equal("cf=1", header(&rq, "Cookie"));
	assert_string_equal("Bearer tok-1", header(&rq, "Authorization"));
}

static void
a_client_goes_with_its_own_redirect(void **state)
{
	static const struct {
		const char	*client;
		const char	*redirect;
	} rows[] = {
		{ "app_1LOVEceTvrP2tHFDNnrPLQkJ", "com.openai.sora://auth.openai.com/android/com.openai.sora/callback" },
		{ "app_OHnYmJt5u1XEdhDUx0ig1ziv", "com.openai.sora://auth.openai.com/android/com.openai.sora/callback" },
		{ "app_WXrF1LSkiTtfYqiL6XtjygvX", "com.openai.chat://auth0.openai.com/ios/com.openai.chat/callback" },
	};
	struct sora_data *d = *state;
	struct call_request rq;

	complete(d);
	for (size_t i = 0; i < NELEM(rows); i++) {
		d->token.client_id = rows[i].client;
		assert_int_equal(ERR_OK, try_build(d, CALL_OAUTH, &rq));
		assert_non_null(strstr(rq.body, rows[i].client));
		assert_non_null(strstr(rq.body, rows[i].redirect));
	}
}

static void
what_cannot_be_sent_is_refused(void **state)
{
	static const char *const bad[] = { NULL, "", "a;b", "a b", "a\r\nX: y",
	    "a,b", "\"a\"", "caf\xc3\xa9" };
	struct sora_data *d = *state;
	struct call_request rq;

	complete(d);
	for (size_t i = 0; i < NELEM(bad); i++) {
		d->token.st = bad[i];
		assert_int_equal(ERR_INVALID_VALUE,
		    try_build(d, CALL_SESSION, &rq));
	}
	d->token.rt = NULL;
	assert_int_equal(ERR_INVALID_VALUE, try_build(d, CALL_OAUTH, &rq));
	d->in.username = NULL;
	assert_int_equal(ERR_INVALID_VALUE,
	    try_build(d, CALL_USERNAME_SET, &rq));
	d->token.token = "";
	assert_int_equal(ERR_INVALID_VALUE, try_build(d, CALL_ME, &rq));
}

static void
a_conversion_needs_no_access_token(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	complete(d);
	d->token.token = NULL;
	assert_int_equal(ERR_OK, try_build(d, CALL_SESSION, &rq));
	assert_int_equal(ERR_OK, try_build(d, CALL_OAUTH, &rq));
}

/* ---- facts ---- */

static struct outcome
parse(struct sora_data *d, enum call call, long status, const char *body)
{
	struct outcome o;

	sora_data_parse(d, call, status, body, 0, &o);
	return o;
}

static void
an_account_says_who_it_is(void **state)
{
	struct sora_data *d = *state;
	struct outcome o = parse(d, CALL_ME, 200,
	    "{\"id\":\"user-1\",\"email\":\"lina@example.com\","
	    "\"name\":\"Lina Rivers\",\"username\":\"lina.rivers\"}");

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_true(o.facts.has_me);
	assert_string_equal("lina@example.com", o.facts.email);
	assert_string_equal("Lina Rivers", o.facts.name);
	assert_string_equal("lina.rivers", o.facts.username);
	o = parse(d, CALL_ME, 200, "{\"id\":\"user-1\",\"email\":"
	    "\"a-local-part-that-is-as-long-as-a-credential-1@example.com\","
	    "\"name\":null,\"username\":null}");
	assert_string_equal("a-local-part-that-is-as-long-as-a-credential-1"
	    "@example.com", o.facts.email);
	assert_null(o.facts.name);
	assert_null(o.facts.username);
}

static void
the_plan_ends_at_a_time_in_any_form(void **state)
{
	static const struct {
		const char	*end;
		int64_t		 want;
	} rows[] = {
		{ "\"2026-04-13T16:58:21Z\"", 1776099501 },
		{ "1776099501", 1776099501 },
		{ "1776099501.75", 1776099501 },
		{ "\"1776099501\"", 1776099501 },
		{ "\"1776099501.5\"", 1776099501 },
		{ "null", 0 },
		{ "\"soon\"", 0 },
		{ "\"\"", 0 },
		{ "\"99999999999999999999\"", 0 },
		{ "-5", 0 },
		{ "[]", 0 },
	};
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = parse(d, CALL_SUBSCRIPTION, 200,
		    arena_printf(d->a, "{\"data\":[{\"plan\":{\"id\":"
		    "\"chatgpt_plus\",\"title\":\"ChatGPT Plus\"},"
		    "\"end_ts\":%s}]}", rows[i].end));

		assert_true(o.facts.has_plan);
		assert_string_equal("chatgpt_plus", o.facts.plan_type);
		assert_string_equal("ChatGPT Plus", o.facts.plan_title);
		if (o.facts.subscription_end != rows[i].want)
			fail_msg("%s is %lld", rows[i].end,
			    (long long)o.facts.subscription_end);
	}
}

static void
no_plan_is_an_answer_too(void **state)
{
	struct outcome o = parse(*state, CALL_SUBSCRIPTION, 200, "{\"data\":[]}");

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_true(o.facts.has_plan);
	assert_null(o.facts.plan_type);
	o = parse(*state, CALL_SUBSCRIPTION, 200, "{}");
	assert_int_not_equal(VERDICT_OK, o.verdict);
	assert_false(o.facts.has_plan);
}

struct invite_row {
	long		 status;
	const char	*body;
	bool		 bootstrapped;
	int		 stored;	/* token.sora2_supported */
	enum verdict	 verdict;
	bool		 bootstrap;
	int		 supported;	/* -1: nothing is said */
};

static const struct invite_row invites[] = {
	{ 200, "{\"invite_code\":\"7KQ2ZD\",\"redeemed_count\":1,\"total_count\":4}",
	    false, -1, VERDICT_OK, false, 1 },
	{ 200, "{\"invite_code\":null}", false, -1, VERDICT_OK, false, 1 },
	/* not activated: wake it, ask once more */
	{ 401, SAYS("Unauthorized"), false, -1, VERDICT_OK, true, -1 },
	{ 401, SAYS("Unauthorized"), false, 1, VERDICT_OK, true, -1 },
	{ 401, SAYS("Unauthorized"), true, -1, VERDICT_OK, false, 0 },
	{ 401, SAYS("Unauthorized"), true, 1, VERDICT_OK, false, 0 },
	{ 403, SAYS("no"), true, 1, VERDICT_FAIL, false, 0 },
	/* the token is bad: that says nothing of the account */
	{ 401, INVALIDATED, false, -1, VERDICT_REFRESH, false, -1 },
	{ 401, EXPIRED, true, -1, VERDICT_REFRESH, false, -1 },
	{ 401, ERROR("\"invalid_jwt\"", "Unauthorized"), false, -1,
	    VERDICT_REFRESH, false, -1 },
	/* the egress is, or the upstream */
	{ 403, COUNTRY, false, -1, VERDICT_OTHER, false, -1 },
	{ 403, "@challenge.html", false, -1, VERDICT_OTHER, false, -1 },
	{ 502, HTML, true, -1, VERDICT_RETRY, false, -1 },
	{ 429, SAYS("slow down"), true, -1, VERDICT_OTHER, false, -1 },
	/* anything else: not supported, unless it was known to be */
	{ 403, SAYS("no"), false, -1, VERDICT_FAIL, false, 0 },
	{ 404, SAYS("Not Found"), false, 0, VERDICT_FAIL, false, 0 },
	{ 403, SAYS("no"), false, 1, VERDICT_FAIL, false, -1 },
};

static void
an_account_may_make_videos_or_not(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(invites); i++) {
		const struct invite_row *row = &invites[i];
		const char *body = row->body[0] == '@' ?
		    sora_data_file(d, row->body + 1) : row->body;
		struct outcome o;

		d->in.bootstrapped = row->bootstrapped;
		d->token.sora2_supported = row->stored;
		o = parse(d, CALL_INVITE_MINE, row->status, body);
		if (o.verdict != row->verdict)
			fail_msg("row %zu: verdict %d", i, (int)o.verdict);
		if (o.facts.bootstrap != row->bootstrap)
			fail_msg("row %zu: bootstrap", i);
		if (o.facts.has_sora2 != (row->supported >= 0) ||
		    (o.facts.has_sora2 &&
		    o.facts.sora2_supported != row->supported))
			fail_msg("row %zu: supported", i);
	}
}

static void
invitations_are_counted(void **state)
{
	struct outcome o = parse(*state, CALL_INVITE_MINE, 200,
	    "{\"invite_code\":\"7KQ2ZD\",\"redeemed_count\":1.0,\"total_count\":4}");

	assert_string_equal("7KQ2ZD", o.facts.invite_code);
	assert_int_equal(1, o.facts.redeemed_count);
	assert_int_equal(4, o.facts.total_count);
}

static void
a_code_is_accepted_or_not(void **state)
{
	struct outcome o = parse(*state, CALL_INVITE_ACCEPT, 200,
	    "{\"success\":true,\"already_accepted\":false}");

	assert_true(o.facts.success);
	assert_false(o.facts.already_accepted);
	o = parse(*state, CALL_INVITE_ACCEPT, 200, "{\"already_accepted\":true}");
	assert_true(o.facts.success);
	assert_true(o.facts.already_accepted);
	o = parse(*state, CALL_INVITE_ACCEPT, 200, "{\"success\":false}");
	assert_int_equal(VERDICT_OK, o.verdict);
	assert_false(o.facts.success);
	o = parse(*state, CALL_INVITE_ACCEPT, 403, SAYS("Invalid invite code"));
	assert_int_equal(VERDICT_FAIL, o.verdict);
	assert_string_equal("Invalid invite code", o.message);
}

struct name_row {
	enum call	 call;
	long		 status;
	const char	*body;
	enum verdict	 verdict;
	bool		 yes;		/* available, or set */
};

static const struct name_row names[] = {
	{ CALL_USERNAME_CHECK, 200, "{\"available\":true}", VERDICT_OK, true },
	{ CALL_USERNAME_CHECK, 200, "{\"available\":false}", VERDICT_OK, false },
	{ CALL_USERNAME_CHECK, 400, ERROR("\"username_invalid\"", "no"), VERDICT_OK, false },
	{ CALL_USERNAME_CHECK, 409, ERROR("\"username_taken\"", "no"), VERDICT_OK, false },
	{ CALL_USERNAME_CHECK, 401, EXPIRED, VERDICT_REFRESH, false },
	{ CALL_USERNAME_CHECK, 503, HTML, VERDICT_RETRY, false },
	{ CALL_USERNAME_CHECK, 403, COUNTRY, VERDICT_OTHER, false },
	{ CALL_USERNAME_SET, 200, "{\"username\":\"lina.rivers\"}", VERDICT_OK, true },
	{ CALL_USERNAME_SET, 200, "{}", VERDICT_OK, true },
	{ CALL_USERNAME_SET, 400, ERROR("\"reserved_username\"", "no"), VERDICT_OK, false },
	{ CALL_USERNAME_SET, 409, ERROR("\"username_taken\"", "no"), VERDICT_OK, false },
	{ CALL_USERNAME_SET, 404, SAYS("Not Found"), VERDICT_OLD_PATHS, false },
	{ CALL_USERNAME_SET, 401, INVALIDATED, VERDICT_REFRESH, false },
};

static void
a_name_is_free_or_another_is_tried(void **state)
{
	struct sora_data *d = *state;

	complete(d);
	for (size_t i = 0; i < NELEM(names); i++) {
		const struct name_row *row = &names[i];
		struct outcome o = parse(d, row->call, row->status, row->body);
		bool yes = row->call == CALL_USERNAME_CHECK ?
		    o.facts.available : o.facts.success;

		if (o.verdict != row->verdict || yes != row->yes)
			fail_msg("row %zu: verdict %d, %d", i, (int)o.verdict,
			    yes);
		if (row->call == CALL_USERNAME_SET && yes)
			assert_string_equal("lina.rivers", o.facts.username);
	}
}

/* ---- access tokens ---- */

static void
a_session_gives_an_access_token(void **state)
{
	struct sora_data *d = *state;
	struct header cookies[] = {
		{ "Set-Cookie", "other=1; Path=/" },
		{ "set-cookie", "__Secure-next-auth.session-token=st-2; Path=/; Secure" },
	};
	const char *body = "{\"user\":{\"email\":\"lina@example.com\"},"
	    "\"expires\":\"2026-06-26T09:00:00.000Z\",\"accessToken\":\"e30.e30.x\"}";
	struct call_response r = { .status = 200, .body = body,
	    .body_len = strlen(body), .headers = cookies,
	    .n_headers = NELEM(cookies) };
	struct outcome o = parse(d, CALL_SESSION, 200, body);

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_string_equal("e30.e30.x", o.facts.access_token);
	assert_string_equal("lina@example.com", o.facts.email);
	assert_string_equal("2026-06-26T09:00:00.000Z", o.facts.session_expires);
	assert_null(o.facts.session_token);
	provider_parse(&provider_sora, &d->in, &r, 0, SORA_NOW, d->a, &o);
	assert_string_equal("st-2", o.facts.session_token);
}

struct token_row {
	enum call	 call;
	long		 status;
	const char	*body;
	enum verdict	 verdict;
};

/* FAIL: worth nothing any more; else it may work later */
static const struct token_row tokens[] = {
	{ CALL_SESSION, 200, "{}", VERDICT_FAIL },
	{ CALL_SESSION, 200, "null", VERDICT_FAIL },
	{ CALL_SESSION, 200, "", VERDICT_FAIL },
	{ CALL_SESSION, 200, " \n", VERDICT_FAIL },
	{ CALL_SESSION, 200, "{\"accessToken\":null}", VERDICT_FAIL },
	{ CALL_SESSION, 200, "{\"accessToken\":\"a b\"}", VERDICT_FAIL },
	{ CALL_SESSION, 401, SAYS("no"), VERDICT_FAIL },
	{ CALL_SESSION, 200, "<html>sign in to this network</html>", VERDICT_RETRY },
	{ CALL_SESSION, 403, "@challenge.html", VERDICT_OTHER },
	{ CALL_SESSION, 403, "<html>", VERDICT_OTHER },
	{ CALL_SESSION, 403, COUNTRY, VERDICT_OTHER },
	{ CALL_SESSION, 429, SAYS("slow down"), VERDICT_OTHER },
	{ CALL_SESSION, 500, HTML, VERDICT_RETRY },
	{ CALL_OAUTH, 400, "{\"error\":\"invalid_grant\"}", VERDICT_FAIL },
	{ CALL_OAUTH, 401, ERROR("\"invalid_grant\"", "Your refresh token has expired."), VERDICT_FAIL },
	{ CALL_OAUTH, 403, ERROR("null", "exhausted"), VERDICT_FAIL },
	{ CALL_OAUTH, 200, "{\"token_type\":\"Bearer\"}", VERDICT_FAIL },
	{ CALL_OAUTH, 200, "", VERDICT_RETRY },
	{ CALL_OAUTH, 429, SAYS("slow down"), VERDICT_OTHER },
	{ CALL_OAUTH, 503, HTML, VERDICT_RETRY },
	{ CALL_OAUTH, 400, HTML, VERDICT_OTHER },
};

static void
a_credential_is_dead_or_to_be_tried_later(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(tokens); i++) {
		const struct token_row *row = &tokens[i];
		const char *body = row->body[0] == '@' ?
		    sora_data_file(d, row->body + 1) : row->body;
		struct outcome o = parse(d, row->call, row->status, body);

		if (o.verdict != row->verdict)
			fail_msg("row %zu: verdict %d", i, (int)o.verdict);
		assert_non_null(o.message);
		assert_non_null(o.log);
		assert_null(o.facts.access_token);
		/* it is not the access token that was refused */
		assert_int_equal(TOKEN_FINE, o.token.verdict);
	}
}

static void
a_refresh_token_may_be_replaced(void **state)
{
	struct outcome o = parse(*state, CALL_OAUTH, 200,
	    "{\"access_token\":\"e30.e30.x\",\"refresh_token\":\"rt_2\","
	    "\"expires_in\":863999,\"token_type\":\"Bearer\"}");

	assert_string_equal("e30.e30.x", o.facts.access_token);
	assert_string_equal("rt_2", o.facts.refresh_token);
	assert_int_equal(863999, o.facts.expires_in);
	o = parse(*state, CALL_OAUTH, 200,
	    "{\"access_token\":\"e30.e30.x\",\"refresh_token\":null}");
	assert_null(o.facts.refresh_token);
	assert_int_equal(0, o.facts.expires_in);
	o = parse(*state, CALL_OAUTH, 200, "{\"access_token\":\"e30.e30.x\"}");
	assert_int_equal(VERDICT_OK, o.verdict);
	assert_null(o.facts.refresh_token);
}

/* ---- failures ---- */

static void
a_refused_token_and_a_wrong_place_are_told_apart(void **state)
{
	struct sora_data *d = *state;
	struct outcome o = parse(d, CALL_ME, 401, EXPIRED);

	assert_int_equal(VERDICT_REFRESH, o.verdict);
	assert_int_equal(TOKEN_REFUSED, o.token.verdict);
	assert_true(o.expired);
	o = parse(d, CALL_ME, 401, INVALIDATED);
	assert_false(o.expired);
	assert_string_equal("Your authentication token has been invalidated.",
	    o.message);
	o = parse(d, CALL_SUBSCRIPTION, 403, COUNTRY);
	assert_string_equal("XX", o.country);
	assert_int_equal(TOKEN_FINE, o.token.verdict);
	o = parse(d, CALL_ME, 403, sora_data_file(d, "challenge.html"));
	assert_true(o.challenge);
	assert_null(o.country);
	/* our header got lost: not the token's fault */
	o = parse(d, CALL_ME, 401, SAYS("Missing bearer authentication in header"));
	assert_int_equal(VERDICT_OTHER, o.verdict);
	assert_int_equal(TOKEN_FINE, o.token.verdict);
}

static void
no_credential_is_quoted(void **state)
{
	static const char *const secrets[] = { "tok-1", "st-1", "rt_1" };
	struct sora_data *d = *state;

	complete(d);
	for (enum call call = CALL_ME; call <= CALL_OAUTH; call++)
		for (size_t i = 0; i < NELEM(secrets); i++) {
			struct outcome o = parse(d, call, 418, arena_printf(
			    d->a, SAYS("what is %s?"), secrets[i]));

			assert_non_null(o.message);
			assert_null(strstr(o.message, secrets[i]));
			assert_null(strstr(o.log, secrets[i]));
		}
}

static void
no_answer_is_told_without_its_cause(void **state)
{
	struct sora_data *d = *state;
	struct call_response r = { .transport = TRANSPORT_LOST,
	    .timed_out = true, .reason = "Timeout was reached", .body = "" };
	struct outcome o;

	for (enum call call = CALL_ME; call <= CALL_OAUTH; call++) {
		d->in.call = call;
		provider_parse(&provider_sora, &d->in, &r, 0, SORA_NOW, d->a, &o);
		assert_int_equal(VERDICT_RETRY, o.verdict);
		assert_string_equal("The upstream did not answer in time",
		    o.message);
	}
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, sora_data_open, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(each_call_is_sent_as_upstream_wants_it),
		T(the_operators_headers_and_cookies_go_along),
		T(a_client_goes_with_its_own_redirect),
		T(what_cannot_be_sent_is_refused),
		T(a_conversion_needs_no_access_token),
		T(an_account_says_who_it_is),
		T(the_plan_ends_at_a_time_in_any_form),
		T(no_plan_is_an_answer_too),
		T(an_account_may_make_videos_or_not),
		T(invitations_are_counted),
		T(a_code_is_accepted_or_not),
		T(a_name_is_free_or_another_is_tried),
		T(a_session_gives_an_access_token),
		T(a_credential_is_dead_or_to_be_tried_later),
		T(a_refresh_token_may_be_replaced),
		T(a_refused_token_and_a_wrong_place_are_told_apart),
		T(no_credential_is_quoted),
		T(no_answer_is_told_without_its_cause),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
