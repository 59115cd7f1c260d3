/* SPDX-License-Identifier: MIT */
/* quota.c: how many videos a token has left. */
#include "arena.h"
#include "call.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "quota.h"
#include "step.h"
#include "task_store.h"

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
	struct pool_token *pt = arg;
	struct outcome *o = &answer->outcome;

	pt->quota_call = NULL;
	pt->poller->asking--;
	if (o->verdict != VERDICT_OK || !o->quota.known) {
		log_info("token %lld: its quota could not be read, next try in "
		    "%d s: %s", (long long)pt->id, AGAIN_MS / 1000,
		    o->log != NULL ? o->log : "no reason");
		heap_set(&pt->poller->quotas, &pt->quota_due,
		    clock_mono_ms() + AGAIN_MS);
	}
	if (o->verdict == VERDICT_OK)
		change_of(&o->quota, &o->token);
	pool_token_change(pt, &o->token);
}

static void
read_quota(struct pool_token *pt)
{
	struct poller *p = pt->poller;
	const struct call_input in = { .call = CALL_QUOTA };
	struct error e;

	pt->quota_call = upstream_call(p, pt->id, &in, NULL, on_quota, pt,
	    &e);
	if (pt->quota_call != NULL)
		p->asking++;
}

void
quota_cancel(struct pool_token *pt)
{
	heap_remove(&pt->poller->quotas, &pt->quota_due);
	if (pt->quota_call == NULL)
		return;
	upstream_call_cancel(pt->quota_call);
	pt->quota_call = NULL;
	pt->poller->asking--;
}

/* At once, unless it is due at some time, or being read. */
static void
want(struct pool_token *pt, int64_t now)
{
	if (pt->quota_call == NULL && !heap_has(&pt->quota_due))
		heap_set(&pt->poller->quotas, &pt->quota_due, now);
}

void
quota_want(struct pool_token *pt)
{
	const struct provider *provider = pool_token_provider(pt);

	if (provider != NULL && provider->facts.has_quota)
		want(pt, clock_mono_ms());
}

void
quota_start(struct poller *p)
{
	int64_t now = clock_mono_ms(), *ids;
	struct arena *a = arena_new();
	struct heap_node *node;
	struct error e;
	size_t n;

	if (token_quota_due(p->store, a, &ids, &n, &e) != ERR_OK) {
		log_error("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		want(pool_token_of(p, ids[i]), now);
	arena_free(a);
	/* the cooldowns of a large pool end together: the rest follows */
	while (p->asking < MAX_AT_ONCE &&
	    (node = heap_take(&p->quotas, now)) != NULL)
		read_quota(heap_entry(node, struct pool_token, quota_due));
}
