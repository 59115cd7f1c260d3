/* SPDX-License-Identifier: MIT */
/* work_clock.c: the service's own clock: how long a poller has worked, in all. */
#include "work_clock.h"

void
work_clock_start(struct work_clock *c, int64_t ms, int64_t mono_ms)
{
	*c = (struct work_clock){ .ms = ms, .read_ms = mono_ms };
}

int64_t
work_clock_read(struct work_clock *c, int64_t mono_ms)
{
	int64_t passed = mono_ms - c->read_ms;

	if (passed > WORK_GAP_MS)
		passed = WORK_GAP_MS;
	if (passed > 0)
		c->ms += passed;
	c->read_ms = mono_ms;
	return c->ms;
}
