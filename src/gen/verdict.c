/* SPDX-License-Identifier: MIT */
/* verdict.c: what an answer of the upstream means for task, token and server. */
#include "verdict.h"

#include <assert.h>

#include "attr.h"

/* Trouble on the way comes before what the provider makes of it. */
enum task_turn
verdict_task(const struct outcome *o, const struct turn_facts *facts)
{
	if (o->challenge)
		return facts->may_pass ? TURN_CHALLENGE : TURN_EGRESS;
	if (o->local && o->verdict == VERDICT_RETRY)
		return TURN_HOST;
	if (o->unreachable && o->verdict != VERDICT_DOWN)
		return TURN_NETWORK;
	switch (o->verdict) {
	case VERDICT_OK:
	case VERDICT_OLD_PATHS:		/* of lists only */
	case VERDICT_GONE:		/* of a job only, as the next */
	case VERDICT_EARLY:
	case VERDICT_RETRY:
		return TURN_AGAIN;
	case VERDICT_OTHER:
	case VERDICT_REFRESH:
		return TURN_OTHER;
	case VERDICT_OTHER_ONCE:
		return TURN_OTHER_ONCE;
	case VERDICT_SLOT:
		return TURN_SLOT;
	case VERDICT_DOWN:
		return TURN_SERVER;
	case VERDICT_UNKNOWN:
		return facts->is_listed ? TURN_SEARCH : TURN_UNKNOWN;
	case VERDICT_FAIL:
		break;
	}
	return TURN_FAIL;
}

/* A task that no provider could be asked for fails; a busy database is waited for. */
struct outcome
verdict_unsent(const struct error *cause)
{
	struct outcome o = {
		.verdict = VERDICT_OTHER, .log = cause->text,
		.message = "The task could not be sent to the upstream",
	};

	if (cause->code == ERR_INVALID_VALUE)
		o.verdict = VERDICT_FAIL;
	if (cause->code == ERR_UNAVAILABLE) {
		o.verdict = VERDICT_RETRY;
		o.local = true;
	}
	return o;
}

struct token_effect
verdict_token(enum token_verdict verdict)
{
	static const struct token_effect effects[] = {
		[TOKEN_FINE] =		{ 0 },
		[TOKEN_SUCCEEDED] =	{ .clears = true },
		[TOKEN_ERROR] =		{ .error = true, .in_a_row = true,
					    .use = TOKEN_OFF_AT_THRESHOLD },
		[TOKEN_OVERLOADED] =	{ .error = true },
		[TOKEN_REFUSED] =	{ .error = true, .in_a_row = true,
					    .use = TOKEN_OFF },
		[TOKEN_RENEWING] =	{ .error = true, .in_a_row = true },
		[TOKEN_NO_VIDEO] =	{ .use = TOKEN_OFF_FOR_VIDEO },
	};

	assert((size_t)verdict < NELEM(effects));
	return effects[verdict];
}

enum token_verdict
verdict_blame(bool is_server)
{
	return is_server ? TOKEN_OVERLOADED : TOKEN_ERROR;
}

/* Whether it is disabled is decided when the renewal is known. */
struct token_change
verdict_change(const struct outcome *o, bool renewing)
{
	struct token_change change = o->token;

	if (renewing)
		change.verdict = TOKEN_RENEWING;
	return change;
}

enum health_word
verdict_server(const struct outcome *o)
{
	if (o->down)
		return HEALTH_DOWN;
	if (o->sick)
		return HEALTH_JOB_FAILED;
	if (o->local)
		return HEALTH_NEUTRAL;
	return o->verdict == VERDICT_OK || o->verdict == VERDICT_GONE ||
	    o->verdict == VERDICT_FAIL ? HEALTH_WELL : HEALTH_NEUTRAL;
}
