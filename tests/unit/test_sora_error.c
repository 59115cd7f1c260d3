/* SPDX-License-Identifier: MIT */
/* test_sora_error.c: what each refusal, page and failure of the upstream means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define DAY	86400
#define ERROR(code, message) \
	"{\"error\":{\"message\":\"" message "\",\"type\":" \
	"\"invalid_request_error\",\"param\":null,\"code\":" code "}}"
#define SAYS(message)	ERROR("null", message)
#define HTML		"<html><head><title>502 Bad Gateway</title></head>" \
			"<body>load balancer</body></html>"

struct expected {
	enum verdict	 verdict;
	enum token_verdict token;
	int64_t		 retry_ms;
	int64_t		 cooled;	/* s from now; 0: not */
	int64_t		 sora2;		/* s from now; 0: not */
	int		 remaining_plus_1;
	int		 slots;
	bool		 challenge;
	bool		 policy;
	const char	*message;	/* NULL: none */
};

struct row {
	enum call	 call;
	long		 status;
	const char	*body;		/* "@name": a data file */
	int		 attempt;
	struct expected	 want;
	struct header	 header;
};

/* for short */
#define CREATE	CALL_CREATE
#define V(v, t)	.verdict = VERDICT_##v, .token = TOKEN_##t
#define HMM	"Hmmm something didn't look right with your request. Please " \
		"try again later or visit https://help.openai.com if this " \
		"issue persists."
#define PEOPLE	"For safety, we don't create videos from images that include people."
#define POLICY	"Content policy violation: "
#define REFUSED	"The upstream refused the request"

static const struct row rows[] = {
	/* challenge pages, by each of their marks */
	{ CREATE, 403, "@challenge.html", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 429, "@challenge.html", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 503, "@challenge.html", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CALL_PENDING, 403, "@challenge.html", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 403, "<html>", 0, { V(OTHER, FINE), .challenge = true },
	    { "cf-mitigated", "challenge" } },
	{ CREATE, 403, "<p>JUST A MOMENT", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 403, "/cdn-cgi/challenge-platform/x", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 403, "window._cf_chl_opt={}", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 403, "id=challenge-error-text", 0, { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 403, "enable javascript and cookies to continue", 0,
	    { V(OTHER, FINE), .challenge = true }, {0} },
	{ CREATE, 429, ERROR("\"cf_shield_429\"", "x"), 0, { V(OTHER, FINE), .challenge = true }, {0} },
	/* a gateway's page is no challenge */
	{ CREATE, 504, "@challenge.html", 0, { V(UNKNOWN, FINE) }, {0} },

	/* overload, at any status */
	{ CREATE, 400, "@error_heavy_load.json", 0, { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CREATE, 400, "@error_heavy_load.json", 1, { V(RETRY, OVERLOADED), .retry_ms = 4000 }, {0} },
	{ CREATE, 400, "@error_heavy_load.json", 2, { V(RETRY, OVERLOADED), .retry_ms = 6000 }, {0} },
	{ CREATE, 400, "@error_heavy_load.json", 3, { V(OTHER, OVERLOADED) }, {0} },
	{ CREATE, 200, "@error_heavy_load.json", 0, { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CREATE, 429, "@error_heavy_load.json", 0, { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CREATE, 503, "@error_heavy_load.json", 0, { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CREATE, 500, SAYS("We\xe2\x80\x99re under HEAVY load, please try again"), 0,
	    { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CREATE, 200, "{\"message\":\"We're under heavy load.\"}", 0,
	    { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CALL_UPLOAD, 400, "@error_heavy_load.json", 0, { V(RETRY, OVERLOADED), .retry_ms = 2000 }, {0} },
	{ CALL_PENDING, 400, "@error_heavy_load.json", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },

	/* refused requests */
	{ CREATE, 400, "@error_invalid_request.json", 0, { V(OTHER_ONCE, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, SAYS(HMM), 0, { V(OTHER_ONCE, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, SAYS("Unable to process request"), 0,
	    { V(OTHER_ONCE, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, "@error_sentinel_block.json", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, "@error_people.json", 0,
	    { V(FAIL, FINE), .policy = true, .message = POLICY PEOPLE }, {0} },
	{ CALL_UPLOAD, 400, "@error_people.json", 0,
	    { V(FAIL, FINE), .policy = true, .message = POLICY PEOPLE }, {0} },
	{ CALL_UPLOAD, 400, SAYS("A face was found"), 0,
	    { V(FAIL, FINE), .policy = true, .message = POLICY "A face was found" }, {0} },
	{ CALL_UPLOAD, 400, SAYS("shows a person"), 0,
	    { V(FAIL, FINE), .policy = true, .message = POLICY "shows a person" }, {0} },
	{ CALL_UPLOAD, 400, SAYS("invalid image"), 0, { V(FAIL, FINE), .message = "invalid image" }, {0} },
	{ CREATE, 400, SAYS("violates our guardrails"), 0,
	    { V(FAIL, FINE), .policy = true, .message = POLICY "violates our guardrails" }, {0} },
	{ CREATE, 400, SAYS("n_frames too large"), 0, { V(FAIL, FINE), .message = "n_frames too large" }, {0} },
	{ CREATE, 400, "{\"error\":\"bad\"}", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, "{\"detail\":\"worse\"}", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 400, "<html>oops", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 404, SAYS("Not found"), 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 410, "", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },
	{ CREATE, 422, "{}", 0, { V(FAIL, FINE), .message = REFUSED }, {0} },

	/* accounts that cannot do it */
	{ CREATE, 400, "@error_phone.json", 0, { V(OTHER, NO_VIDEO) }, {0} },
	{ CREATE, 403, SAYS("You must verify a phone number before continuing."), 0,
	    { V(OTHER, NO_VIDEO) }, {0} },
	{ CREATE, 400, ERROR("\"username_required\"", "x"), 0, { V(OTHER, ERROR) }, {0} },
	{ CREATE, 403, ERROR("\"username_required\"", "x"), 0, { V(OTHER, ERROR) }, {0} },
	{ CREATE, 403, ERROR("\"onboarding_required\"", "x"), 0, { V(OTHER, NO_VIDEO) }, {0} },
	{ CREATE, 400, SAYS("You must onboard before using this service"), 0,
	    { V(OTHER, NO_VIDEO) }, {0} },
	{ CREATE, 403, SAYS("no"), 0, { V(OTHER, ERROR) }, {0} },
	{ CREATE, 403, HTML, 0, { V(OTHER, FINE) }, {0} },
	{ CREATE, 403, "@error_country.json", 0, { V(OTHER, FINE) }, {0} },
	{ CREATE, 400, "@error_country.json", 0, { V(OTHER, FINE) }, {0} },
	{ CALL_QUOTA, 401, "@error_country.json", 0, { V(OTHER, FINE) }, {0} },

	/* refused tokens */
	{ CREATE, 401, "@error_token_invalidated.json", 0, { V(REFRESH, REFUSED) }, {0} },
	{ CALL_UPLOAD, 401, ERROR("\"token_expired\"", "x"), 0, { V(REFRESH, REFUSED) }, {0} },
	{ CALL_PENDING, 401, ERROR("\"token_expired\"", "x"), 0, { V(REFRESH, REFUSED) }, {0} },
	{ CALL_QUOTA, 401, ERROR("\"invalid_jwt\"", "x"), 0, { V(REFRESH, REFUSED) }, {0} },
	{ CREATE, 401, SAYS("Could not parse your authentication token. Please try signing in again."), 0,
	    { V(REFRESH, REFUSED) }, {0} },
	{ CREATE, 401, "", 0, { V(REFRESH, REFUSED) }, {0} },
	{ CREATE, 401, "@error_no_bearer.json", 0, { V(OTHER, FINE) }, {0} },

	/* paths */
	{ CALL_PENDING, 404, SAYS("Not found"), 0, { V(OLD_PATHS, FINE) }, {0} },
	{ CALL_PENDING, 410, "", 0, { V(OLD_PATHS, FINE) }, {0} },
	{ CALL_DRAFTS, 404, "", 0, { V(OLD_PATHS, FINE) }, {0} },
	{ CALL_DRAFTS, 410, "", 0, { V(OLD_PATHS, FINE) }, {0} },
	{ CALL_DRAFT, 404, SAYS("Not found"), 0, { V(OK, FINE) }, {0} },
	{ CALL_QUOTA, 404, SAYS("Not found"), 0, { V(OTHER, NO_VIDEO) }, {0} },

	/* limits */
	{ CREATE, 429, "@error_concurrent.json", 0, { V(SLOT, FINE), .slots = 3 }, {0} },
	{ CREATE, 429, SAYS("You can only generate 3 videos at a time"), 0, { V(SLOT, FINE) }, {0} },
	{ CREATE, 429, SAYS("You already have 5 generations in progress"), 0, { V(SLOT, FINE) }, {0} },
	{ CALL_PENDING, 429, "@error_concurrent.json", 0, { V(OTHER, FINE) }, {0} },
	{ CREATE, 429, "@error_rate_limit_exhausted.json", 0,
	    { V(OTHER, OVERLOADED), .sora2 = 31720, .remaining_plus_1 = 1 }, {0} },
	{ CREATE, 429, "{\"rate_limit_and_credit_balance\":{\"rate_limit_reached\":true,"
	    "\"access_resets_in_seconds\":60.9}}", 0,
	    { V(OTHER, OVERLOADED), .sora2 = 60, .remaining_plus_1 = 1 }, {0} },
	{ CREATE, 429, "{\"type\":\"rate_limit_exhausted\"}", 0,
	    { V(OTHER, OVERLOADED), .sora2 = DAY, .remaining_plus_1 = 1 }, {0} },
	{ CREATE, 429, SAYS("You've already generated 100 videos in the last day"), 0,
	    { V(OTHER, OVERLOADED), .sora2 = DAY, .remaining_plus_1 = 1 }, {0} },
	{ CREATE, 429, SAYS("slow down"), 0, { V(OTHER, OVERLOADED), .cooled = 60 }, {0} },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 17 }, { "Retry-After", "17" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 3600 }, { "retry-after", "86400" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 3600 },
	    { "Retry-After", "99999999999999999999999" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 1 }, { "Retry-After", "0" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 60 }, { "Retry-After", "soon" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 60 }, { "Retry-After", "-5" } },
	/* 1774688900 is Sat, 28 Mar 2026 09:08:20 GMT */
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 100 },
	    { "Retry-After", "Sat, 28 Mar 2026 09:10:00 GMT" } },
	{ CREATE, 429, "", 0, { V(OTHER, OVERLOADED), .cooled = 1 },
	    { "Retry-After", "Sat, 28 Mar 2026 09:00:00 GMT" } },
	{ CALL_PENDING, 429, "", 0, { V(OTHER, FINE), .cooled = 60 }, {0} },

	/* words of a quota, wherever they are */
	{ CREATE, 400, SAYS("Insufficient funds"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 403, SAYS("check your balance"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 429, SAYS("over quota"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 400, SAYS("limit exceeded"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 400, SAYS("no credits"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 500, SAYS("all exhausted"), 0, { V(OTHER, FINE), .cooled = 60 }, {0} },
	{ CREATE, 402, "", 0, { V(OTHER, FINE), .cooled = 60 }, {0} },

	/* breakdowns */
	{ CREATE, 500, "", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 502, HTML, 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 520, "quota", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 529, "{}", 5, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 408, "", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 200, "", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 200, "<html>", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 200, "{}", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 200, "{\"id\":-7}", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 201, "{\"id\":\"\"}", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CREATE, 200, "[]", 0, { V(UNKNOWN, FINE) }, {0} },
	{ CALL_UPLOAD, 502, HTML, 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_UPLOAD, 502, HTML, 3, { V(OTHER, FINE) }, {0} },
	{ CALL_UPLOAD, 200, "{}", 1, { V(RETRY, FINE), .retry_ms = 4000 }, {0} },
	{ CALL_PENDING, 503, "", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_DRAFTS, 504, "", 1, { V(RETRY, FINE), .retry_ms = 4000 }, {0} },
	{ CALL_DRAFT, 500, "", 2, { V(RETRY, FINE), .retry_ms = 6000 }, {0} },
	{ CALL_QUOTA, 500, "", 3, { V(OTHER, FINE) }, {0} },
	/* an answer that cannot be read is not an empty list */
	{ CALL_PENDING, 200, "", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_PENDING, 200, "{}", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_PENDING, 200, "[", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_DRAFTS, 200, "[]", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_DRAFTS, 200, "{\"items\":null}", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_DRAFT, 200, "{}", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },
	{ CALL_QUOTA, 200, "[]", 0, { V(RETRY, FINE), .retry_ms = 2000 }, {0} },

	/* reads never fail a task, nor count against a token */
	{ CALL_PENDING, 400, SAYS("bad"), 0, { V(OTHER, FINE) }, {0} },
	{ CALL_PENDING, 403, SAYS("no"), 0, { V(OTHER, FINE) }, {0} },
	{ CALL_DRAFTS, 400, "@error_invalid_request.json", 0, { V(OTHER, FINE) }, {0} },
	{ CALL_QUOTA, 400, "@error_sentinel_block.json", 0, { V(OTHER, FINE) }, {0} },

	/* what HTTP allows and nobody expects */
	{ CREATE, 302, "", 0, { V(OTHER, FINE) }, {0} },
	{ CREATE, 407, "", 0, { V(OTHER, FINE) }, {0} },
	{ CREATE, 451, "", 0, { V(OTHER, FINE) }, {0} },
};

static void
assert_outcome(const struct expected *want, const struct outcome *got)
{
	const struct token_change *t = &got->token;

	assert_int_equal(want->verdict, got->verdict);
	assert_int_equal(want->token, t->verdict);
	assert_int_equal(want->retry_ms, got->retry_ms);
	assert_int_equal(want->cooled == 0 ? 0 : SORA_NOW + want->cooled,
	    t->cooled_until);
	assert_int_equal(want->sora2 == 0 ? 0 : SORA_NOW + want->sora2,
	    t->sora2_cooldown_until);
	assert_int_equal(want->remaining_plus_1, t->remaining_plus_1);
	assert_int_equal(want->slots, got->slots);
	assert_int_equal(want->challenge, got->challenge);
	assert_int_equal(want->policy, got->policy);
	if (want->message == NULL) {
		assert_null(got->message);
	} else {
		assert_non_null(got->message);
		assert_string_equal(want->message, got->message);
	}
	assert_non_null(got->log);
	assert_false(t->accepted);
	assert_null(got->id);
	assert_int_equal(0, got->n_sightings);
}

static void
each_failure_has_its_meaning(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct row *row = &rows[i];
		struct header header = row->header;
		const char *body = row->body[0] != '@' ? row->body :
		    sora_data_file(d, row->body + 1);
		struct call_response r = { .status = row->status, .body = body,
		    .body_len = strlen(body), .headers = &header,
		    .n_headers = header.name != NULL };
		struct outcome out;

		print_message("# case %zu: status %ld\n", i, row->status);
		d->in.call = row->call;
		provider_parse(&provider_sora, &d->in, &r, row->attempt,
		    SORA_NOW, d->a, &out);
		assert_outcome(&row->want, &out);
	}
}

static void
without_old_paths_there_is_nothing_left_to_try(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	d->in.old_paths = true;
	sora_data_parse(d, CALL_PENDING, 404, "", 0, &out);
	assert_int_equal(VERDICT_OTHER, out.verdict);
	sora_data_parse(d, CALL_DRAFTS, 410, "", 0, &out);
	assert_int_equal(VERDICT_OTHER, out.verdict);
}

static const struct {
	enum transport	 transport;
	enum call	 call;
	int		 attempt;
	enum verdict	 verdict;
	int64_t		 retry_ms;
} lost[] = {
	{ TRANSPORT_NOT_SENT, CALL_CREATE, 0, VERDICT_RETRY, 2000 },
	{ TRANSPORT_NOT_SENT, CALL_CREATE, 2, VERDICT_RETRY, 6000 },
	{ TRANSPORT_NOT_SENT, CALL_CREATE, 3, VERDICT_OTHER, 0 },
	{ TRANSPORT_LOST, CALL_CREATE, 0, VERDICT_UNKNOWN, 0 },
	{ TRANSPORT_LOST, CALL_CREATE, 9, VERDICT_UNKNOWN, 0 },
	{ TRANSPORT_NOT_SENT, CALL_UPLOAD, 0, VERDICT_RETRY, 2000 },
	{ TRANSPORT_LOCAL, CALL_CREATE, 0, VERDICT_FAIL, 0 },
	{ TRANSPORT_LOCAL, CALL_UPLOAD, 0, VERDICT_FAIL, 0 },
	{ TRANSPORT_LOCAL, CALL_CAMEO_UPLOAD, 0, VERDICT_FAIL, 0 },
	{ TRANSPORT_LOCAL, CALL_QUOTA, 0, VERDICT_OTHER, 0 },
	{ TRANSPORT_LOST, CALL_UPLOAD, 1, VERDICT_RETRY, 4000 },
	{ TRANSPORT_LOST, CALL_UPLOAD, 3, VERDICT_OTHER, 0 },
	{ TRANSPORT_LOST, CALL_PENDING, 0, VERDICT_RETRY, 2000 },
	{ TRANSPORT_LOST, CALL_QUOTA, 3, VERDICT_OTHER, 0 },
};

static void
trouble_of_this_host_ends_no_task(void **state)
{
	static const enum call calls[] = { CALL_UPLOAD, CALL_CREATE,
	    CALL_CAMEO_UPLOAD, CALL_ASSET_UPLOAD };
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(calls); i++) {
		struct call_response r = { .transport = TRANSPORT_LOCAL,
		    .local = true, .passing = true, .body = "",
		    .reason = "Too many open files" };
		struct outcome out;

		d->in.call = calls[i];
		provider_parse(&provider_sora, &d->in, &r, 9, SORA_NOW, d->a,
		    &out);
		assert_int_equal(VERDICT_RETRY, out.verdict);
		assert_true(out.local);
		assert_int_equal(TOKEN_FINE, out.token.verdict);
	}
}

static void
only_a_create_that_was_sent_is_in_doubt(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(lost); i++) {
		struct call_response r = { .transport = lost[i].transport,
		    .reason = "connection refused", .body = "" };
		struct outcome out;

		print_message("# case %zu\n", i);
		d->in.call = lost[i].call;
		provider_parse(&provider_sora, &d->in, &r, lost[i].attempt,
		    SORA_NOW, d->a, &out);
		assert_int_equal(lost[i].verdict, out.verdict);
		assert_int_equal(lost[i].retry_ms, out.retry_ms);
		assert_int_equal(TOKEN_FINE, out.token.verdict);
		assert_int_equal(lost[i].transport == TRANSPORT_NOT_SENT,
		    out.unreachable);
		/* in the end it is the upstream that fails, not the generation */
		if (out.verdict == VERDICT_OTHER &&
		    lost[i].call != CALL_QUOTA)
			assert_string_equal("upstream_error", out.code);
		assert_non_null(strstr(out.log, "connection refused"));
	}
}

static void
the_configuration_bounds_repeats(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	d->conf.sora_max_retries = 0;
	sora_data_parse(d, CALL_PENDING, 500, "", 0, &out);
	assert_int_equal(VERDICT_OTHER, out.verdict);
	d->conf.sora_max_retries = 1000000000;
	sora_data_parse(d, CALL_PENDING, 500, "", 999999999, &out);
	assert_int_equal(VERDICT_RETRY, out.verdict);
	assert_int_equal(30000, out.retry_ms);
}

/* What upstream wrote, and what of it the log has. */
static const struct {
	const char	*says;
	const char	*logged;
} texts[] = {
	{ "a\\n\\tb\\u0007c\\u007fd\\u009be\\u2028f", "a bcdef" },
	{ "  padded \\n", "padded" },
	{ "key eyJhbGciOiJSUzI1NiJ9.EXAMPLE.SIG here", "key *** here" },
	{ "Bearer 0123456789abcdef0123456789abcdef01234567", "Bearer ***" },
	{ "see rt_EXAMPLE_NEXT.", "see ***" },
	{ "token tok-1 is bad", "token *** is bad" },
	{ "refused: a quiet harbour", "refused: ***" },	/* the prompt */
	{ "task_01kmv4t8q2e7hb9xm5yc0r3wdn of s_69d2f1c4a7b88190b3e5c6d7f8091a2b",
	    "task_01kmv4t8q2e7hb9xm5yc0r3wdn of s_69d2f1c4a7b88190b3e5c6d7f8091a2b" },
	{ "\xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x8e\xac", "\xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x8e\xac" },
	{ " \\n ", "not the answer that was asked for" },
};

static void
upstreams_text_is_logged_clean(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(texts); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_CREATE, 400, arena_printf(d->a,
		    "{\"error\":{\"message\":\"%s\"}}", texts[i].says), 0, &out);
		assert_int_equal(VERDICT_FAIL, out.verdict);
		assert_string_equal(REFUSED, out.message);
		assert_string_equal(arena_printf(d->a, "HTTP 400: %s",
		    texts[i].logged), out.log);
	}
}

static void
long_text_is_cut_between_characters(void **state)
{
	struct sora_data *d = *state;
	char *body = arena_alloc(d->a, 4000);
	struct outcome out;

	strcpy(body, "{\"error\":{\"message\":\"x");
	for (int i = 0; i < 600; i++)
		strcat(body, "\xe4\xb8\xad");
	strcat(body, "\"}}");
	sora_data_parse(d, CALL_CREATE, 400, body, 0, &out);
	assert_int_equal(10 + 499, strlen(out.log));	/* 1 + 166 * 3 */
	assert_int_equal(10 + 167, utf8_count(out.log, strlen(out.log)));
}

static void
a_page_is_for_the_log_only(void **state)
{
	struct sora_data *d = *state;
	const char page[] = "<html>\1\xff\xfe bad \x80 gateway\r\n"
	    "eyJhbGciOiJSUzI1NiJ9.EXAMPLE.SIG</html>";
	struct outcome out;

	sora_data_parse(d, CALL_CREATE, 400, page, 0, &out);
	assert_string_equal("The upstream refused the request", out.message);
	assert_string_equal("HTTP 400: <html> bad gateway ***</html>", out.log);
	/* what is cut off in the middle may hold prompts */
	sora_data_parse(d, CALL_PENDING, 200, "[{\"prompt\":\"a sec", 0, &out);
	assert_null(strstr(out.log, "sec"));
	sora_data_parse(d, CALL_PENDING, 500, "{\"prompt\":\"a sec", 0, &out);
	assert_null(strstr(out.log, "sec"));
	sora_data_parse(d, CALL_CREATE, 429,
	    sora_data_file(d, "error_concurrent.json"), 0, &out);
	assert_string_equal("HTTP 429 too_many_concurrent_tasks: "
	    "You already have 3 generations in progress", out.log);
}

static void
the_number_of_slots_is_taken_with_care(void **state)
{
	struct sora_data *d = *state;
	static const struct {
		const char	*num_tasks;
		int		 slots;
	} cases[] = { { "5", 5 }, { "-1", 0 }, { "1e300", 1000 }, { "\"3\"", 0 },
	    { "null", 0 }, { "{}", 0 } };

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_CREATE, 429, arena_printf(d->a,
		    "{\"error\":{\"code\":\"too_many_concurrent_tasks\","
		    "\"details\":{\"num_tasks\":%s}}}", cases[i].num_tasks), 0,
		    &out);
		assert_int_equal(VERDICT_SLOT, out.verdict);
		assert_int_equal(cases[i].slots, out.slots);
	}
}

static void
a_call_of_another_provider_is_refused(void **state)
{
	static const enum call calls[] = { CALL_JOB, CALL_JOBS, CALL_CONTENT,
	    CALL_DELETE };
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(calls); i++) {
		struct call_request rq;
		struct outcome out;
		struct error e;

		d->in.call = calls[i];
		assert_int_equal(ERR_INVALID_VALUE,
		    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
		sora_data_parse(d, calls[i], 200, "{\"id\":\"x\"}", 0,
		    &out);
		assert_int_not_equal(VERDICT_OK, out.verdict);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, sora_data_open, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(each_failure_has_its_meaning),
		T(a_call_of_another_provider_is_refused),
		T(without_old_paths_there_is_nothing_left_to_try),
		T(trouble_of_this_host_ends_no_task),
		T(only_a_create_that_was_sent_is_in_doubt),
		T(the_configuration_bounds_repeats),
		T(upstreams_text_is_logged_clean),
		T(long_text_is_cut_between_characters),
		T(a_page_is_for_the_log_only),
		T(the_number_of_slots_is_taken_with_care),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
