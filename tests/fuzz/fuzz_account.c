/* SPDX-License-Identifier: MIT */
/*
 * fuzz_account.c: any bytes as an answer about an account.
 *
 * The first byte picks the call, and with its high bits whether the account
 * was woken before and whether a cookie comes along, which is the first line of
 * the rest; the second byte picks the status.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "conf.h"
#include "fuzz.h"
#include "json.h"
#include "provider.h"

#define NOW	1774688900

static const long statuses[] = { 200, 201, 204, 302, 400, 401, 403, 404, 408,
	409, 422, 429, 451, 500, 503 };

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_line(const char *s, size_t max)
{
	if (s == NULL)
		return;
	need(*s != '\0' && strlen(s) <= max);
	need(utf8_count(s, strlen(s)) >= 0);
	for (; *s != '\0'; s++)
		need((unsigned char)*s >= ' ' && *s != 0x7f);
}

static void
check_facts(enum call call, const struct outcome *o)
{
	const struct account_facts *f = &o->facts;
	bool tokens = call == CALL_SESSION || call == CALL_OAUTH;

	check_line(f->email, 255);
	check_line(f->name, 255);
	check_line(f->username, 200);
	check_line(f->plan_type, 255);
	check_line(f->plan_title, 255);
	check_line(f->invite_code, 200);
	check_line(f->access_token, 16384);
	check_line(f->refresh_token, 16384);
	check_line(f->session_token, 16384);
	check_line(f->session_expires, 255);
	need(f->subscription_end >= 0 && f->subscription_end < 253402300800);
	need(f->redeemed_count >= 0 && f->total_count >= 0);
	need(f->expires_in >= 0);
	need(tokens == (f->access_token != NULL) || o->verdict != VERDICT_OK);
	need(call != CALL_ME || f->has_me == (o->verdict == VERDICT_OK));
	need(!f->has_sora2 || !f->bootstrap);
	need(!tokens || o->token.verdict == TOKEN_FINE);
}

static void
run(const uint8_t *data, size_t len, struct arena *a)
{
	static const struct conf conf = { .sora_base_url = "http://u/backend",
	    .sora_share_url = "http://u", .sora_max_retries = 3 };
	static const struct token token = { .id = 1, .token = "tok-1",
	    .st = "st-1", .rt = "rt-1", .sora2_supported = -1 };
	char *body = arena_strndup(a, (const char *)data + 2, len - 2);
	struct header header = { "Set-Cookie",
	    arena_strndup(a, body, strcspn(body, "\n")) };
	struct call_input in = { .conf = &conf, .token = &token,
	    .username = "lina", .bootstrapped = (data[0] & 0x80) != 0,
	    .call = CALL_ME + (data[0] & 0x3f) % (CALL_OAUTH - CALL_ME + 1) };
	struct call_response r = { .status = statuses[data[1] % NELEM(statuses)],
	    .body = body, .body_len = len - 2, .headers = &header,
	    .n_headers = (data[0] & 0x40) != 0 };
	struct outcome o;

	provider_parse(&provider_sora, &in, &r, 0, NOW, a, &o);
	need(o.verdict == VERDICT_OK || o.verdict == VERDICT_OLD_PATHS ||
	    (o.message != NULL && o.log != NULL));
	check_line(o.message, 600);
	check_line(o.log, 1200);
	check_facts(in.call, &o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();

	if (len >= 2)
		run(data, len, a);
	arena_free(a);
	return 0;
}
