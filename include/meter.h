/* SPDX-License-Identifier: MIT */
/*
 * meter.h: what the processes of a site count, in memory that they share.
 *
 * Worker and poller map one file; whoever is asked reads what all of them
 * counted, also those that have ended since. Counting takes no lock and no
 * system call, and never fails: what finds no room is not counted. Any thread.
 */
#ifndef METER_H
#define METER_H

#include <stddef.h>
#include <stdint.h>

enum meter {
	/* counters */
	METER_REQUESTS,		/* labels: operation, status */
	METER_UPSTREAM,		/* endpoint, outcome */
	METER_TASKS,		/* that ended: kind, "completed" or the error's code */
	METER_CONTENT,		/* where a finished video was: cache, upstream, gone */
	METER_BUSY,		/* times that a connection waited for a busy database */
	/* histograms of seconds */
	METER_REQUEST_SECONDS,	/* operation */
	METER_UPSTREAM_SECONDS,	/* endpoint */
	METER_POLL_LAG,
	/* the last value */
	METER_CACHE_BYTES,
	METER_CACHE_FILES,
	METER__MAX,
};

#define METER_BUCKETS	14	/* of a histogram; the last takes all that is longer */

/* Upper bounds of the buckets, s; that of the last is infinity. */
extern const double meter_bounds[METER_BUCKETS];

/*
 * Maps the file, which is made when it is missing (mode 0600) and made anew
 * when it is another version's. When that fails, or `path` is "", this process
 * counts for itself alone: the former is said in the log. Once, before threads.
 */
void	meter_open(const char *path);
void	meter_close(void);	/* what is counted from here on is lost */

/* Labels are short; NULL where the meter has fewer. */
void	meter_add(enum meter m, const char *label, const char *label2, uint64_t n);
void	meter_observe(enum meter m, const char *label, int64_t us);
void	meter_set(enum meter m, uint64_t value);
/* An answered request: METER_REQUESTS and METER_REQUEST_SECONDS. */
void	meter_request(const char *operation, int status, int64_t us);

/* This process's requests that wait; forgotten when it ends, however it ends. */
void	meter_waiting(int n);

struct meter_series {		/* one set of labels */
	enum meter	 meter;
	const char	*label, *label2;	/* "" where it has none */
	uint64_t	 value;			/* counter, or last value */
	uint64_t	 bucket[METER_BUCKETS];	/* of a histogram: how many each took */
	uint64_t	 sum_us;
};

/* Calls `row` with each series of that meter, in no order. */
void	meter_each(enum meter m, void (*row)(void *arg, const struct meter_series *s), void *arg);
/* The sum of meter_waiting over the processes that live. */
int	meter_all_waiting(void);

#endif
