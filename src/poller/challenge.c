/* SPDX-License-Identifier: MIT */
/*
 * challenge.c: when the upstream wants to see a browser: the operator's solver is
 * asked for credentials, once for all calls that met the challenge.
 */
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "challenge.h"
#include "client.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "site.h"
#include "solver.h"
#include "upstream.h"
#include "xalloc.h"

struct challenge {
	struct solver	*solver;
	struct transfer	*call;
	int		 lock;		/* while `call` is on its way */
	bool		 wanted;	/* new credentials are */
};

struct challenge *
challenge_new(const struct site *site)
{
	struct challenge *c = xcalloc(1, sizeof(*c));

	c->solver = solver_new(site->spool_dir, site->seal);
	return c;
}

const struct solver_credentials *
poller_solver(struct poller *p, struct arena *a)
{
	return solver_current(p->challenge->solver, &p->settings, a);
}

void
challenge_seen(struct poller *p, int64_t sent_ms)
{
	if (!solver_is_on(&p->settings))
		return;
	solver_invalidate(p->challenge->solver, sent_ms);
	p->challenge->wanted = true;
}

bool
challenge_holds(const struct job *job)
{
	return job->challenged && job->poller->challenge->wanted;
}

static void
on_solved(void *arg, const struct call_response *r)
{
	struct poller *p = arg;
	struct arena *a = arena_new();
	struct solver_credentials c;
	struct error e;
	enum err rc;

	p->challenge->call = NULL;
	if ((rc = solver_parse(r, clock_now_ms(), a, &c, &e)) == ERR_OK)
		rc = solver_store(p->challenge->solver, &c, &e);
	if (rc == ERR_OK)
		log_info("solver: new credentials stored");
	else
		log_warn("solver: no new credentials: %s", e.text);
	solver_end(p->challenge->solver, p->challenge->lock, rc, &e);
	p->challenge->wanted = false;
	arena_free(a);
}

static void
ask(struct poller *p, struct arena *a)
{
	struct call_request rq;

	p->challenge->lock = solver_try_begin(p->challenge->solver);
	if (p->challenge->lock == -2)
		p->challenge->wanted = false;
	if (p->challenge->lock < 0)
		return;		/* another process asks */
	solver_build(p->settings.solver_api_url, true, a, &rq);
	p->challenge->call = client_start(p->client, &rq, on_solved, p);
}

void
challenge_continue(struct poller *p)
{
	struct arena *a;

	if (!p->challenge->wanted || p->challenge->call != NULL)
		return;
	a = arena_new();
	if (!solver_is_on(&p->settings) || poller_solver(p, a) != NULL)
		p->challenge->wanted = false;
	else
		ask(p, a);
	arena_free(a);
}

void
challenge_free(struct challenge *c)
{
	if (c->call != NULL) {
		transfer_cancel(c->call);
		close(c->lock);
	}
	solver_free(c->solver);
	free(c);
}
