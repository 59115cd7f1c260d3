/* SPDX-License-Identifier: MIT */
/*
 * reach.c: upstreams that cannot be reached. Such time is no task's fault, and
 * no token's: it is stored with the tasks that wait for it, and does not count.
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
settle(struct pool_token *pt)
{
	struct poller *p = pt->poller;
	int64_t now = poller_clock(p), ms = now - pt->silent_ms;
	struct job *job;
	struct error e;

	if (task_outage(p->store, pt->id, ms, &e) != ERR_OK) {
		log_warn("token %lld: %s", (long long)pt->id, e.text);
		return;
	}
	pt->silent_ms = now;
	TAILQ_FOREACH(job, &pt->jobs, of_token)
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
reach_forget(struct pool_token *pt)
{
	if (pt->silent)
		TAILQ_REMOVE(&pt->poller->silent_tokens, pt, of_silent);
	pt->silent = false;
}

static void
answered(struct pool_token *pt)
{
	struct poller *p = pt->poller;

	p->answered_ms = poller_clock(p);
	if (p->silent)
		settle_queue(p);
	p->silent = false;
	if (!pt->silent)
		return;
	settle(pt);
	reach_forget(pt);
	log_info("token %lld: upstream reachable again", (long long)pt->id);
}

static void
unanswered(struct pool_token *pt, const struct call_response *r)
{
	struct poller *p = pt->poller;
	int64_t now = poller_clock(p);

	if (!p->silent && now - p->answered_ms >= QUIET_MS) {
		p->silent = true;
		p->silent_ms = now;
	}
	if (pt->silent)
		return;
	pt->silent = true;
	TAILQ_INSERT_TAIL(&p->silent_tokens, pt, of_silent);
	pt->silent_ms = now;
	log_warn("token %lld: upstream unreachable, its tasks wait: %s",
	    (long long)pt->id, r->reason != NULL ? r->reason : "no reason");
}

void
reach_note(struct pool_token *pt, const struct call_response *r)
{
	if (r->transport == TRANSPORT_OK || r->too_large)
		answered(pt);
	else if (!r->refused && !r->local)	/* that is our own no */
		unanswered(pt, r);
}

void
reach_store(struct poller *p)
{
	int64_t now = poller_clock(p);
	struct pool_token *pt;

	if (p->silent && now - p->silent_ms >= STORE_MS)
		settle_queue(p);
	TAILQ_FOREACH(pt, &p->silent_tokens, of_silent)
		if (now - pt->silent_ms >= STORE_MS)
			settle(pt);
}
