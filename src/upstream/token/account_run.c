/* SPDX-License-Identifier: MIT */
/* account_run.c: waiting for jobs. */
#include <string.h>

#include "account_impl.h"
#include "arena.h"
#include "client.h"

#define WAIT_MS	1000		/* only how often we look; an answer is noticed at once */

struct wait {
	struct arena	*arena;
	struct account_result *out;
	bool		 over;
};

static void
on_done(void *arg, const struct account_result *r)
{
	struct wait *w = arg;

	*w->out = *r;
	w->out->warnings = arena_array(w->arena, r->n_warnings,
	    sizeof(*r->warnings));
	for (size_t i = 0; i < r->n_warnings; i++)
		w->out->warnings[i] = r->warnings[i];
	w->over = true;
}

void
account_run(const struct account_order *o, struct arena *a,
    struct account_result *out)
{
	struct client *c = client_new();
	struct wait w = { .arena = a, .out = out };

	(void)seq_start(c, o, a, on_done, &w);
	while (!w.over)
		client_wait(c, WAIT_MS);
	client_free(c);
}

struct batch {
	account_each_fn	*each;
	void		*arg;
	size_t		 ended;
};

struct place {			/* of an order in the batch */
	struct batch	*batch;
	size_t		 i;
};

static void
on_one_done(void *arg, const struct account_result *r)
{
	struct place *place = arg;

	place->batch->each(place->batch->arg, place->i, r);
	place->batch->ended++;
}

void
account_run_all(const struct account_order *orders, size_t n, size_t at_once,
    account_each_fn *each, void *arg)
{
	struct batch b = { .each = each, .arg = arg };
	struct client *c = client_new();
	struct arena *a = arena_new();
	struct place *places = arena_array(a, n, sizeof(*places));
	size_t started = 0;

	if (at_once == 0)
		at_once = 1;
	while (b.ended < n) {
		while (started < n && started - b.ended < at_once) {
			places[started] = (struct place){ &b, started };
			(void)account_start(c, &orders[started], on_one_done,
			    &places[started]);
			started++;
		}
		client_wait(c, WAIT_MS);
	}
	client_free(c);
	arena_free(a);
}
