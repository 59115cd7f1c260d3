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
look_after(struct account *acc, bool wanted)
{
	struct account_list *list = &acc->poller->renewing;

	if (wanted && !acc->renewing)
		TAILQ_INSERT_TAIL(list, acc, of_renewing);
	else if (!wanted && acc->renewing)
		TAILQ_REMOVE(list, acc, of_renewing);
	acc->renewing = wanted;
}

/* Tries again, or stores what is not stored yet, as long as there is a reason to. */
static void
plan(struct account *acc)
{
	look_after(acc, acc->renewed_arena != NULL || acc->refresh_ms != 0);
}

static void
not_before(struct account *acc, int64_t seconds)
{
	struct error e;

	if (token_refresh_after(acc->poller->store, acc->id,
	    clock_now() + seconds, &e) != ERR_OK)
		log_warn("token %lld: %s", (long long)acc->id, e.text);
}

/* The account is as it should be: its jobs go on. */
static void
go_on(struct account *acc)
{
	acc->refused = false;
	acc->refresh_ms = 0;
	round_at(acc, clock_mono_ms());
}

/*
 * Neither session nor refresh token is worth anything. The access token goes on
 * until the upstream refuses it: that its time is over may be a fault of our clock.
 */
static void
give_up(struct account *acc, const char *why)
{
	const struct token_change off = { .verdict = TOKEN_REFUSED };

	not_before(acc, FAILED_S);
	if (acc->refused) {
		account_change(acc, &off);
		account_lost(acc, why);
	} else {
		log_warn("token %lld: %s; next try in %d s",
		    (long long)acc->id, why, FAILED_S);
	}
	acc->refused = false;
}

static void
forget_renewed(struct account *acc)
{
	arena_free(acc->renewed_arena);
	acc->renewed_arena = NULL;
	acc->renewed = (struct token_edit){ 0 };
}

/* What came was stored, but for an access token that another row has. */
static void
stored(struct account *acc)
{
	log_info("token %lld: renewed, new credentials stored",
	    (long long)acc->id);
	if (acc->renewed.token != NULL) {
		acc->renewed_ms = clock_mono_ms();
		go_on(acc);
	} else if (acc->refused) {
		acc->refresh_ms = clock_mono_ms();
	}
	forget_renewed(acc);
	(void)credential_now(acc, &acc->refresh_with);
}

/* Whatever becomes of the access token, the others have replaced those that we have. */
static enum err
store_others(struct account *acc, struct error *e)
{
	acc->renewed.token = NULL;
	acc->renewed.expiry_time = 0;
	return token_edit(acc->poller->store, acc->id, &acc->renewed, e);
}

static void
store_renewed(struct account *acc)
{
	struct error e;
	enum err rc = token_edit(acc->poller->store, acc->id, &acc->renewed,
	    &e);
	bool taken = rc == ERR_CONFLICT && acc->renewed.token != NULL;

	if (taken) {
		log_error("token %lld: renewed, but: %s", (long long)acc->id,
		    e.text);
		rc = store_others(acc, &e);
	}
	if (rc == ERR_UNAVAILABLE) {
		log_warn("token %lld: renewed, but not stored yet, next try in 1 s: %s",
		    (long long)acc->id, e.text);
		return;
	}
	if (rc == ERR_OK) {
		stored(acc);
	} else {
		log_error("token %lld: renewed, but not stored: %s",
		    (long long)acc->id, e.text);
		forget_renewed(acc);
	}
	if (taken || rc != ERR_OK)
		give_up(acc, "Its new access token could not be stored");
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
keep_renewed(struct account *acc, const struct account_result *r)
{
	struct arena *a = arena_new();

	assert(acc->renewed_arena == NULL);
	acc->renewed_arena = a;
	acc->renewed = (struct token_edit){
		.token = r->verdict == ACCOUNT_OK
		    ? arena_strdup(a, r->facts.access_token) : NULL,
		.st = arena_strdup(a, r->facts.session_token),
		.rt = arena_strdup(a, r->facts.refresh_token),
		.expiry_time = r->expiry_time,
		.is_active = -1, .image_enabled = -1, .video_enabled = -1,
	};
	store_renewed(acc);
}

/* No new access token came. */
static void
not_renewed(struct account *acc, const struct account_result *r)
{
	log_info("token %lld: access token not renewed: %s", (long long)acc->id,
	    r->log != NULL ? r->log : "no reason");
	switch (r->verdict) {
	case ACCOUNT_OK:
		break;
	case ACCOUNT_UNCHANGED:
		not_before(acc, UNCHANGED_S);
		if (acc->refused)
			give_up(acc, "The account was refused by the upstream");
		break;
	case ACCOUNT_REFUSED:
		give_up(acc, "The account was refused by the upstream");
		break;
	case ACCOUNT_BLOCKED:
	case ACCOUNT_UNREACHABLE:
	case ACCOUNT_TIMEOUT:
		if (acc->refused)
			acc->refresh_ms = clock_mono_ms() + AGAIN_MS;
		else
			not_before(acc, FAILED_S);
		break;
	}
}

void
refresh_told(void *arg, const struct account_result *r)
{
	struct account *acc = arg;

	if (acc->refresh != NULL)
		acc->poller->refreshing--;
	acc->refresh = NULL;
	if (r->challenge)
		challenge_seen(acc->poller, clock_now_ms() - CHALLENGE_AGE_MS);
	if (!credential_is_kept(acc, &acc->refresh_with)) {
		log_info("token %lld: renewal ignored, other credentials were "
		    "stored meanwhile", (long long)acc->id);
		go_on(acc);
	} else {
		if (brings_news(r))
			keep_renewed(acc, r);
		if (r->verdict != ACCOUNT_OK)
			not_renewed(acc, r);
	}
	plan(acc);
}

/*
 * False when there is nothing to renew it with. While a renewed credential waits
 * to be stored, the one that it replaced is not used again.
 */
static bool
start(struct account *acc)
{
	struct poller *p = acc->poller;
	struct arena *a = arena_new();
	struct account_order order = {
		.work = ACCOUNT_REFRESH, .conf = p->conf,
		.solver = poller_solver(p, a),
	};
	struct token t;
	struct error e;
	bool possible;

	if (acc->renewed_arena != NULL || acc->refresh != NULL) {
		arena_free(a);
		return true;
	}
	acc->refresh_ms = 0;
	possible = token_load_any(p->store, acc->id, a, &t, &e) == ERR_OK &&
	    (t.st != NULL || t.rt != NULL);
	if (possible) {
		acc->refresh_with = credential_of(p, &t);
		order.token = &t;
		order.proxy = poller_proxy(p, &t, a);
		acc->refresh = account_start(p->client, &order, refresh_told,
		    acc);
		p->refreshing++;
	}
	arena_free(a);
	return possible;
}

bool
refresh_waits(const struct account *acc)
{
	return acc->refused;
}

bool
refresh_begin(struct account *acc)
{
	if (acc->refused)
		return true;
	if (!acc->poller->settings.at_auto_refresh ||
	    (acc->renewed_ms != 0 &&
	    clock_mono_ms() < acc->renewed_ms + JUST_MS))
		return false;
	if (!start(acc))
		return false;
	acc->refused = true;
	return true;
}

static void
continue_one(struct account *acc, int64_t now)
{
	if (acc->renewed_arena != NULL)
		store_renewed(acc);
	if (acc->renewed_arena != NULL || acc->refresh_ms == 0 ||
	    now < acc->refresh_ms)
		return;
	/* the operator may have given it others meanwhile */
	if (!credential_is_kept(acc, &acc->refresh_with))
		go_on(acc);
	else if (!start(acc))
		give_up(acc, "The account was refused by the upstream");
}

void
refresh_continue(struct poller *p)
{
	int64_t now = clock_mono_ms();
	struct account *acc, *next;

	for (acc = TAILQ_FIRST(&p->renewing); acc != NULL; acc = next) {
		next = TAILQ_NEXT(acc, of_renewing);
		continue_one(acc, now);
		plan(acc);
	}
}

void
refresh_cancel(struct account *acc)
{
	look_after(acc, false);
	if (acc->refresh != NULL)
		acc->poller->refreshing--;
	account_cancel(acc->refresh);
	arena_free(acc->renewed_arena);
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
		struct account *acc = account_of(p, ids[i]);

		if (!start(acc))
			give_up(acc, "The access token expires, and there is "
			    "nothing to renew it with");
	}
	/* the rest soon, not only at the next look */
	if (n > MAX_AT_ONCE)
		p->refresh_ms = clock_mono_ms() + AGAIN_MS;
	arena_free(a);
}
