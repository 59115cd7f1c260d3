/* SPDX-License-Identifier: MIT */
/* server_health.c: whether a server that is polled per job is reachable, and its pause. */
#include "server_health.h"

#include <assert.h>
#include <stdbool.h>

#define FIRST_REST	5	/* s */
#define MOST_REST	60
#define MOST_BACKOFF	60
#define MOST_DOUBLINGS	4

static int64_t
doubled(int64_t ms, int times, int64_t most)
{
	ms <<= times < MOST_DOUBLINGS ? times : MOST_DOUBLINGS;
	return ms < most ? ms : most;
}

static enum health_turn
rest(struct server_health *h, int64_t wished_ms, int64_t now_ms,
    int64_t second_ms)
{
	int64_t ms = wished_ms > 0 ? wished_ms
	    : doubled(FIRST_REST * second_ms, h->downs, MOST_REST * second_ms);

	h->downs++;
	h->rest_ms = now_ms + ms;
	h->n_sick = 0;
	return HEALTH_RESTS;
}

static enum health_turn
well(struct server_health *h, int64_t now_ms)
{
	h->well_ms = now_ms;
	h->n_sick = 0;
	/* an answer to a request sent before the pause does not end it */
	if (server_health_state(h, now_ms) != SERVER_HALF_OPEN)
		return HEALTH_STAYS;
	h->downs = 0;
	return HEALTH_RECOVERS;
}

/* Notes the job that failed; true when enough different jobs have. */
static bool
is_one_too_many(struct server_health *h, int64_t job)
{
	for (size_t i = 0; i < h->n_sick; i++)
		if (h->sick[i] == job)
			return false;
	h->sick[h->n_sick++] = job;
	return h->n_sick == HEALTH_JOBS;
}

enum health_turn
server_health_note(struct server_health *h, const struct health_event *ev,
    int64_t now_ms, int64_t second_ms)
{
	assert(h->n_sick < HEALTH_JOBS && second_ms > 0);
	assert(ev->word != HEALTH_JOB_FAILED || ev->job != 0);
	switch (ev->word) {
	case HEALTH_NEUTRAL:
		return HEALTH_STAYS;
	case HEALTH_WELL:
		return well(h, now_ms);
	case HEALTH_JOB_FAILED:
		/* a job that failed while the server answered others is at fault itself */
		if (ev->since_ms <= h->well_ms ||
		    !is_one_too_many(h, ev->job))
			return HEALTH_STAYS;
		break;
	case HEALTH_DOWN:
		break;
	}
	/* failures at the same time count as one */
	h->n_sick = 0;
	if (now_ms < h->rest_ms)
		return HEALTH_STAYS;
	return rest(h, ev->wished_ms, now_ms, second_ms);
}

enum health_state
server_health_state(const struct server_health *h, int64_t now_ms)
{
	if (now_ms < h->rest_ms)
		return SERVER_RESTS;
	return h->downs > 0 ? SERVER_HALF_OPEN : SERVER_WELL;
}

int64_t
server_health_backoff(int fails, int64_t usual_ms, int64_t second_ms)
{
	int64_t most = MOST_BACKOFF * second_ms;

	return usual_ms > most ? usual_ms : doubled(usual_ms, fails, most);
}
