/* quota.c: how many videos an account has left. */
#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "log.h"
#include "poller.h"

#define MAX_AT_ONCE	32
#define AGAIN_MS	60000	/* after it could not be read */

/* A cooldown that has passed ends when there are videos again. */
static void
change_of(const struct quota *quota, struct token_change *out)
{
	step_quota(quota, clock_now(), out);
	if (quota->known && out->sora2_cooldown_until == 0 &&
	    quota->remaining != 0)
		out->sora2_cooldown_until = -1;
}

static void
on_quota(void *arg, const struct call_response *r)
{
	struct account *acc = arg;
	struct arena *a = arena_new();
	struct outcome o = { 0 };
	struct token token;
	struct call_input in = {
		.call = CALL_QUOTA, .conf = acc->poller->conf, .token = &token
	};
	struct error e;

	acc->quota_transfer = NULL;
	acc->poller->asking--;
	if (token_load_any(acc->poller->store, acc->id, a, &token, &e) != ERR_OK)
		goto out;
	provider_parse(provider_find(token.provider), &in, r, 0,
		    clock_now(), a, &o);
	if (o.challenge)
		challenge_seen(acc->poller, clock_now_ms() - r->elapsed_ms);
	credential_judges(acc, &acc->quota_with, &o);
	if (o.verdict != VERDICT_OK || !o.quota.known) {
		log_info("token %lld: its quota could not be read: %s",
		    (long long)acc->id, o.log != NULL ? o.log : "no reason");
		acc->quota_ms = clock_mono_ms() + AGAIN_MS;
	}
	if (o.verdict == VERDICT_OK)
		change_of(&o.quota, &o.token);
	account_change(acc, &o.token);
out:
	arena_free(a);
}

static void
read_quota(struct account *acc)
{
	struct poller *p = acc->poller;
	struct arena *a = arena_new();
	struct call_request request = { 0 };
	struct token token;
	struct call_input in = {
		.call = CALL_QUOTA, .conf = p->conf, .token = &token,
		.solver = poller_solver(p, a),
	};
	struct error e;

	acc->quota_ms = 0;
	if (token_load_any(p->store, acc->id, a, &token, &e) == ERR_OK &&
	    provider_build(provider_find(token.provider), &in, a,
	    &request, &e)
	    == ERR_OK) {
		request.proxy = poller_proxy(p, &token, a);
		acc->quota_with = credential_of(p, &token);
		acc->quota_transfer = client_start(p->client, &request,
		    on_quota, acc);
		p->asking++;
	}
	arena_free(a);
}

void
quota_start(struct poller *p)
{
	int64_t now = clock_mono_ms(), *ids;
	struct arena *a = arena_new();
	struct error e;
	size_t n;

	if (token_quota_due(p->store, a, &ids, &n, &e) != ERR_OK) {
		log_error("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		struct account *acc = account_of(p, ids[i]);

		if (acc->quota_transfer == NULL && acc->quota_ms == 0)
			acc->quota_ms = now;
	}
	/* the cooldowns of a large pool end together: the rest follows */
	for (size_t i = 0; i < p->n_accounts && p->asking < MAX_AT_ONCE; i++) {
		struct account *acc = p->accounts[i];

		if (acc->quota_ms != 0 && acc->quota_ms <= now &&
		    acc->quota_transfer == NULL)
			read_quota(acc);
	}
	arena_free(a);
}
