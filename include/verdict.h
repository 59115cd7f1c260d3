/* SPDX-License-Identifier: MIT */
/*
 * verdict.h: what an answer of the upstream means: for the task, for its token,
 * and for its server. The only place that tells; all is pure.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>

#include "error.h"
#include "outcome.h"
#include "server_health.h"
#include "task.h"

/* ---- the task ---- */

enum task_turn {		/* what a task does after a call that did not do what it should */
	TURN_CHALLENGE,		/* the same call again, with the solver's new credentials */
	TURN_EGRESS,		/* waits, for our address is not let through: no token is at fault */
	TURN_HOST,		/* waits where it is, for this host is in trouble: no try counts */
	TURN_NETWORK,		/* nothing was sent: the same token a few times, then as TURN_EGRESS */
	TURN_AGAIN,		/* the same token, as often as retry_allowed says, then as TURN_OTHER */
	TURN_OTHER,		/* another token */
	TURN_OTHER_ONCE,	/* another token, but one alone */
	TURN_SLOT,		/* back to the queue, for its account is full */
	TURN_SERVER,		/* back to the queue, for its server rests */
	TURN_SEARCH,		/* is looked for, for the upstream may have it */
	TURN_UNKNOWN,		/* the same, but nothing lists it */
	TURN_FAIL,
};

struct turn_facts {		/* of task and provider */
	bool		 may_pass;	/* the solver is on, and has tries left: step_may_pass */
	bool		 is_listed;	/* a list tells what became of a create whose answer was lost */
};

/* Of a task whose call did not succeed. */
enum task_turn	 verdict_task(const struct outcome *o, const struct turn_facts *facts);
/* What a call comes to that could not be made at all; its texts are those of `cause`, borrowed. */
struct outcome	 verdict_unsent(const struct error *cause);

/* ---- the token ---- */

enum token_use { TOKEN_STAYS, TOKEN_OFF_AT_THRESHOLD, TOKEN_OFF, TOKEN_OFF_FOR_VIDEO };

struct token_effect {		/* on the row of the token */
	bool		 error;		/* is counted */
	bool		 in_a_row;	/* and counts towards admin.error_ban_threshold */
	bool		 clears;	/* ends the row of errors; the account takes more again */
	enum token_use	 use;
};

struct token_effect verdict_token(enum token_verdict verdict);
/* Of a token whose upstream failed a task: only an account is to blame, not a server. */
enum token_verdict verdict_blame(bool is_server);
/* What the answer says of the token; `renewing`: it was refused, and is being renewed. */
struct token_change verdict_change(const struct outcome *o, bool renewing);

/* ---- the server ---- */

/* What the answer says of a server that is asked for each job. */
enum health_word verdict_server(const struct outcome *o);

#endif
