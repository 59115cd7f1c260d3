/* SPDX-License-Identifier: MIT */
/*
 * account.h: what is asked of the upstream about an account, in several calls.
 *
 * An order is worked on call by call over a client (client.h), without
 * blocking: the poller starts one beside its tasks, account_run waits for one,
 * account_run_all works on many, some at a time. Nothing is stored here: the
 * result tells what to store. No call is repeated; who asked may ask again.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider.h"

struct arena;
struct client;
struct conf;
struct solver_credentials;

enum account_work {
	ACCOUNT_PROBE,		/* who it is, its plan, its right to make videos, how many are left;
				   of a server: whether it answers, what it is, its models */
	ACCOUNT_ACTIVATE,	/* redeems order.invite_code, then reads what it has now */
	ACCOUNT_USERNAME,	/* gives it a name if it has none */
	ACCOUNT_REFRESH,	/* a new access token: by st, then by rt */
	ACCOUNT_CONVERT_ST,	/* an access token for token->st, whatever it is worth */
	ACCOUNT_CONVERT_RT,	/* an access token for token->rt */
};

struct account_order {		/* borrowed until account_start, account_run or account_run_all returns */
	enum account_work work;
	const struct conf *conf;
	const struct token *token;	/* conversions: only st, or rt and client_id, need be there */
	const char	*proxy;		/* URL or NULL; the caller chose it, see proxy.h */
	const struct solver_credentials *solver;	/* to go along; NULL: none */
	const char	*invite_code;	/* ACCOUNT_ACTIVATE */
	int		 max_names;	/* ACCOUNT_USERNAME, ACCOUNT_PROBE: so many are tried; 0: leave the name alone */
	int64_t		 deadline_ms;	/* clock_mono_ms at which all ends; 0: none */
};

enum account_verdict {
	ACCOUNT_OK,		/* the token is valid; what was asked for was done, or see the facts */
	ACCOUNT_REFUSED,	/* upstream said no: the credential is worth nothing, or the request was refused */
	ACCOUNT_UNCHANGED,	/* ACCOUNT_REFRESH: the same access token came, and it is still valid */
	ACCOUNT_BLOCKED,	/* not answered because of where we ask from: a challenge page, or facts of a country */
	ACCOUNT_UNREACHABLE,	/* no answer, one for now (5xx, 429), or none that can be read */
	ACCOUNT_TIMEOUT,
};

/*
 * What came of an order. Strings live until the callback returns, or in the
 * arena of account_run. `facts` and `quota` hold what was learnt even when the
 * order failed later. Tokens in `facts` are credentials.
 */
struct account_result {
	enum account_verdict verdict;
	long		 status;	/* HTTP, of the answer that decided; 0: there was none */
	const char	*reason;	/* not ACCOUNT_OK: fit for the operator, without credentials */
	const char	*log;		/* not ACCOUNT_OK: the same for our log */
	bool		 expired;	/* ACCOUNT_REFUSED: the access token's time is over */
	const char	*country;	/* ACCOUNT_BLOCKED: not served there ("": not named); else NULL */
	bool		 challenge;	/* ACCOUNT_BLOCKED: a challenge page came */
	struct account_facts facts;
	struct quota	 quota;
	struct token_change change;	/* what the quota means for the token */
	const char	**warnings;	/* what could not be read or done, fit for the operator */
	size_t		 n_warnings;
	/*
	 * ACCOUNT_REFRESH and conversions: of facts.access_token, as it says of
	 * itself; 0 and "" when it does not. A new facts.refresh_token or
	 * facts.session_token replaces the old one: store it with the access token.
	 */
	int64_t		 expiry_time;
	const char	*jwt_email;
	const char	*found;		/* ACCOUNT_PROBE of a server that answered: for token_set_found */
	/* ACCOUNT_USERNAME and ACCOUNT_PROBE: facts.username was there before */
	bool		 already_named;
};

struct account_job;		/* an order on its way */

typedef void account_fn(void *arg, const struct account_result *r);

/*
 * Starts on an order. `done` is called exactly once, from client_wait, also
 * when there was nothing to send, unless account_cancel is called first; when it
 * is called the job is over and not to be cancelled. It may start and cancel others.
 */
struct account_job *account_start(struct client *c, const struct account_order *o,
    account_fn *done, void *arg);
/* Forgets a job, without calling back. Before client_free of its client. NULL is fine. */
void	account_cancel(struct account_job *j);

/* Works on one order and waits for it; the result's strings live in the arena. Any thread. */
void	account_run(const struct account_order *o, struct arena *a, struct account_result *out);

/* `i` is the order's place in the array. */
typedef void account_each_fn(void *arg, size_t i, const struct account_result *r);
/*
 * Works on `n` orders, at most `at_once` at a time, and waits for all; `each` is
 * called as they end, in any order. Any thread.
 */
void	account_run_all(const struct account_order *orders, size_t n, size_t at_once,
    account_each_fn *each, void *arg);

#endif
