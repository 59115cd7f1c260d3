/* SPDX-License-Identifier: MIT */
/*
 * lease.h: the lease that makes one poller of several, and its clock.
 *
 * No wall clock decides who has it: whoever wants it watches the clock of the
 * one who has it (work_clock.h), and takes over when that has stood still for
 * the lease's time. A clock that was set, or that differs from another, keeps
 * nobody out and brings nobody in.
 */
#ifndef LEASE_H
#define LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;

#define LEASE_SIGN_MS	2000	/* the holder stores its clock at least so often */
#define LEASE_MOST_MS	301000	/* no lease is longer: poller.lease_time */

struct lease {
	const char	*name;		/* borrowed, as the next */
	const char	*owner;		/* who wants it, or has it: a name of its own */
	int		 ms;		/* how long it lasts without a sign of life */
	int64_t		 clock_ms;	/* of the holder: in, how far it is; out, where it goes on */
	/* who was seen with it, how far, and since when by clock_mono_ms */
	char		 holder[64];
	int64_t		 seen_clock_ms;
	int64_t		 seen_ms;
};

/*
 * Takes or renews it; false in `*held` while somebody else has it, or may have
 * it: then to be called again soon. clock_ms never goes back.
 */
MUST_CHECK enum err lease_take(struct store *st, struct lease *l, bool *held, struct error *e);
/* Gives it back, so that a standby need not wait. */
MUST_CHECK enum err lease_release(struct store *st, const struct lease *l, struct error *e);
/* Who seems to hold it, by the wall clock: "" when nobody; for displays. */
MUST_CHECK enum err lease_owner(struct store *st, const char *name, struct arena *a,
    const char **owner, struct error *e);

#endif
