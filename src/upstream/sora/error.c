/* SPDX-License-Identifier: MIT */
/* error.c: what an answer means that is not what was asked for. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"
#include "upstream/client/text.h"

#define HEAVY_RETRIES	3
#define RETRY_STEP_MS	2000
#define RETRY_MOST_MS	30000
#define QUOTA_PAUSE	60		/* s, until the quota has been read again */
#define MOST_SLOTS	1000
#define REFUSED		"The upstream refused the request"

_Static_assert(CALL__MAX <= 64, "a call is a bit");
#define BIT(call)	(UINT64_C(1) << (call))
/* Sent twice, they make two. */
#define ONCE	(BIT(CALL_CREATE) | BIT(CALL_CAMEO_UPLOAD) | BIT(CALL_CAMEO_FINALIZE))
/* What they are refused for ends what they belong to. */
#define WRITES	(ONCE | BIT(CALL_UPLOAD) | BIT(CALL_ASSET_UPLOAD) | BIT(CALL_CHARACTER_DELETE))

struct failure {
	const struct sora_answer *ans;
	const char	*codes[4];	/* borrowed; of the error, then of the whole answer; codes, then types */
	const char	*words;		/* upstream's message as it came, borrowed; "" without one */
	const char	*text;		/* its message, for the log; NULL without one */
};

struct rule {			/* the first that fits an answer rules */
	int		 low, high;	/* status */
	uint64_t	 calls;		/* bits of enum call; 0: all */
	const char	*code;		/* NULL: any */
	const char	*words;		/* in the message, in any case; NULL: any */
	enum verdict	 verdict;
	enum token_verdict token;
	void		(*more)(const struct failure *f, struct outcome *out);
};

/* Repeats with this token after 2, 4, 6 ... s; after `limit` times another has to do. */
static void
retry(const struct sora_answer *ans, int limit, struct outcome *out)
{
	if (ans->attempt >= limit) {
		out->verdict = VERDICT_OTHER;
		out->code = "upstream_error";
		return;
	}
	out->verdict = VERDICT_RETRY;
	out->retry_ms = (int64_t)RETRY_STEP_MS * (ans->attempt + 1);
	if (out->retry_ms > RETRY_MOST_MS)
		out->retry_ms = RETRY_MOST_MS;
}

/* Upstream's message, when it is for a client; NULL when there is no such. */
static const char *
shown(const struct failure *f)
{
	return text_for_client(f->ans->in, f->ans->a, f->text, false);
}

static void
on_heavy_load(const struct failure *f, struct outcome *out)
{
	retry(f->ans, HEAVY_RETRIES, out);
}

/* Nothing is known of what the upstream did; what makes something may not be repeated blindly. */
static void
on_breakdown(const struct failure *f, struct outcome *out)
{
	if ((BIT(f->ans->in->call) & ONCE) != 0)
		out->verdict = VERDICT_UNKNOWN;
	else
		retry(f->ans, f->ans->in->conf->sora_max_retries, out);
}

static void
on_challenge(const struct failure *f UNUSED, struct outcome *out)
{
	out->challenge = true;
}

static void
on_full(const struct failure *f, struct outcome *out)
{
	const cJSON *details = json_get(json_get(f->ans->json, "error"), "details");
	double n = sora_member_number(details, "num_tasks", 0, MOST_SLOTS, 0);

	out->slots = (int)n;
}

static void
on_exhausted(const struct failure *f, struct outcome *out)
{
	sora_exhausted(f->ans, out);
}

/* It speaks of a quota without saying which: the token waits until that has been read. */
static void
on_quota_words(const struct failure *f, struct outcome *out)
{
	sora_balance(f->ans, out);
	out->quota.reached = true;
	out->token.cooled_until = f->ans->now + QUOTA_PAUSE;
}

static void
on_rate_limit(const struct failure *f, struct outcome *out)
{
	out->token.cooled_until = f->ans->now + sora_retry_after(f->ans);
}

static void
on_policy(const struct failure *f, struct outcome *out)
{
	out->policy = true;
	out->message = sora_policy_text(f->ans, f->text, REFUSED);
}

static void
on_clip(const struct failure *f, struct outcome *out)
{
	out->bad_clip = true;
	out->message = shown(f);
}

static void
on_name(const struct failure *f UNUSED, struct outcome *out)
{
	out->name_refused = true;
}

/* The text speaks of the caller's request, but it is the deployment that lacks something. */
static void
on_sentinel(const struct failure *f UNUSED, struct outcome *out)
{
	out->message = REFUSED;
}

/* Only the upstream itself, which speaks JSON, judges an account. */
static void
on_forbidden(const struct failure *f, struct outcome *out)
{
	if (f->ans->json == NULL)
		out->token.verdict = TOKEN_FINE;
}

static void
on_no_path(const struct failure *f, struct outcome *out)
{
	if (f->ans->in->old_paths)
		out->verdict = VERDICT_OTHER;
}

#define ANY	0, 999
#define LISTS	(BIT(CALL_PENDING) | BIT(CALL_DRAFTS))
#define UPLOAD	BIT(CALL_UPLOAD)
#define CLIP	BIT(CALL_CAMEO_UPLOAD)
#define NAMING	BIT(CALL_CAMEO_FINALIZE)

#define CODE(code, verdict, token, more) \
	{ ANY, 0, code, NULL, VERDICT_##verdict, TOKEN_##token, more }
#define WORDS(status, calls, words, verdict, token, more) \
	{ status, calls, NULL, words, VERDICT_##verdict, TOKEN_##token, more }
#define NAME(code) \
	{ 400, 499, NAMING, code, NULL, VERDICT_FAIL, TOKEN_FINE, on_name }
#define STATUS(low, high, calls, verdict, token, more) \
	{ low, high, calls, NULL, NULL, VERDICT_##verdict, TOKEN_##token, more }
#define S400	400, 400
#define S401	401, 401

static const struct rule rules[] = {
	CODE("heavy_load", RETRY, OVERLOADED, on_heavy_load),
	CODE("cf_shield_429", OTHER, FINE, on_challenge),
	CODE("unsupported_country_code", OTHER, FINE, NULL),
	CODE("too_many_concurrent_tasks", SLOT, FINE, on_full),
	CODE("rate_limit_exhausted", OTHER, OVERLOADED, on_exhausted),
	CODE("invalid_request", OTHER_ONCE, FINE, NULL),
	CODE("sentinel_block", FAIL, FINE, on_sentinel),
	CODE("phone_number_required", OTHER, NO_VIDEO, NULL),
	CODE("username_required", OTHER, ERROR, NULL),
	CODE("onboarding_required", OTHER, NO_VIDEO, NULL),
	CODE("token_invalidated", REFRESH, REFUSED, NULL),
	CODE("token_expired", REFRESH, REFUSED, NULL),
	CODE("invalid_jwt", REFRESH, REFUSED, NULL),
	NAME("username_taken"),
	NAME("username_rejected"),
	NAME("username_invalid"),
	NAME("reserved_username"),

	WORDS(ANY, 0, "under heavy load", RETRY, OVERLOADED, on_heavy_load),
	WORDS(ANY, 0, "images that include people", FAIL, FINE, on_policy),
	WORDS(S400, UPLOAD, "face", FAIL, FINE, on_policy),
	WORDS(S400, UPLOAD, "person", FAIL, FINE, on_policy),
	WORDS(S400, UPLOAD, "people", FAIL, FINE, on_policy),
	WORDS(S400, 0, "guardrail", FAIL, FINE, on_policy),
	WORDS(S400, 0, "violat", FAIL, FINE, on_policy),
	WORDS(S400, CLIP, "face", FAIL, FINE, on_clip),
	WORDS(S400, CLIP, "person", FAIL, FINE, on_clip),
	WORDS(S400, 0, "look right with your request", OTHER_ONCE, FINE, NULL),
	WORDS(S400, 0, "unable to process request", OTHER_ONCE, FINE, NULL),
	WORDS(ANY, 0, "must verify a phone number", OTHER, NO_VIDEO, NULL),
	WORDS(ANY, 0, "must onboard before", OTHER, NO_VIDEO, NULL),
	/* the header was not sent: our defect, not the token's */
	WORDS(S401, 0, "missing bearer authentication", OTHER, FINE, NULL),
	WORDS(S401, 0, "authentication token", REFRESH, REFUSED, NULL),
	WORDS(ANY, 0, "generations in progress", SLOT, FINE, on_full),
	WORDS(ANY, 0, "videos at a time", SLOT, FINE, on_full),
	WORDS(ANY, 0, "videos in the last day", OTHER, OVERLOADED, on_exhausted),
	WORDS(ANY, 0, "insufficient", OTHER, FINE, on_quota_words),
	WORDS(ANY, 0, "balance", OTHER, FINE, on_quota_words),
	WORDS(ANY, 0, "quota", OTHER, FINE, on_quota_words),
	WORDS(ANY, 0, "limit exceeded", OTHER, FINE, on_quota_words),
	WORDS(ANY, 0, "no credits", OTHER, FINE, on_quota_words),
	WORDS(ANY, 0, "exhausted", OTHER, FINE, on_quota_words),

	STATUS(401, 401, 0, REFRESH, REFUSED, NULL),
	STATUS(404, 404, LISTS, OLD_PATHS, FINE, on_no_path),
	STATUS(410, 410, LISTS, OLD_PATHS, FINE, on_no_path),
	/* the draft is gone: a good answer, with no sighting in it */
	STATUS(404, 404, BIT(CALL_DRAFT), OK, FINE, NULL),
	STATUS(410, 410, BIT(CALL_DRAFT), OK, FINE, NULL),
	/* an account without the second engine has no quota for it */
	STATUS(404, 404, BIT(CALL_QUOTA), OTHER, NO_VIDEO, NULL),
	STATUS(402, 402, 0, OTHER, FINE, on_quota_words),
	STATUS(403, 403, 0, OTHER, ERROR, on_forbidden),
	/* a proxy wants credentials, or the law is in the way: the egress */
	STATUS(407, 407, 0, OTHER, FINE, NULL),
	STATUS(451, 451, 0, OTHER, FINE, NULL),
	STATUS(408, 408, 0, OTHER, FINE, on_breakdown),
	STATUS(425, 425, 0, OTHER, FINE, on_breakdown),
	STATUS(429, 429, 0, OTHER, OVERLOADED, on_rate_limit),
	STATUS(400, 499, 0, FAIL, FINE, NULL),
	STATUS(500, 599, 0, OTHER, FINE, on_breakdown),
	STATUS(200, 299, 0, OTHER, FINE, on_breakdown),
	STATUS(0, 999, 0, OTHER, FINE, NULL),
};

/* A page that wants to see a browser, in front of the upstream. */
static bool
is_challenge(const struct call_response *r)
{
	static const char *const marks[] = { "Just a moment",
	    "challenge-platform", "window._cf_chl_opt", "challenge-error-text",
	    "Enable JavaScript and cookies to continue" };
	const char *mitigated = response_header(r, "cf-mitigated");

	if (r->status != 403 && r->status != 429 && r->status != 503)
		return false;
	if (mitigated != NULL && strcasecmp(mitigated, "challenge") == 0)
		return true;
	for (size_t i = 0; i < NELEM(marks); i++)
		if (strcasestr(r->body, marks[i]) != NULL)
			return true;
	return false;
}

static bool
has_code(const struct failure *f, const char *code)
{
	for (size_t i = 0; i < NELEM(f->codes); i++)
		if (f->codes[i] != NULL && strcmp(f->codes[i], code) == 0)
			return true;
	return false;
}

static bool
rule_fits(const struct rule *rule, const struct failure *f)
{
	const struct sora_answer *ans = f->ans;

	if (ans->r->status < rule->low || ans->r->status > rule->high)
		return false;
	if (rule->calls != 0 && (rule->calls & BIT(ans->in->call)) == 0)
		return false;
	if (rule->code != NULL && !has_code(f, rule->code))
		return false;
	return rule->words == NULL || strcasestr(f->words, rule->words) != NULL;
}

bool
sora_has_code(const struct sora_answer *ans, const char *code)
{
	const cJSON *error = json_get(ans->json, "error");
	const char *const codes[] = { json_string(error, "code"),
	    json_string(ans->json, "code"), json_string(error, "type"),
	    json_string(ans->json, "type") };

	for (size_t i = 0; i < NELEM(codes); i++)
		if (codes[i] != NULL && strcmp(codes[i], code) == 0)
			return true;
	return false;
}

/* Wherever this kind of answer has it. */
const char *
sora_message(const struct sora_answer *ans)
{
	const cJSON *error = json_get(ans->json, "error");
	const char *s;

	if ((s = json_string(error, "message")) != NULL ||
	    (s = json_string(ans->json, "message")) != NULL ||
	    (s = cJSON_GetStringValue(error)) != NULL)
		return s;
	return json_string(ans->json, "detail");
}

static void
read_failure(const struct sora_answer *ans, struct failure *f)
{
	const struct call_response *r = ans->r;
	const cJSON *error = json_get(ans->json, "error");
	struct outcome balance = { 0 };
	const char *s;

	*f = (struct failure){ .ans = ans, .words = "" };
	f->codes[0] = json_string(error, "code");
	f->codes[1] = json_string(ans->json, "code");
	f->codes[2] = json_string(error, "type");
	f->codes[3] = json_string(ans->json, "type");
	sora_balance(ans, &balance);
	if (r->status == 429 && balance.quota.reached)
		f->codes[3] = "rate_limit_exhausted";
	if ((s = sora_message(ans)) != NULL) {
		f->words = s;
		f->text = text_for_log(ans->in, ans->a, s);
	} else if (ans->json == NULL && r->status < 500 &&
	    r->body[strspn(r->body, " \t\r\n")] != '<') {
		f->words = r->body;	/* plain text: may be the upstream's own words */
	}
}

/* A gateway's page or line; broken JSON may hold prompts and links and is not for the log. */
static bool
is_page(const struct call_response *r)
{
	char first = r->body[strspn(r->body, " \t\r\n")];

	return r->status >= 300 && first != '{' && first != '[';
}

static const char *
describe(const struct failure *f)
{
	const struct sora_answer *ans = f->ans;
	const char *code = f->codes[0] != NULL ? f->codes[0] : f->codes[1];
	const char *text = f->text;

	if (ans->json == NULL && is_page(ans->r))
		text = text_for_log(ans->in, ans->a, ans->r->body);
	code = text_for_log(ans->in, ans->a, code);
	return arena_printf(ans->a, "HTTP %ld%s%s: %s", ans->r->status,
	    code != NULL ? " " : "", code != NULL ? code : "",
	    text != NULL ? text : "not the answer that was asked for");
}

static void
apply_rules(const struct failure *f, struct outcome *out)
{
	const struct rule *rule = rules;

	while (!rule_fits(rule, f))	/* the last fits all */
		rule++;
	out->verdict = rule->verdict;
	out->token.verdict = rule->token;
	if (rule->more != NULL)
		rule->more(f, out);
	if (out->message != NULL || (out->verdict != VERDICT_FAIL &&
	    out->verdict != VERDICT_OTHER_ONCE))
		return;
	out->message = shown(f);
	if (out->message == NULL)
		out->message = REFUSED;
}

static void
on_no_answer(const struct failure *f, struct outcome *out)
{
	const struct sora_answer *ans = f->ans;
	const char *why = ans->r->reason;

	if (ans->r->transport == TRANSPORT_LOCAL)
		outcome_unsendable(ans->r, out);
	else if (ans->r->transport == TRANSPORT_NOT_SENT)
		retry(ans, ans->in->conf->sora_max_retries, out);
	else
		on_breakdown(f, out);
	out->unreachable = ans->r->transport == TRANSPORT_NOT_SENT &&
	    !ans->r->refused;
	why = text_for_log(ans->in, ans->a, why);
	out->log = arena_printf(ans->a, "no answer%s: %s",
	    ans->r->transport == TRANSPORT_LOST ? "" : ", nothing sent",
	    why != NULL ? why : "no reason given");
}

/*
 * A call that only reads cannot fail a task, nor, when the poller makes it again
 * and again, speak against its token but by a refusal.
 */
static void
soften_for_reads(const struct sora_answer *ans, struct outcome *out)
{
	if ((BIT(ans->in->call) & WRITES) != 0)
		return;
	if (out->verdict == VERDICT_OTHER_ONCE || out->verdict == VERDICT_FAIL ||
	    out->verdict == VERDICT_SLOT || out->verdict == VERDICT_UNKNOWN)
		out->verdict = VERDICT_OTHER;
	if (call_facet(ans->in->call) != FACET_PUBLIC &&
	    (out->token.verdict == TOKEN_ERROR ||
	    out->token.verdict == TOKEN_OVERLOADED))
		out->token.verdict = TOKEN_FINE;
	out->policy = out->local = false;
	out->message = NULL;
	out->slots = 0;
}

/* Which of the known causes it was, for those who tell the operator. */
static void
name_cause(const struct sora_answer *ans, struct outcome *out)
{
	const char *country;

	out->expired = sora_has_code(ans, "token_expired");
	if (!sora_has_code(ans, "unsupported_country_code"))
		return;
	country = sora_member_id(ans->a, json_get(ans->json, "error"), "param");
	out->country = country != NULL ? country : "";
}

void
sora_classify(const struct sora_answer *ans, struct outcome *out)
{
	struct failure f = { .ans = ans, .words = "" };

	*out = (struct outcome){ 0 };
	if (ans->r->transport != TRANSPORT_OK) {
		on_no_answer(&f, out);
	} else if (is_challenge(ans->r)) {
		out->verdict = VERDICT_OTHER;
		out->challenge = true;
		out->log = arena_printf(ans->a, "HTTP %ld: a challenge page",
		    ans->r->status);
	} else {
		read_failure(ans, &f);
		apply_rules(&f, out);
		name_cause(ans, out);
		out->log = describe(&f);
	}
	soften_for_reads(ans, out);
	if (call_facet(ans->in->call) == FACET_ACCOUNT)
		sora_account_failed(ans, f.text, out);
	if (call_facet(ans->in->call) == FACET_PUBLIC)
		sora_public_failed(ans, out);
}
