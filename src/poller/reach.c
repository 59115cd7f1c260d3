/*
 * reach.c: upstreams that cannot be reached. Such time is no task's fault, and
 * no account's: it is stored with the tasks that wait for it, and does not count.
 */
#include "client.h"
#include "log.h"
#include "poller.h"
#include "reach.h"
#include "task_store.h"
#include "upstream.h"

#define STORE_MS	10000	/* between two writes while it lasts */
#define QUIET_MS	15000	/* nobody answered for so long: then none can be reached */

/* Its tasks' clocks are put back by what it was silent since the last time. */
static void
settle(struct account *acc)
{
	struct poller *p = acc->poller;
	int64_t now = poller_clock(p), ms = now - acc->silent_ms;
	struct job *job;
	struct error e;

	if (task_outage(p->store, acc->id, ms, &e) != ERR_OK) {
		log_warn("token %lld: %s", (long long)acc->id, e.text);
		return;
	}
	acc->silent_ms = now;
	TAILQ_FOREACH(job, &acc->jobs, of_account)
		job->task.outage_ms += ms;
}

/* The same for those that wait for a token. */
static void
settle_queue(struct poller *p)
{
	int64_t now = poller_clock(p);
	struct error e;

	if (task_outage(p->store, 0, now - p->silent_ms, &e) != ERR_OK)
		log_warn("%s", e.text);
	else
		p->silent_ms = now;
}

void
reach_forget(struct account *acc)
{
	if (acc->silent)
		TAILQ_REMOVE(&acc->poller->silent_accounts, acc, of_silent);
	acc->silent = false;
}

static void
answered(struct account *acc)
{
	struct poller *p = acc->poller;

	p->answered_ms = poller_clock(p);
	if (p->silent)
		settle_queue(p);
	p->silent = false;
	if (!acc->silent)
		return;
	settle(acc);
	reach_forget(acc);
	log_info("token %lld: upstream reachable again", (long long)acc->id);
}

static void
unanswered(struct account *acc, const struct call_response *r)
{
	struct poller *p = acc->poller;
	int64_t now = poller_clock(p);

	if (!p->silent && now - p->answered_ms >= QUIET_MS) {
		p->silent = true;
		p->silent_ms = now;
	}
	if (acc->silent)
		return;
	acc->silent = true;
	TAILQ_INSERT_TAIL(&p->silent_accounts, acc, of_silent);
	acc->silent_ms = now;
	log_warn("token %lld: upstream unreachable, its tasks wait: %s",
	    (long long)acc->id, r->reason != NULL ? r->reason : "no reason");
}

void
reach_note(struct account *acc, const struct call_response *r)
{
	if (r->transport == TRANSPORT_OK || r->too_large)
		answered(acc);
	else if (!r->refused && !r->local)	/* that is our own no */
		unanswered(acc, r);
}

void
reach_store(struct poller *p)
{
	int64_t now = poller_clock(p);
	struct account *acc;

	if (p->silent && now - p->silent_ms >= STORE_MS)
		settle_queue(p);
	TAILQ_FOREACH(acc, &p->silent_accounts, of_silent)
		if (now - acc->silent_ms >= STORE_MS)
			settle(acc);
}
