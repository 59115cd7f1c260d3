/* SPDX-License-Identifier: MIT */
/* account_read.c: what the upstream says of an account. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "sora.h"
#include "upstream/client/text.h"

#define NAME_MAX_BYTES	255
#define SECRET_MAX	16384		/* an access token has about 2000 characters */
#define LAST_TIME	253402300799.0	/* the year 9999 ends */
#define MOST_INVITES	1e9
#define SESSION_COOKIE	"__Secure-next-auth.session-token="

/* ---- members ---- */

/* A string of one line, not blank, as it came; unlike sora_member_text it may look like a credential. */
static const char *
member_line(struct arena *a, const cJSON *object, const char *key)
{
	const char *s = json_string(object, key);

	if (s == NULL || strlen(s) > NAME_MAX_BYTES ||
	    s[strspn(s, " ")] == '\0')
		return NULL;
	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return NULL;
	return arena_strdup(a, s);
}

static bool
is_secret(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f)
			return false;
	return len > 0 && len <= SECRET_MAX;
}

static const char *
member_secret(struct arena *a, const cJSON *object, const char *key)
{
	const char *s = json_string(object, key);

	return s != NULL && is_secret(s, strlen(s)) ? arena_strdup(a, s) : NULL;
}

/* A time may be a number in a string, too. */
static int64_t
member_time(const cJSON *object, const char *key)
{
	const char *s = json_string(object, key);
	double n;

	if (s == NULL || *s == '\0' || strspn(s, "0123456789.") != strlen(s))
		return sora_member_time(object, key);
	n = strtod(s, NULL);
	return n <= LAST_TIME ? (int64_t)n : 0;
}

static bool
is_good(const struct sora_answer *ans)
{
	return ans->r->status >= 200 && ans->r->status <= 299;
}

/* ---- who it is, what it may ---- */

static bool
read_me(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (!is_good(ans))
		return false;
	f->email = member_line(ans->a, ans->json, "email");
	f->name = member_line(ans->a, ans->json, "name");
	f->username = sora_member_id(ans->a, ans->json, "username");
	f->has_me = f->email != NULL || f->username != NULL ||
	    json_string(ans->json, "id") != NULL;
	return f->has_me;
}

static bool
read_subscription(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;
	const cJSON *list = json_get(ans->json, "data");
	const cJSON *first, *plan;

	if (!is_good(ans) || !cJSON_IsArray(list))
		return false;
	f->has_plan = true;
	if ((first = cJSON_GetArrayItem(list, 0)) == NULL)
		return true;
	plan = json_get(first, "plan");
	f->plan_type = member_line(ans->a, plan, "id");
	f->plan_title = member_line(ans->a, plan, "title");
	f->subscription_end = member_time(first, "end_ts");
	return true;
}

static int
member_count(const cJSON *object, const char *key)
{
	return (int)sora_member_number(object, key, 0, MOST_INVITES, 0);
}

static bool
is_bad_token(const struct sora_answer *ans)
{
	return sora_has_code(ans, "token_invalidated") ||
	    sora_has_code(ans, "token_expired") ||
	    sora_has_code(ans, "invalid_jwt");
}

/* An account that was never used says only that it is not authorised. */
static bool
is_asleep(const struct sora_answer *ans)
{
	const char *s = sora_message(ans);

	return ans->r->status == 401 && !is_bad_token(ans) && s != NULL &&
	    strcasestr(s, "unauthorized") != NULL;
}

static bool
read_invite_mine(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (is_good(ans) && cJSON_IsObject(ans->json)) {
		f->has_sora2 = true;
		f->sora2_supported = 1;
		f->invite_code = sora_member_id(ans->a, ans->json,
		    "invite_code");
		f->redeemed_count = member_count(ans->json, "redeemed_count");
		f->total_count = member_count(ans->json, "total_count");
		return json_get(ans->json, "error") == NULL;
	}
	if (!is_asleep(ans))
		return false;
	f->bootstrap = !ans->in->bootstrapped;
	f->has_sora2 = ans->in->bootstrapped;
	return true;
}

static bool
read_invite_accept(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (!is_good(ans) || !cJSON_IsObject(ans->json) ||
	    json_get(ans->json, "error") != NULL)
		return false;
	f->already_accepted = json_bool(ans->json, "already_accepted");
	f->success = f->already_accepted || json_bool(ans->json, "success");
	return true;
}

/* ---- its name ---- */

/* The upstream, which speaks JSON, does not like this name; another may do. */
static bool
is_about_the_name(const struct sora_answer *ans)
{
	long status = ans->r->status;

	if (ans->json == NULL || sora_has_code(ans, "heavy_load") ||
	    sora_has_code(ans, "unsupported_country_code"))
		return false;
	return status == 400 || status == 403 || status == 409 || status == 422;
}

static bool
read_username_check(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (is_about_the_name(ans))
		return true;
	f->available = json_bool(ans->json, "available");
	return is_good(ans) && json_get(ans->json, "available") != NULL;
}

static bool
read_username_set(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (ans->r->status == 404 && !ans->in->old_paths) {
		out->verdict = VERDICT_OLD_PATHS;
		out->log = "HTTP 404: another path for names";
		return true;
	}
	if (is_about_the_name(ans))
		return true;
	if (!is_good(ans) || !cJSON_IsObject(ans->json) ||
	    json_get(ans->json, "error") != NULL)
		return false;
	f->success = true;
	if ((f->username = sora_member_id(ans->a, ans->json, "username")) == NULL)
		f->username = arena_strdup(ans->a, ans->in->username);
	return true;
}

/* ---- access tokens ---- */

/* A credential is not worth anything any more, which upstream says with a good status. */
static bool
dead(struct outcome *out, const char *message)
{
	out->verdict = VERDICT_FAIL;
	out->message = message;
	out->log = "HTTP 200: no access token";
	return true;
}

/* A session may be renewed on the way (RFC 6265, section 4.1). */
static const char *
renewed_session(const struct sora_answer *ans)
{
	const struct call_response *r = ans->r;
	size_t skip = strlen(SESSION_COOKIE), len;

	for (size_t i = 0; i < r->n_headers; i++) {
		const char *value = r->headers[i].value;

		if (strcasecmp(r->headers[i].name, "Set-Cookie") != 0 ||
		    strncmp(value, SESSION_COOKIE, skip) != 0)
			continue;
		value += skip;
		len = strcspn(value, "; \t");
		if (is_secret(value, len))
			return arena_strndup(ans->a, value, len);
	}
	return NULL;
}

static bool
is_blank(const struct call_response *r)
{
	return r->body[strspn(r->body, " \t\r\n")] == '\0';
}

static bool
read_session(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (!is_good(ans) || (ans->json == NULL && !is_blank(ans->r)) ||
	    (ans->json != NULL && !cJSON_IsObject(ans->json) &&
	    !cJSON_IsNull(ans->json)))
		return false;
	f->access_token = member_secret(ans->a, ans->json, "accessToken");
	if (f->access_token == NULL)
		return dead(out, "The session token is not valid any more");
	f->email = member_line(ans->a, json_get(ans->json, "user"), "email");
	f->session_expires = member_line(ans->a, ans->json, "expires");
	f->session_token = renewed_session(ans);
	return true;
}

static bool
read_oauth(const struct sora_answer *ans, struct outcome *out)
{
	struct account_facts *f = &out->facts;

	if (!is_good(ans) || !cJSON_IsObject(ans->json))
		return false;
	f->access_token = member_secret(ans->a, ans->json, "access_token");
	if (f->access_token == NULL)
		return dead(out, "The upstream gave no access token for the "
		    "refresh token");
	f->refresh_token = member_secret(ans->a, ans->json, "refresh_token");
	f->expires_in = (int64_t)sora_member_number(ans->json, "expires_in", 0,
	    1e9, 0);
	return true;
}

static bool
read_bootstrap(const struct sora_answer *ans, struct outcome *out UNUSED)
{
	return is_good(ans);
}

bool
sora_account_read(const struct sora_answer *ans, struct outcome *out)
{
	static bool (*const readers[])(const struct sora_answer *,
	    struct outcome *) = {
		[CALL_ME] = read_me,
		[CALL_SUBSCRIPTION] = read_subscription,
		[CALL_INVITE_MINE] = read_invite_mine,
		[CALL_BOOTSTRAP] = read_bootstrap,
		[CALL_INVITE_ACCEPT] = read_invite_accept,
		[CALL_USERNAME_CHECK] = read_username_check,
		[CALL_USERNAME_SET] = read_username_set,
		[CALL_CAMEO_UPDATE] = sora_read_cameo,
		[CALL_SESSION] = read_session,
		[CALL_OAUTH] = read_oauth,
	};

	assert(call_facet(ans->in->call) == FACET_ACCOUNT);
	return readers[ans->in->call](ans, out);
}

/* ---- failures ---- */

/* A definite no of the upstream itself, not of something in between, nor for now. */
static bool
is_refusal(const struct sora_answer *ans, const struct outcome *out)
{
	static const long passing[] = { 407, 408, 425, 429, 451 };
	long status = ans->r->status;

	if (ans->r->transport != TRANSPORT_OK || ans->json == NULL ||
	    status < 400 || status > 499 || out->challenge ||
	    out->country != NULL || out->verdict == VERDICT_RETRY)
		return false;
	for (size_t i = 0; i < NELEM(passing); i++)
		if (status == passing[i])
			return false;
	return true;
}

static const char *
failure_text(const struct sora_answer *ans, const char *text,
    const struct outcome *out)
{
	if (ans->r->transport != TRANSPORT_OK)
		return ans->r->timed_out ? "The upstream did not answer in time" :
		    arena_printf(ans->a, "The upstream could not be reached: "
		    "%s", ans->r->reason != NULL ? ans->r->reason : "");
	if (out->challenge)
		return "The upstream answered with a challenge page";
	if (text != NULL && !text_leaks(text))	/* an administrator has to know */
		return text;
	return arena_printf(ans->a, "The upstream answered with status %ld",
	    ans->r->status);
}

/* An account without an answer of its own is taken for one that may not, unless it is known that it may. */
static void
doubt_sora2(const struct sora_answer *ans, struct outcome *out)
{
	if (ans->in->call != CALL_INVITE_MINE || out->verdict != VERDICT_FAIL)
		return;
	out->facts.has_sora2 = ans->in->bootstrapped ||
	    ans->in->token->sora2_supported != 1;
}

void
sora_account_failed(const struct sora_answer *ans, const char *text,
    struct outcome *out)
{
	bool own = ans->in->call != CALL_SESSION && ans->in->call != CALL_OAUTH;

	out->message = failure_text(ans, text, out);
	/* these calls are not made with the access token, so they do not judge it */
	if (!own)
		out->token = (struct token_change){ 0 };
	/* a 401 is about the token, if not about us */
	if (is_refusal(ans, out) && !(own && ans->r->status == 401))
		out->verdict = VERDICT_FAIL;
	doubt_sora2(ans, out);
}
