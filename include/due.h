/* SPDX-License-Identifier: MIT */
/*
 * due.h: times of the wall clock that were stored, against the clock of now.
 *
 * That clock may have been wrong when they were written, and may be wrong now.
 * So a time further ahead than it can be is none: nobody waits for a day because
 * the clock was a day ahead for a minute. Durations inside a process go by
 * clock_mono_ms, and those of tasks by the service's own clock (work_clock.h).
 */
#ifndef DUE_H
#define DUE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether `until` is over at `now`, when it was set at most `longest` ahead. All
 * three in one unit. Pure.
 */
bool	due_is(int64_t until, int64_t now, int64_t longest);
/* Whether what happened at `at` is still young: less than `age` ago, and not in the future. */
bool	due_is_young(int64_t at, int64_t now, int64_t age);

/* due_is for a statement; all three are SQL. NULL is not due. */
#define DUE_SQL(until, now, longest) \
	"(" until " <= " now " OR " until " > " now " + " longest ")"

/* Seconds that the upstream, or a rule of ours, can put something off at most. */
#define DUE_COOLED	"3600"		/* a token that was asked too often */
#define DUE_QUOTA	"2678400"	/* a quota: a month */
#define DUE_REFRESH	"3600"		/* until a token's renewal is tried again */
#define DUE_ASK		"86400"		/* until a server is asked again what it is */

#endif
