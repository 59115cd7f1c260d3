/* quota.c: how many videos an account has left. */
#include "arena.h"
#include "call.h"
#include "clock.h"
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
on_quota(void *arg, struct call_answer *answer)
{
	struct account *acc = arg;
	struct outcome *o = &answer->outcome;

	acc->quota_call = NULL;
	acc->poller->asking--;
	if (o->verdict != VERDICT_OK || !o->quota.known) {
		log_info("token %lld: its quota could not be read, next try in "
		    "%d s: %s", (long long)acc->id, AGAIN_MS / 1000,
		    o->log != NULL ? o->log : "no reason");
		acc->quota_ms = clock_mono_ms() + AGAIN_MS;
	}
	if (o->verdict == VERDICT_OK)
		change_of(&o->quota, &o->token);
	account_change(acc, &o->token);
}

static void
read_quota(struct account *acc)
{
	struct poller *p = acc->poller;
	const struct call_input in = { .call = CALL_QUOTA };
	struct error e;

	acc->quota_ms = 0;
	acc->quota_call = upstream_call(p, acc->id, &in, NULL, on_quota, acc,
	    &e);
	if (acc->quota_call != NULL)
		p->asking++;
}

void
quota_cancel(struct account *acc)
{
	if (acc->quota_call == NULL)
		return;
	upstream_call_cancel(acc->quota_call);
	acc->quota_call = NULL;
	acc->poller->asking--;
}

void
quota_want(struct account *acc)
{
	const struct provider *provider = account_provider(acc);

	if (acc->quota_ms == 0 && provider != NULL && provider->has_quota)
		acc->quota_ms = clock_mono_ms() + 1;
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

		if (acc->quota_call == NULL && acc->quota_ms == 0)
			acc->quota_ms = now;
	}
	/* the cooldowns of a large pool end together: the rest follows */
	for (size_t i = 0; i < p->n_accounts && p->asking < MAX_AT_ONCE; i++) {
		struct account *acc = p->accounts[i];

		if (acc->quota_ms != 0 && acc->quota_ms <= now &&
		    acc->quota_call == NULL)
			read_quota(acc);
	}
	arena_free(a);
}
