/*
 * rounds.c: which accounts' lists are read when. Of those that have jobs to look
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
has_work(struct account *acc)
{
	return (account_by_job(acc) ? acc->lost : acc->listed) > 0;
}

void
round_at(struct account *acc, int64_t when)
{
	acc->next_ms = when;
	if (acc->round != NULL)
		return;
	if (has_work(acc))
		heap_set(&acc->poller->rounds, &acc->due, when);
	else
		heap_remove(&acc->poller->rounds, &acc->due);
}

void
round_wake(struct account *acc)
{
	int64_t now = clock_mono_ms();

	if (!heap_has(&acc->due))
		round_at(acc, acc->next_ms > now ? acc->next_ms : now);
}

void
round_pause(struct account *acc)
{
	heap_set(&acc->poller->rounds, &acc->due, clock_mono_ms());
}

struct round *
round_new(struct account *acc)
{
	struct arena *a = arena_new();
	struct round *round = arena_alloc(a, sizeof(*round));
	struct error e;
	enum err rc;

	assert(acc->round == NULL);
	round->arena = a;
	round->started_ms = poller_clock(acc->poller);
	rc = token_load_any(acc->poller->store, acc->id, a, &round->token, &e);
	if (rc == ERR_OK) {
		acc->poller->reading++;
		return acc->round = round;
	}
	if (rc == ERR_NOT_FOUND)
		account_lost(acc, "The account was removed");
	else
		log_error("%s", e.text);
	arena_free(a);
	return NULL;
}

void
round_drop(struct account *acc)
{
	if (acc->round == NULL)
		return;
	upstream_call_cancel(acc->round->call);
	arena_free(acc->round->arena);
	acc->round = NULL;
	acc->poller->reading--;
}

/* Its time has come, or, in a round, what was seen so far is written. */
static void
take(struct account *acc)
{
	if (acc->round != NULL)
		round_continue(acc);
	else if (!has_work(acc))
		return;
	else if (refresh_waits(acc))
		heap_set(&acc->poller->rounds, &acc->due,
		    clock_mono_ms() + LOOK_MS);
	else if (account_by_job(acc))
		relist_start(acc);
	else
		round_start(acc);
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
		take(heap_entry(n, struct account, due));
	}
	return true;
}

int64_t
rounds_next(const struct poller *p)
{
	const struct heap_node *n = heap_first(&p->rounds);

	return n == NULL || p->reading >= MAX_READING ? INT64_MAX : n->when;
}
