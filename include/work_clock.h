/* SPDX-License-Identifier: MIT */
/*
 * work_clock.h: the service's own clock: how long a poller has worked, in all.
 *
 * It stands still while none works, and no step of the wall clock moves it. The
 * poller reads it; it is stored with its lease (lease.h), and goes on from there
 * after a stop, a kill, or in another process. All times of a task that decide
 * something are of this clock: a task is never late because nobody worked.
 */
#ifndef WORK_CLOCK_H
#define WORK_CLOCK_H

#include <stdint.h>

/* A longer silence was no work: the process, or its machine, was asleep. */
#define WORK_GAP_MS	10000

struct work_clock {
	int64_t		 ms;
	int64_t		 read_ms;	/* when it was last read, clock_mono_ms */
};

/* It goes on from `ms`. */
void	work_clock_start(struct work_clock *c, int64_t ms, int64_t mono_ms);
/* How far it is; never goes back. To be read more often than every WORK_GAP_MS. */
int64_t	work_clock_read(struct work_clock *c, int64_t mono_ms);

#endif
