/* SPDX-License-Identifier: MIT */
/*
 * refresh.c: renewing access tokens. There is one poller, so a token is never
 * renewed twice at a time; a refresh token that was used is void, so the one that
 * came for it is kept until it is stored.
 */
#include <assert.h>

#include "account.h"
#include "arena.h"
#include "challenge.h"
#include "clock.h"
#include "credential.h"
#include "log.h"
#include "poller.h"
#include "refresh.h"
#include "round.h"
#include "token_store.h"

#define AGAIN_MS	10000	/* after the upstream could not be asked */
#define JUST_MS		60000	/* a token refused so soon after is refused for good */
#define UNCHANGED_S	3600	/* until a session that gave the same token is asked again */
#define FAILED_S	300
#define MAX_AT_ONCE	8
#define CHALLENGE_AGE_MS 30000	/* how long ago the call was sent that met a challenge, at most */

/* Whether refresh_continue is to look after it. */
static void
look_after(struct pool_token *pt, bool wanted)
{
	struct pool_token_list *list = &pt->poller->renewing;

	if (wanted && !pt->renewing)
		TAILQ_INSERT_TAIL(list, pt, of_renewing);
	else if (!wanted && pt->renewing)
		TAILQ_REMOVE(list, pt, of_renewing);
	pt->renewing = wanted;
}

/* Tries again, or stores what is not stored yet, as long as there is a reason to. */
static void
plan(struct pool_token *pt)
{
	look_after(pt, pt->renewed_arena != NULL || pt->refresh_ms != 0);
}

static void
not_before(struct pool_token *pt, int64_t seconds)
{
	struct error e;

	if (token_refresh_after(pt->poller->store, pt->id,
	    clock_now() + seconds, &e) != ERR_OK)
		log_warn("token %lld: %s", (long long)pt->id, e.text);
}

/* The token is as it should be: its jobs go on. */
static void
go_on(struct pool_token *pt)
{
	pt->refused = false;
	pt->refresh_ms = 0;
	round_at(pt, clock_mono_ms());
}

/*
 * Neither session nor refresh token is worth anything. The access token goes on
 * until the upstream refuses it: that its time is over may be a fault of our clock.
 */
static void
give_up(struct pool_token *pt, const char *why)
{
	const struct token_change off = { .verdict = TOKEN_REFUSED };

	not_before(pt, FAILED_S);
	if (pt->refused) {
		pool_token_change(pt, &off);
		pool_token_lost(pt, why);
	} else {
		log_warn("token %lld: %s; next try in %d s",
		    (long long)pt->id, why, FAILED_S);
	}
	pt->refused = false;
}

static void
forget_renewed(struct pool_token *pt)
{
	arena_free(pt->renewed_arena);
	pt->renewed_arena = NULL;
	pt->renewed = (struct token_edit){ 0 };
}

/* What came was stored, but for an access token that another row has. */
static void
stored(struct pool_token *pt)
{
	log_info("token %lld: renewed, new credentials stored",
	    (long long)pt->id);
	if (pt->renewed.token != NULL) {
		pt->renewed_ms = clock_mono_ms();
		go_on(pt);
	} else if (pt->refused) {
		pt->refresh_ms = clock_mono_ms();
	}
	forget_renewed(pt);
	(void)credential_now(pt, &pt->refresh_with);
}

/* Whatever becomes of the access token, the others have replaced those that we have. */
static enum err
store_others(struct pool_token *pt, struct error *e)
{
	pt->renewed.token = NULL;
	pt->renewed.expiry_time = 0;
	return token_edit(pt->poller->store, pt->id, &pt->renewed, e);
}

static void
store_renewed(struct pool_token *pt)
{
	struct error e;
	enum err rc = token_edit(pt->poller->store, pt->id, &pt->renewed,
	    &e);
	bool taken = rc == ERR_CONFLICT && pt->renewed.token != NULL;

	if (taken) {
		log_error("token %lld: renewed, but: %s", (long long)pt->id,
		    e.text);
		rc = store_others(pt, &e);
	}
	if (rc == ERR_UNAVAILABLE) {
		log_warn("token %lld: renewed, but not stored yet, next try in 1 s: %s",
		    (long long)pt->id, e.text);
		return;
	}
	if (rc == ERR_OK) {
		stored(pt);
	} else {
		log_error("token %lld: renewed, but not stored: %s",
		    (long long)pt->id, e.text);
		forget_renewed(pt);
	}
	if (taken || rc != ERR_OK)
		give_up(pt, "Its new access token could not be stored");
}

static bool
brings_news(const struct account_result *r)
{
	return r->verdict == ACCOUNT_OK || r->facts.session_token != NULL ||
	    r->facts.refresh_token != NULL;
}

/*
 * Also when there is no new access token: a session or refresh token that came
 * has made the old one void.
 */
static void
keep_renewed(struct pool_token *pt, const struct account_result *r)
{
	struct arena *a = arena_new();

	assert(pt->renewed_arena == NULL);
	pt->renewed_arena = a;
	pt->renewed = (struct token_edit){
		.token = r->verdict == ACCOUNT_OK
		    ? arena_strdup(a, r->facts.access_token) : NULL,
		.st = arena_strdup(a, r->facts.session_token),
		.rt = arena_strdup(a, r->facts.refresh_token),
		.expiry_time = r->expiry_time,
		.is_active = -1, .image_enabled = -1, .video_enabled = -1,
	};
	store_renewed(pt);
}

/* No new access token came. */
static void
not_renewed(struct pool_token *pt, const struct account_result *r)
{
	log_info("token %lld: access token not renewed: %s", (long long)pt->id,
	    r->log != NULL ? r->log : "no reason");
	switch (r->verdict) {
	case ACCOUNT_OK:
		break;
	case ACCOUNT_UNCHANGED:
		not_before(pt, UNCHANGED_S);
		if (pt->refused)
			give_up(pt, "The account was refused by the upstream");
		break;
	case ACCOUNT_REFUSED:
		give_up(pt, "The account was refused by the upstream");
		break;
	case ACCOUNT_BLOCKED:
	case ACCOUNT_UNREACHABLE:
	case ACCOUNT_TIMEOUT:
		if (pt->refused)
			pt->refresh_ms = clock_mono_ms() + AGAIN_MS;
		else
			not_before(pt, FAILED_S);
		break;
	}
}

void
refresh_told(void *arg, const struct account_result *r)
{
	struct pool_token *pt = arg;

	if (pt->refresh != NULL)
		pt->poller->refreshing--;
	pt->refresh = NULL;
	if (r->challenge)
		challenge_seen(pt->poller, clock_now_ms() - CHALLENGE_AGE_MS);
	if (!credential_is_kept(pt, &pt->refresh_with)) {
		log_info("token %lld: renewal ignored, other credentials were "
		    "stored meanwhile", (long long)pt->id);
		go_on(pt);
	} else {
		if (brings_news(r))
			keep_renewed(pt, r);
		if (r->verdict != ACCOUNT_OK)
			not_renewed(pt, r);
	}
	plan(pt);
}

/*
 * False when there is nothing to renew it with. While a renewed credential waits
 * to be stored, the one that it replaced is not used again.
 */
static bool
start(struct pool_token *pt)
{
	struct poller *p = pt->poller;
	struct arena *a = arena_new();
	struct account_order order = {
		.work = ACCOUNT_REFRESH, .conf = p->conf,
		.solver = poller_solver(p, a),
	};
	struct token t;
	struct error e;
	bool possible;

	if (pt->renewed_arena != NULL || pt->refresh != NULL) {
		arena_free(a);
		return true;
	}
	pt->refresh_ms = 0;
	possible = token_load_any(p->store, pt->id, a, &t, &e) == ERR_OK &&
	    (t.st != NULL || t.rt != NULL);
	if (possible) {
		pt->refresh_with = credential_of(p, &t);
		order.token = &t;
		order.proxy = poller_proxy(p, &t, a);
		pt->refresh = account_start(p->client, &order, refresh_told,
		    pt);
		p->refreshing++;
	}
	arena_free(a);
	return possible;
}

bool
refresh_waits(const struct pool_token *pt)
{
	return pt->refused;
}

bool
refresh_begin(struct pool_token *pt)
{
	if (pt->refused)
		return true;
	if (!pt->poller->settings.at_auto_refresh ||
	    (pt->renewed_ms != 0 &&
	    clock_mono_ms() < pt->renewed_ms + JUST_MS))
		return false;
	if (!start(pt))
		return false;
	pt->refused = true;
	return true;
}

static void
continue_one(struct pool_token *pt, int64_t now)
{
	if (pt->renewed_arena != NULL)
		store_renewed(pt);
	if (pt->renewed_arena != NULL || pt->refresh_ms == 0 ||
	    now < pt->refresh_ms)
		return;
	/* the operator may have given it others meanwhile */
	if (!credential_is_kept(pt, &pt->refresh_with))
		go_on(pt);
	else if (!start(pt))
		give_up(pt, "The account was refused by the upstream");
}

void
refresh_continue(struct poller *p)
{
	int64_t now = clock_mono_ms();
	struct pool_token *pt, *next;

	for (pt = TAILQ_FIRST(&p->renewing); pt != NULL; pt = next) {
		next = TAILQ_NEXT(pt, of_renewing);
		continue_one(pt, now);
		plan(pt);
	}
}

void
refresh_cancel(struct pool_token *pt)
{
	look_after(pt, false);
	if (pt->refresh != NULL)
		pt->poller->refreshing--;
	account_cancel(pt->refresh);
	arena_free(pt->renewed_arena);
}

void
refresh_due(struct poller *p)
{
	struct arena *a;
	struct error e;
	int64_t *ids;
	size_t n;

	if (!p->settings.at_auto_refresh)
		return;
	a = arena_new();
	if (token_ids(p->store, TOKENS_TO_REFRESH, a, &ids, &n, &e) != ERR_OK) {
		log_error("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n && p->refreshing < MAX_AT_ONCE; i++) {
		struct pool_token *pt = pool_token_of(p, ids[i]);

		if (!start(pt))
			give_up(pt, "The access token expires, and there is "
			    "nothing to renew it with");
	}
	/* the rest soon, not only at the next look */
	if (n > MAX_AT_ONCE)
		p->refresh_ms = clock_mono_ms() + AGAIN_MS;
	arena_free(a);
}
