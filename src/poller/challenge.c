/*
 * challenge.c: when the upstream wants to see a browser: the operator's solver is
 * asked for credentials, once for all calls that met the challenge.
 */
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "solver.h"

const struct solver_credentials *
poller_solver(struct poller *p, struct arena *a)
{
	return solver_current(p->solver, &p->settings, a);
}

void
challenge_seen(struct poller *p, int64_t sent_ms)
{
	if (!solver_is_on(&p->settings))
		return;
	solver_invalidate(p->solver, sent_ms);
	p->challenged = true;
}

bool
challenge_holds(const struct job *job)
{
	return job->challenged && job->poller->challenged;
}

static void
on_solved(void *arg, const struct call_response *r)
{
	struct poller *p = arg;
	struct arena *a = arena_new();
	struct solver_credentials c;
	struct error e;
	enum err rc;

	p->solver_call = NULL;
	if ((rc = solver_parse(r, clock_now_ms(), a, &c, &e)) == ERR_OK)
		rc = solver_store(p->solver, &c, &e);
	if (rc == ERR_OK)
		log_info("the solver gave new credentials");
	else
		log_warn("no new credentials: %s", e.text);
	solver_end(p->solver, p->solver_lock, rc, &e);
	p->challenged = false;
	arena_free(a);
}

static void
ask(struct poller *p, struct arena *a)
{
	struct call_request rq;

	p->solver_lock = solver_try_begin(p->solver);
	if (p->solver_lock == -2)
		p->challenged = false;
	if (p->solver_lock < 0)
		return;		/* another process asks */
	solver_build(p->settings.solver_api_url, true, a, &rq);
	p->solver_call = client_start(p->client, &rq, on_solved, p);
}

void
challenge_continue(struct poller *p)
{
	struct arena *a;

	if (!p->challenged || p->solver_call != NULL)
		return;
	a = arena_new();
	if (!solver_is_on(&p->settings) || poller_solver(p, a) != NULL)
		p->challenged = false;
	else
		ask(p, a);
	arena_free(a);
}

void
challenge_stop(struct poller *p)
{
	if (p->solver_call == NULL)
		return;
	transfer_cancel(p->solver_call);
	close(p->solver_lock);
	p->solver_call = NULL;
}
