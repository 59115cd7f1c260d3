/* SPDX-License-Identifier: MIT */
/* error.c: what an answer means that is not what was asked for. */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "number.h"
#include "openai.h"
#include "upstream/client/text.h"

#define POLL_REFUSALS	3		/* answers 400 or 422 that may be an accident */
#define MOST_REST	600		/* s, whatever the server wishes */
#define QUOTA_REST	300		/* s; a balance does not come back by itself */

/* The token rests for as long as the server says, or as the poller finds. */
static void
rest(const struct openai_answer *ans, struct outcome *out)
{
	int64_t ms = openai_wish(ans);

	out->down = true;
	if (ms > 0)
		out->token.cooled_until = ans->now + (ms + 999) / 1000;
	if (out->token.cooled_until > ans->now + MOST_REST)
		out->token.cooled_until = ans->now + MOST_REST;
}

static bool
is_overloaded(const struct openai_failure *f)
{
	static const char *const codes[] = { "overload", "queue_full",
	    "rate_limit", "too_many_requests", "capacity" };

	return openai_has_word(f->code, codes, NELEM(codes));
}

static bool
is_quota(const struct openai_failure *f)
{
	static const char *const codes[] = { "quota", "balance", "billing",
	    "credit", "insufficient", "arrear" };

	return openai_has_word(f->code, codes, NELEM(codes)) ||
	    (f->text != NULL && openai_has_word(f->text, codes, 4));
}

long
openai_status(const struct openai_answer *ans, const struct openai_failure *f)
{
	return f->said && ans->r->status <= 299
	    ? (long)number_or(f->code, 400, 599, ans->r->status)
	    : ans->r->status;
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
		outcome_unsendable(ans->r, out);
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
