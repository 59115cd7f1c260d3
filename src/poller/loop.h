/* SPDX-License-Identifier: MIT */
/* loop.h: what is done when. */
#ifndef POLLER_LOOP_H
#define POLLER_LOOP_H

#include <signal.h>
#include <stdbool.h>

struct lease;
struct poller;
struct site;
struct store;

/* Works until `stop` is set (returns true) or the lease is lost (false). */
bool	poller_run(const struct site *site, struct store *st, struct lease *lease,
	    volatile const sig_atomic_t *stop);
/* What poller_run begins with, and ends with; `site` and `st` are borrowed. */
void	poller_init(struct poller *p, const struct site *site, struct store *st);
void	poller_clear(struct poller *p);
/* Renews the lease if it is time to. */
void	poller_renew_lease(struct poller *p);

#endif
