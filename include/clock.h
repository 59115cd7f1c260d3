/* SPDX-License-Identifier: MIT */
/* clock.h: time. Times in the database are Unix time, UTC. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

int64_t	clock_now(void);	/* wall clock, seconds */
int64_t	clock_now_ms(void);	/* wall clock, milliseconds */
int64_t	clock_mono_ms(void);	/* for intervals: never goes back */
int64_t	clock_mono_us(void);	/* the same in microseconds */

/* "YYYY-MM-DDTHH:MM:SS", UTC; NULL when `t` is 0. */
char	*clock_format(struct arena *a, int64_t t);
/*
 * Reads ISO 8601 "YYYY-MM-DD[T| ]HH:MM:SS[.fraction][Z|+HH:MM]" (no zone: UTC)
 * into Unix seconds; false when it is something else or no day of the calendar.
 */
bool	 clock_parse(const char *s, int64_t *out);
/* Today's date in the server's time zone, "YYYY-MM-DD". */
void	 clock_today(char out[11]);

#endif
