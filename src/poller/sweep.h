/* SPDX-License-Identifier: MIT */
/* sweep.h: deletes expired files and tasks, a slice at a time. */
#ifndef POLLER_SWEEP_H
#define POLLER_SWEEP_H

#include <stdint.h>

struct poller;

struct sweep;

struct sweep *sweep_new(void);
void	sweep_free(struct sweep *s);
/* When the next slice is due, clock_mono_ms. */
int64_t	sweep_next(const struct sweep *s);
/* Does a slice if one is due. */
void	sweep_run(struct poller *p);

#endif
