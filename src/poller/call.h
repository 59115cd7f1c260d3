/* SPDX-License-Identifier: MIT */
/*
 * call.h: calls of an upstream that belong to a token, and to no task: they are
 * built, sent the token's way, and read here. Those of tasks: job_call.h.
 */
#ifndef POLLER_CALL_H
#define POLLER_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "credential.h"
#include "error.h"
#include "provider.h"

struct arena;
struct poller;
struct upstream_call;		/* one that is on its way */

struct call_answer {
	struct outcome	 outcome;	/* in the call's arena; see credential_judges */
	const struct call_response *response;
	struct credential with;		/* that the call was made with */
	bool		 late;		/* the token has other credentials by now */
};

/* The answer lives until it returns; the call is over then. `arg` is the starter's. */
typedef void call_fn(void *arg, struct call_answer *answer);

/*
 * Makes the call `in`. Its token is loaded when in->token is NULL; configuration
 * and solver's credentials are filled in. What else it points to, the token
 * included, must live until the answer; the outcome is put into `into`, or, when
 * that is NULL, lives as long as the answer. NULL, and why: the token is gone
 * (ERR_NOT_FOUND), its provider makes no such call, or the database is busy.
 */
struct upstream_call *upstream_call(struct poller *p, int64_t token_id,
	    const struct call_input *in, struct arena *into, call_fn *done, void *arg,
	    struct error *e);
/* Nobody waits for the answer any more; NULL: nothing. */
void	upstream_call_cancel(struct upstream_call *c);
/* The request of a call as it is sent now: built, with the token's proxy; and what it is made with. */
MUST_CHECK enum err call_prepare(struct poller *p, const struct call_input *in, struct arena *a,
	    struct call_request *out, struct credential *with, struct error *e);

#endif
