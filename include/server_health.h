/* SPDX-License-Identifier: MIT */
/*
 * server_health.h: whether a server that is asked for each job is well. Pure.
 *
 * A server that cannot be reached, or says that it is busy, rests: 5 seconds,
 * then longer each time up to a minute, or as long as it says itself. One whose
 * answer about one job is bad may be well all the same: only when different
 * jobs, of which it told well before, are answered badly one after the other, it
 * is the server. After a rest it is half open: any good answer, about whatever,
 * ends that; a bad one does no more than it always does.
 */
#ifndef SERVER_HEALTH_H
#define SERVER_HEALTH_H

#include <stddef.h>
#include <stdint.h>

#define HEALTH_JOBS	2	/* different ones that fail: then it is the server */

struct server_health {		/* zeroed: well */
	int		 downs;		/* rests in a row; 0: well, else resting or half open */
	int64_t		 rest_ms;	/* the end of the last */
	int64_t		 well_ms;	/* the last good answer; 0: none yet */
	int64_t		 sick[HEALTH_JOBS];	/* jobs that failed since then */
	size_t		 n_sick;
};

enum health_word {		/* what an answer says of the server */
	HEALTH_NEUTRAL,		/* nothing */
	HEALTH_WELL,
	HEALTH_JOB_FAILED,	/* it failed, at least with this job */
	HEALTH_DOWN,		/* it cannot be reached, or is busy */
};

struct health_event {
	enum health_word word;
	int64_t		 job;		/* which; any number but 0 */
	int64_t		 since_ms;	/* HEALTH_JOB_FAILED: since when this job fails */
	int64_t		 wished_ms;	/* how long the server wants to be left alone; 0: it did not say */
};

enum health_turn { HEALTH_STAYS, HEALTH_RESTS, HEALTH_RECOVERS };

/* All times are of one clock that never goes back; `second_ms` is how long a second lasts. */
enum health_turn server_health_note(struct server_health *h, const struct health_event *ev,
	    int64_t now_ms, int64_t second_ms);

enum health_state { SERVER_WELL, SERVER_RESTS, SERVER_HALF_OPEN };

enum health_state server_health_state(const struct server_health *h, int64_t now_ms);

/*
 * The pause before the next look at a job that failed `fails` times in a row,
 * where `usual_ms` is the pause of one that did not: doubled each time, up to a
 * minute or the usual pause.
 */
int64_t	server_health_backoff(int fails, int64_t usual_ms, int64_t second_ms);

#endif
