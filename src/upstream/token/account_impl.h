/* SPDX-License-Identifier: MIT */
/*
 * account_impl.h: the files of account.h among themselves.
 *
 *	account.c		a job: its calls, its warnings and its end
 *	account_run.c		waiting for jobs
 *	account_probe.c		who it is, and what it may
 *	account_activate.c	an invite code
 *	account_username.c	a name for it
 *	account_refresh.c	access tokens
 *	account_server.c	what a server is
 *
 * A sequence sends a call and names who reads its outcome; the reader sends the
 * next one or ends the job. After either it returns and touches the job no more.
 */
#ifndef ACCOUNT_IMPL_H
#define ACCOUNT_IMPL_H

#include "account.h"
#include "client.h"
#include "provider_facts.h"
#include "solver.h"

#define ACCOUNT_WARNINGS	8	/* more than any sequence has calls that may fail */

typedef void seq_read_fn(struct account_job *j, const struct outcome *o);
typedef void seq_next_fn(struct account_job *j);

struct account_job {
	struct client	*client;
	struct arena	*arena;
	bool		 own_arena;
	struct transfer	*transfer;
	account_fn	*done;
	void		*arg;
	struct account_order order;	/* its strings are in the arena */
	struct token	 token;
	struct solver_credentials solver;
	const struct provider *provider;	/* NULL: there is none of that name */
	struct call_input in;		/* of the call on its way */
	long		 status;	/* of the answer being read */
	enum transport	 transport;
	bool		 timed_out;
	bool		 unsent;	/* the call could not be built: `refusal` says why */
	const char	*refusal;
	seq_read_fn	*read;
	seq_next_fn	*next;		/* when a part that several sequences share is done */
	seq_next_fn	*named;		/* when account_username.c is done */
	int		 names_left;
	struct server_findings findings;	/* account_server.c */
	const char	*warnings[ACCOUNT_WARNINGS];
	struct account_result result;
};

/* ---- account.c ---- */

/* Sends the call; its input beyond the call itself is in j->in. */
void	seq_send(struct account_job *j, enum call call, seq_read_fn *read);
/* Sends a request of the sequence's own in the time that is left; j->unsent: there is none. */
void	seq_send_request(struct account_job *j, struct call_request *rq, transfer_fn *done);
/* The end, with all that was learnt. */
void	seq_done(struct account_job *j);
/* The end, for this outcome is none that can be gone on from. */
void	seq_fail(struct account_job *j, const struct outcome *o);
/* Notes a failure that does not end the job. `what` begins the sentence. */
void	seq_warn(struct account_job *j, const char *what, const struct outcome *o);
/* Notes a failure as the job's verdict, without ending it. */
void	seq_note(struct account_job *j, const struct outcome *o);
struct account_job *seq_start(struct client *c, const struct account_order *o, struct arena *a,
	    account_fn *done, void *arg);

/* ---- the first call of each kind of work ---- */

void	seq_probe(struct account_job *j);
void	seq_activate(struct account_job *j);
void	seq_username(struct account_job *j);
void	seq_refresh(struct account_job *j);
void	seq_convert_st(struct account_job *j);
void	seq_convert_rt(struct account_job *j);
void	seq_server(struct account_job *j);

/* ---- shared parts ---- */

/* account_probe.c: the right to make videos and, if it has it, how many are left; then j->next. */
void	seq_sora2(struct account_job *j);
/* account_probe.c: notes the outcome of CALL_ME; false: it ended the job. */
bool	seq_take_me(struct account_job *j, const struct outcome *o);
/* account_username.c: tries names; then j->named, with facts.username when one was taken. */
void	seq_choose_name(struct account_job *j);

#endif
