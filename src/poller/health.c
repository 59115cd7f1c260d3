/* SPDX-License-Identifier: MIT */
/*
 * health.c: servers that fail are paused, see server_health.h. After a pause,
 * looks at jobs are made one at a time, and the server gets one more task than
 * it has: the first good answer shows that it is well again.
 */
#include "clock.h"
#include "health.h"
#include "log.h"
#include "poll.h"
#include "poller.h"
#include "provider.h"
#include "verdict.h"

static void
rests(struct pool_token *pt, const struct outcome *o)
{
	int64_t ms = pt->health.rest_ms - clock_mono_ms();
	const struct token_change change = {
		.verdict = TOKEN_OVERLOADED, .one_more = true,
		.cooled_until = (clock_now_ms() + ms + 999) / 1000,
	};

	log_warn("token %lld: server failed, next try in %.1f s: %s",
	    (long long)pt->id, (double)ms / 1000,
	    o->log != NULL ? o->log : "no reason");
	pool_token_change(pt, &change);
}

static void
recovered(struct pool_token *pt)
{
	const struct token_change change = { .verdict = TOKEN_SUCCEEDED };

	log_info("token %lld: server reachable again", (long long)pt->id);
	pool_token_change(pt, &change);
	polls_hasten(pt);
}

static void
note(struct pool_token *pt, const struct outcome *o, struct health_event *ev)
{
	if (o->token.cooled_until > 0)
		ev->wished_ms = o->token.cooled_until * 1000 - clock_now_ms();
	switch (server_health_note(&pt->health, ev, clock_mono_ms(),
	    poller_pause(pt->poller, 1))) {
	case HEALTH_RESTS:
		rests(pt, o);
		break;
	case HEALTH_RECOVERS:
		recovered(pt);
		break;
	case HEALTH_STAYS:
		break;
	}
}

void
health_note_list(struct pool_token *pt, const struct outcome *o)
{
	struct health_event ev = { .word = verdict_server(o), .job = -1,
	    .since_ms = clock_mono_ms() };

	note(pt, o, &ev);
}

void
health_note(struct job *job, enum call call, const struct outcome *o)
{
	struct health_event ev = { .word = verdict_server(o),
	    .job = job->task.row };

	/* a file may be anywhere: it says nothing of the server */
	if (call == CALL_CONTENT)
		return;
	if (ev.word == HEALTH_WELL)
		job->fails = 0;
	else if (ev.word == HEALTH_JOB_FAILED && job->fails++ == 0)
		job->fails_since_ms = clock_mono_ms();
	ev.since_ms = job->fails_since_ms;
	note(job->token, o, &ev);
}

static enum health_state
state_of(const struct pool_token *pt)
{
	return server_health_state(&pt->health, clock_mono_ms());
}

bool
health_rests(const struct pool_token *pt)
{
	return state_of(pt) == SERVER_RESTS;
}

int *
health_asking(struct pool_token *pt, const struct job *job)
{
	return job->fails > 0 ? &pt->asking_bad : &pt->asking;
}

bool
health_allows(struct pool_token *pt, const struct job *job)
{
	switch (state_of(pt)) {
	case SERVER_WELL:
		return true;
	case SERVER_RESTS:
		break;
	case SERVER_HALF_OPEN:
		return *health_asking(pt, job) == 0;
	}
	return false;
}
