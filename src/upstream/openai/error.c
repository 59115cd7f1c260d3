/* error.c: what an answer means that is not what was asked for. */
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "openai.h"
#include "upstream/client/text.h"

#define CODE_MAX	64
#define POLL_REFUSALS	3		/* answers 400 or 422 that may be an accident */
#define LEAST_PAUSE_MS	1000
#define MOST_PAUSE_MS	120000
#define MOST_REST	600		/* s, whatever the server wishes */
#define QUOTA_REST	300		/* s; a balance does not come back by itself */

/* ---- what a failure says ---- */

static const char *
lower_code(struct arena *a, const char *s)
{
	char *copy = arena_strndup(a, s, strnlen(s, CODE_MAX));

	for (char *c = copy; *c != '\0'; c++)
		*c = isalnum((unsigned char)*c)
		    ? (char)tolower((unsigned char)*c) : '_';
	return copy;
}

/* Cleaned before it is changed: of a key in it nothing would be found later. */
static const char *
code_of(const struct openai_answer *ans, const cJSON *value)
{
	const char *text = text_of_code(ans->in, ans->a,
	    cJSON_GetStringValue(value));

	if (text != NULL)
		return lower_code(ans->a, text);
	if (cJSON_IsNumber(value) && value->valuedouble > -1e9 &&
	    value->valuedouble < 1e9)
		return arena_printf(ans->a, "%d", (int)value->valuedouble);
	return "";
}

/* A flat code that says that all is well. */
static bool
is_fine(const cJSON *code)
{
	static const char *const fine[] = { "success", "ok", "0", "200" };

	if (cJSON_IsNumber(code))
		return code->valuedouble == 0 || code->valuedouble == 200;
	for (size_t i = 0; i < NELEM(fine); i++)
		if (cJSON_IsString(code) &&
		    strcasecmp(code->valuestring, fine[i]) == 0)
			return true;
	return !cJSON_IsString(code) || *code->valuestring == '\0';
}

static bool
has_word(const char *text, const char *const *some, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(text, some[i]) != NULL)
			return true;
	return false;
}

static bool
is_policy(const struct openai_failure *f)
{
	static const char *const codes[] = { "moderat", "content_policy",
	    "content_filter", "policy_violation", "sensitive", "safety",
	    "nsfw", "inspection", "risk_control", "contentrisk" };
	static const char *const texts[] = { "content policy",
	    "content_policy", "moderation", "safety system",
	    "content filter" };

	return has_word(f->code, codes, NELEM(codes)) ||
	    (f->text != NULL && has_word(f->text, texts, NELEM(texts)));
}

/* FastAPI's list of what is wrong where: "seconds: not a number". */
static const char *
detail_text(struct arena *a, const cJSON *list)
{
	const cJSON *first = cJSON_GetArrayItem(list, 0);
	const char *message = json_string(first, "msg"), *field = NULL;
	const cJSON *loc = json_get(first, "loc");

	if (message == NULL)
		return NULL;
	if (cJSON_IsArray(loc))
		field = cJSON_GetStringValue(cJSON_GetArrayItem(loc,
		    cJSON_GetArraySize(loc) - 1));
	return field == NULL ? message : arena_printf(a, "%s: %s", field,
	    message);
}

/* "error" and "detail": text, an object, a list. */
static bool
read_member(const struct openai_answer *ans, const cJSON *error,
    struct openai_failure *out)
{
	const char *text = cJSON_GetStringValue(error);

	if (cJSON_IsArray(error))
		text = detail_text(ans->a, error);
	if (cJSON_IsObject(error)) {
		const cJSON *code = json_get(error, "code");

		text = json_string(error, "message");
		if (text == NULL)
			text = json_string(error, "msg");
		out->code = code_of(ans, code != NULL ? code
		    : json_get(error, "type"));
	}
	if (text != NULL && out->text == NULL)
		out->text = text;
	return text != NULL || *out->code != '\0';
}

/* {"base_resp": {"status_code": 1026, "status_msg": ...}}, with HTTP 200 */
static bool
read_base(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	const cJSON *base = json_get(json, "base_resp");
	const cJSON *code = json_get(base, "status_code");

	if (!cJSON_IsNumber(code) || code->valuedouble == 0)
		return false;
	out->code = code_of(ans, code);
	out->text = json_string(base, "status_msg");
	return true;
}

/* {"code": "task_not_exist", "message": ...}, maybe inside "data" or "output" */
static bool
read_flat(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	static const char *const texts[] = { "failure_reason", "fail_reason",
	    "data.failure_reason", "data.fail_reason", "task_status_msg",
	    "data.task_status_msg", "output.message", "message", "msg",
	    "data.message" };
	const char *text = openai_text_at(json, texts, NELEM(texts));
	const cJSON *code = json_get(json, "code");

	if (code == NULL)
		code = openai_at(json, "output.code");
	if (!is_fine(code))
		out->code = code_of(ans, code);
	if (out->text == NULL)
		out->text = text;
	return *out->code != '\0' || (text != NULL &&
	    text != json_string(json, "message") &&
	    text != json_string(json, "msg"));
}

bool
openai_failure(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	static const char *const places[] = { "error", "data.error",
	    "data[0].error", "task.error", "detail" };
	bool found = false;

	*out = (struct openai_failure){ .code = "" };
	if (!cJSON_IsObject(json))
		return false;
	for (size_t i = 0; i < NELEM(places) && !found; i++)
		found = read_member(ans, openai_at(json, places[i]), out);
	if (!found)
		found = read_base(ans, json, out) ||
		    read_flat(ans, json, out);
	out->policy = is_policy(out);
	out->said = found;
	out->message = text_for_client(ans->in, ans->a, out->text,
	    out->policy);
	out->text = text_for_log(ans->in, ans->a, out->text);
	return found;
}

/* ---- pauses ---- */

/* "6m0s", "2s", "150ms" */
static int64_t
duration_ms(const char *s)
{
	double total = 0;

	while (*s != '\0') {
		char *end;
		double n = strtod(s, &end);

		if (end == s || n < 0 || n > 1e6)
			return 0;
		if (strncmp(end, "ms", 2) == 0)
			total += n;
		else if (*end == 's')
			total += n * 1000;
		else if (*end == 'm')
			total += n * 60000;
		else if (*end == 'h')
			total += n * 3600000;
		else
			return 0;
		s = end + (strncmp(end, "ms", 2) == 0 ? 2 : 1);
	}
	return (int64_t)total;
}

static double
header_number(const struct openai_answer *ans, const char *name)
{
	const char *s = response_header(ans->r, name);
	char *end;
	double n;

	if (s == NULL)
		return -1;
	n = strtod(s, &end);
	return end == s || *end != '\0' || !(n >= 0 && n < 1e12) ? -1 : n;
}

/* Milliseconds that the server asks for, as it said it; 0 when it did not. */
static int64_t
wished_ms(const struct openai_answer *ans)
{
	const char *date = response_header(ans->r, "Retry-After");
	double n;
	time_t t;

	if ((n = header_number(ans, "openai-poll-after-ms")) > 0 ||
	    (n = header_number(ans, "retry-after-ms")) > 0)
		return (int64_t)n;
	if ((n = header_number(ans, "Retry-After")) > 0)
		return (int64_t)(n * 1000);
	if (date != NULL && (t = curl_getdate(date, NULL)) > ans->now)
		return ((int64_t)t - ans->now) * 1000;
	return 0;
}

/* A limit that is used up: until it is not. */
static int64_t
limit_ms(const struct openai_answer *ans)
{
	const char *reset = response_header(ans->r,
	    "x-ratelimit-reset-requests");
	double n;

	if (ans->r->status != 429 &&
	    header_number(ans, "x-ratelimit-remaining-requests") != 0)
		return 0;
	if (reset != NULL && duration_ms(reset) > 0)
		return duration_ms(reset);
	n = header_number(ans, "X-RateLimit-Reset");
	return n > (double)ans->now ? (int64_t)(n - (double)ans->now) * 1000
	    : 0;
}

int64_t
openai_pause(const struct openai_answer *ans)
{
	int64_t ms = wished_ms(ans);

	if (ms == 0)
		ms = limit_ms(ans);
	if (ms == 0)
		return 0;
	return ms < LEAST_PAUSE_MS ? LEAST_PAUSE_MS
	    : ms > MOST_PAUSE_MS ? MOST_PAUSE_MS : ms;
}

/* The token rests for as long as the server says, or as the poller finds. */
static void
rest(const struct openai_answer *ans, struct outcome *out)
{
	int64_t ms = wished_ms(ans);

	if (ms == 0)
		ms = limit_ms(ans);
	out->down = true;
	if (ms > 0)
		out->token.cooled_until = ans->now + (ms + 999) / 1000;
	if (out->token.cooled_until > ans->now + MOST_REST)
		out->token.cooled_until = ans->now + MOST_REST;
}

/* ---- by status ---- */

static bool
is_overloaded(const struct openai_failure *f)
{
	static const char *const codes[] = { "overload", "queue_full",
	    "rate_limit", "too_many_requests", "capacity" };

	return has_word(f->code, codes, NELEM(codes));
}

static bool
is_quota(const struct openai_failure *f)
{
	static const char *const codes[] = { "quota", "balance", "billing",
	    "credit", "insufficient", "arrear" };

	return has_word(f->code, codes, NELEM(codes)) ||
	    (f->text != NULL && has_word(f->text, codes, 4));
}

long
openai_status(const struct openai_answer *ans, const struct openai_failure *f)
{
	char *end;
	long code = strtol(f->code, &end, 10);

	return f->said && ans->r->status <= 299 && *end == '\0' &&
	    code >= 400 && code <= 599 ? code : ans->r->status;
}

bool
openai_passes(const struct openai_answer *ans, const struct openai_failure *f)
{
	long status = openai_status(ans, f);

	return status == 408 || status == 425 || status == 429 ||
	    status >= 500 || is_overloaded(f);
}

static void
fail(const struct openai_failure *f, const char *code, struct outcome *out)
{
	out->verdict = VERDICT_FAIL;
	out->policy = f->policy;
	out->code = f->policy ? NULL : code;
	out->message = f->message;
}

/* No balance: nothing is to be sent there for a while. */
static void
exhausted(const struct openai_answer *ans, struct outcome *out)
{
	out->verdict = VERDICT_DOWN;
	out->down = true;
	out->token.cooled_until = ans->now + QUOTA_REST;
}

static void
refused_create(const struct openai_answer *ans,
    const struct openai_failure *f, struct outcome *out)
{
	switch (openai_status(ans, f)) {
	case 401:
		out->verdict = VERDICT_DOWN;
		out->token.verdict = TOKEN_REFUSED;
		return;
	case 402:
		exhausted(ans, out);
		return;
	case 403:
		if (is_quota(f))
			exhausted(ans, out);
		else if (f->policy)
			fail(f, NULL, out);
		else
			out->verdict = VERDICT_OTHER;
		return;
	case 404:
	case 405:
		out->verdict = VERDICT_OTHER;
		out->code = "model_not_found";
		out->message = f->message;
		return;
	case 408:
	case 409:
	case 425:
		out->verdict = VERDICT_UNKNOWN;
		return;
	case 429:
		out->verdict = VERDICT_DOWN;
		rest(ans, out);
		if (is_quota(f))
			exhausted(ans, out);
		return;
	}
	fail(f, "invalid_request", out);
}

/* What was sent may have made a job: it is not sent again. */
static void
classify_create(const struct openai_answer *ans,
    const struct openai_failure *f, struct outcome *out)
{
	long status = ans->r->status;

	if (ans->r->transport == TRANSPORT_LOCAL) {
		outcome_unsendable(out);
	} else if (ans->r->transport == TRANSPORT_NOT_SENT) {
		out->verdict = VERDICT_DOWN;
		out->down = true;
	} else if (ans->r->transport == TRANSPORT_LOST) {
		out->verdict = VERDICT_UNKNOWN;
		out->sick = !ans->r->timed_out && !ans->r->local;
	} else if (status >= 500) {
		out->verdict = VERDICT_UNKNOWN;
		out->sick = true;
		if (is_overloaded(f) || (status == 503 &&
		    response_header(ans->r, "Retry-After") != NULL)) {
			out->verdict = VERDICT_DOWN;
			out->sick = false;
			rest(ans, out);
		}
	} else if (status >= 400) {
		refused_create(ans, f, out);
	} else if (status >= 300) {
		out->verdict = VERDICT_OTHER;	/* an address that is not the API's */
		out->message = "The upstream's address redirects";
	} else if (f->said && openai_status(ans, f) == 429) {
		refused_create(ans, f, out);
	} else if (f->said) {
		fail(f, NULL, out);		/* it says no, in so many words */
	} else {
		out->verdict = VERDICT_UNKNOWN;
	}
}

/* An id that it gave itself: new-api answers 400. */
static bool
is_gone(const struct openai_answer *ans, const struct openai_failure *f)
{
	return ans->r->status == 404 || ans->r->status == 410 ||
	    strcmp(f->code, "task_not_exist") == 0;
}

/* No answer; a look is harmless. */
static void
unanswered_look(const struct call_response *r, struct outcome *out)
{
	if (r->transport == TRANSPORT_NOT_SENT)
		out->down = true;
	else
		out->sick = !r->too_large && !r->local;
}

/* How often a server may be asked is its own matter, not this job's. */
static void
look_again_later(const struct openai_answer *ans, struct outcome *out)
{
	rest(ans, out);
	out->down = false;
	out->sick = true;
}

/* Whatever it says of one job, the server may be well. */
static void
classify_job(const struct openai_answer *ans, const struct openai_failure *f,
    struct outcome *out)
{
	long status = openai_status(ans, f);

	out->verdict = VERDICT_RETRY;
	out->retry_ms = openai_pause(ans);
	if (ans->r->transport != TRANSPORT_OK) {
		unanswered_look(ans->r, out);
	} else if (status == 401) {
		out->sick = true;
		out->token.verdict = TOKEN_REFUSED;
	} else if (is_gone(ans, f)) {
		out->verdict = VERDICT_GONE;
	} else if (status == 429) {
		look_again_later(ans, out);
	} else if (status == 400 || status == 422) {
		if (ans->attempt >= POLL_REFUSALS)
			fail(f, NULL, out);
	} else {
		out->sick = true;
	}
}

/* "use the url field", as SGLang says whose files are in a cloud. */
static bool
says_url(const struct openai_failure *f)
{
	return f->text != NULL && strcasestr(f->text, "url") != NULL;
}

/* Not a redirect that leads nowhere, an answer without a file, one too large. */
static bool
would_differ(const struct openai_answer *ans, const struct openai_failure *f)
{
	if (ans->r->transport != TRANSPORT_OK)
		return !ans->r->too_large && !ans->r->unusable;
	return ans->r->status == 402 || openai_passes(ans, f);
}

/* A job that is not finished after all. */
static bool
is_still_at_it(const struct openai_answer *ans, const struct openai_failure *f)
{
	return ans->r->status >= 200 && ans->r->status <= 299 &&
	    ans->json != NULL && !f->said;
}

static void
classify_content(const struct openai_answer *ans,
    const struct openai_failure *f, struct outcome *out)
{
	switch (ans->r->transport == TRANSPORT_OK ? ans->r->status : 0) {
	case 401:
	case 403:
		out->verdict = VERDICT_RETRY;
		out->want_url = true;
		return;
	case 400:
		out->verdict = VERDICT_EARLY;
		out->want_url = says_url(f);
		return;
	case 409:
	case 425:
		out->verdict = VERDICT_EARLY;
		return;
	case 404:
	case 410:
		out->verdict = VERDICT_GONE;
		return;
	}
	out->verdict = ans->r->refused ? VERDICT_FAIL
	    : would_differ(ans, f) ? VERDICT_RETRY
	    : is_still_at_it(ans, f) ? VERDICT_EARLY : VERDICT_OTHER;
	out->retry_ms = openai_pause(ans);
}

/* "what: the server's text", or why there is no answer. */
static const char *
log_text(const struct openai_answer *ans, const struct openai_failure *f)
{
	if (ans->r->transport != TRANSPORT_OK)
		return ans->r->reason;
	if (*f->code == '\0' && f->text == NULL)
		return arena_printf(ans->a, ans->json == NULL
		    ? "status %ld, and no JSON" : "status %ld", ans->r->status);
	return arena_printf(ans->a, "status %ld: %s%s%s", ans->r->status,
	    *f->code != '\0' ? text_for_log(ans->in, ans->a, f->code) : "",
	    *f->code != '\0' && f->text != NULL ? ": " : "",
	    f->text != NULL ? f->text : "");
}

void
openai_classify(const struct openai_answer *ans, struct outcome *out)
{
	struct openai_failure f;

	*out = (struct outcome){ 0 };
	out->unreachable = ans->r->transport == TRANSPORT_NOT_SENT &&
	    !ans->r->refused;
	openai_failure(ans, ans->json, &f);
	out->log = log_text(ans, &f);
	switch ((int)ans->in->call) {
	case CALL_CREATE:
		classify_create(ans, &f, out);
		break;
	case CALL_CONTENT:
		classify_content(ans, &f, out);
		break;
	default:
		classify_job(ans, &f, out);
		break;
	}
	if (out->message == NULL && out->verdict == VERDICT_FAIL)
		out->message = "The upstream refused the request";
}
