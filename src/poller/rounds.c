/* SPDX-License-Identifier: MIT */
/*
 * rounds.c: which tokens' lists are read when. Of those that have jobs to look
 * for, the next one due is found without a look at all others.
 */
#include <assert.h>

#include "arena.h"
#include "call.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "refresh.h"
#include "round.h"
#include "round_impl.h"
#include "token_store.h"

#define MOST_A_TURN	64	/* rounds that begin */
#define MAX_READING	160	/* rounds at once: with what is sent, fewer than connections to one host */

bool
round_lists(const struct job *job)
{
	return job->task.step == STEP_POLL || job->task.step == STEP_RESOLVE ||
	    job->task.step == STEP_RECONCILE;
}

static bool
has_work(struct pool_token *pt)
{
	return (pool_token_by_job(pt) ? pt->lost : pt->listed) > 0;
}

void
round_at(struct pool_token *pt, int64_t when)
{
	pt->next_ms = when;
	if (pt->round != NULL)
		return;
	if (has_work(pt))
		heap_set(&pt->poller->rounds, &pt->due, when);
	else
		heap_remove(&pt->poller->rounds, &pt->due);
}

void
round_wake(struct pool_token *pt)
{
	int64_t now = clock_mono_ms();

	if (!heap_has(&pt->due))
		round_at(pt, pt->next_ms > now ? pt->next_ms : now);
}

void
round_pause(struct pool_token *pt)
{
	heap_set(&pt->poller->rounds, &pt->due, clock_mono_ms());
}

struct round *
round_new(struct pool_token *pt)
{
	struct arena *a = arena_new();
	struct round *round = arena_alloc(a, sizeof(*round));
	struct error e;
	enum err rc;

	assert(pt->round == NULL);
	round->arena = a;
	round->started_ms = poller_clock(pt->poller);
	rc = token_load_any(pt->poller->store, pt->id, a, &round->token, &e);
	if (rc == ERR_OK) {
		pt->poller->reading++;
		return pt->round = round;
	}
	if (rc == ERR_NOT_FOUND)
		pool_token_lost(pt, "The account was removed");
	else
		log_error("%s", e.text);
	arena_free(a);
	return NULL;
}

void
round_drop(struct pool_token *pt)
{
	if (pt->round == NULL)
		return;
	upstream_call_cancel(pt->round->call);
	arena_free(pt->round->arena);
	pt->round = NULL;
	pt->poller->reading--;
}

/* Its time has come, or, in a round, what was seen so far is written. */
static void
take(struct pool_token *pt)
{
	if (pt->round != NULL)
		round_continue(pt);
	else if (!has_work(pt))
		return;
	else if (refresh_waits(pt))
		heap_set(&pt->poller->rounds, &pt->due,
		    clock_mono_ms() + LOOK_MS);
	else if (pool_token_by_job(pt))
		relist_start(pt);
	else
		round_start(pt);
}

bool
rounds_run(struct poller *p)
{
	int64_t now = clock_mono_ms();

	for (int taken = 0; taken < MOST_A_TURN; taken++) {
		struct heap_node *n;

		if (p->reading >= MAX_READING ||
		    (n = heap_take(&p->rounds, now)) == NULL)
			return false;
		take(heap_entry(n, struct pool_token, due));
	}
	return true;
}

int64_t
rounds_next(const struct poller *p)
{
	const struct heap_node *n = heap_first(&p->rounds);

	return n == NULL || p->reading >= MAX_READING ? INT64_MAX : n->when;
}
