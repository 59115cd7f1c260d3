/*
 * pool.h: the tokens that have tasks (accounts), and those tasks (jobs), as the
 * database has them.
 *
 * An account is found by its token's id and a job by its task's row; an account
 * has the list of its jobs. A job is always in one of three states: a decision
 * about it waits to be written, an exchange of it is on its way, or it waits for
 * its turn: see job_queue. No turn of the loop looks at all of them.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "credential.h"
#include "error.h"
#include "file.h"
#include "heap.h"
#include "round.h"
#include "server_health.h"
#include "task_store.h"
#include "token_store.h"

struct account_job;
struct poller;
struct provider;
struct transfer;
struct unsaved_change;
struct upstream_call;

struct job {			/* a task that is processing */
	struct poller	*poller;
	struct account	*account;	/* of its token */
	TAILQ_ENTRY(job) of_account;
	struct heap_node due;
	struct heap	*queue;		/* that `due` was put into last */
	struct heap_node end;		/* when its time may be over: expire.c */
	struct arena	*arena;		/* of `task` */
	struct task	 task;
	struct transfer	*transfer;	/* upload, create or download on its way */
	struct credential with;		/* that it was made with */
	int		*mark;		/* this process marked it as being sent, and is to send it: that
					   counts there; NULL: it did not */
	bool		 decided;	/* what came of it is to be written and read again: it is left alone */
	bool		 written;	/* of a decided one: only to be read again */
	struct task_decision decision;	/* of a decided one; its strings are in `arena` */
	TAILQ_ENTRY(job) decision_link;
	bool		 link_renewed;	/* its expired link was read again once */
	int		*counter;	/* that `transfer` counts in */
	bool		 challenged;	/* its last call met a challenge */
	const char	*link;		/* STEP_PARSE: what the parse service told */
	char		 picture[48];	/* STEP_PICTURE: its file in the spool folder; "": none */
	int		 looks;		/* at the lists without progress */
	int		 seen_progress;
	int64_t		 seen_ms;	/* an image: started_ms of the last round that showed it */
	int64_t		 asked_ms;	/* when its upstream was last asked for it and answered, of the
					   service's clock; 0: never */
	/* asked for by itself */
	int64_t		 poll_ms;	/* when to ask again, clock_mono_ms; 0: not planned yet */
	int		 refusals;	/* looks in a row that were refused */
	int		 fails;		/* answers in a row that speak against server or job */
	int64_t		 fails_since_ms;	/* the first of them, clock_mono_ms */
	int		 gone;		/* looks in a row that did not find it */
	int64_t		 gone_ms;	/* the first of them, of the service's clock */
	const char	*location;	/* where its file is said to be; NULL: where the task says */
	bool		 stranger;	/* that is another host, or came from one */
	int		 hops;
	struct file	*partial;	/* what came of its file before it broke off; NULL: nothing */
	struct job	*next_orphan;
	bool		 orphan;	/* its task ended while it was being sent */
};

TAILQ_HEAD(job_list, job);
STAILQ_HEAD(unsaved_list, unsaved_change);
TAILQ_HEAD(account_list, account);

struct account {		/* a token that has jobs, or whose quota is to be read */
	struct poller	*poller;
	int64_t		 id;
	struct job_list	 jobs;		/* orphans excepted */
	int		 listed;	/* jobs that lists tell of: round_lists */
	int		 lost;		/* jobs in STEP_RECONCILE */
	int		 orphans;	/* jobs whose task has ended, and whose answer is waited for */
	struct upstream_call *quota_call;
	struct round	*round;		/* NULL: none is on */
	struct heap_node due;		/* of the next round; in no heap: there is nothing to read */
	int64_t		 next_ms;	/* the same time, also when it is in no heap */
	struct heap_node quota_due;	/* when to read the quota; in no heap: not */
	int		 errors;	/* rounds in a row that failed */
	bool		 silent;	/* its upstream cannot be reached */
	int64_t		 silent_ms;	/* since when that is not stored, of the service's clock */
	struct account_job *refresh;	/* its token is being renewed */
	struct credential refresh_with;
	bool		 refused;	/* that is because the upstream refused it: its jobs wait */
	int64_t		 refresh_ms;	/* when to try again to renew a refused one; 0: not */
	int64_t		 renewed_ms;	/* when it last was; 0: never */
	struct arena	*renewed_arena;	/* of `renewed`; NULL: nothing waits to be stored */
	struct token_edit renewed;	/* what the database did not take yet */
	const struct provider *provider;	/* NULL: not known yet */
	struct arena	*token_arena;	/* of `token`; NULL: not loaded */
	struct token	*token;
	int64_t		 token_ms;	/* when it was loaded */
	/* a server that is asked for each job */
	int		 sending;	/* creates on their way */
	int		 marked;	/* creates that are about to be */
	int		 asking;	/* looks at jobs on their way */
	int		 asking_bad;	/* the same, at jobs that failed last time */
	struct server_health health;	/* by clock_mono_ms */
	bool		 odd_told;	/* a status that nobody knows was logged */
	struct unsaved_list unsaved;	/* what the database did not take yet, oldest first */
	int		 n_unsaved;
	TAILQ_ENTRY(account) of_unsaved;	/* while there is such */
	TAILQ_ENTRY(account) of_idle;	/* while it has no jobs */
	TAILQ_ENTRY(account) of_silent;	/* while `silent` */
	TAILQ_ENTRY(account) of_renewing;	/* while refresh.c has to look after it */
	bool		 renewing;
};

/* ---- accounts.c ---- */
/* The account of that token, made when there is none yet. */
struct account *account_of(struct poller *p, int64_t token_id);
/* The token, as it was at most a moment ago; NULL: it was removed. Borrowed until the next call. */
const struct token *account_token(struct account *acc);
/* Its provider; NULL: the token was removed. */
const struct provider *account_provider(struct account *acc);
/* Whether its jobs are asked for by themselves. */
bool	account_by_job(struct account *acc);
/* The job is one of the account's, or not any more. */
void	account_join(struct account *acc, struct job *job);
void	account_leave(struct account *acc, struct job *job);
/* Once a second: forgets accounts that have nothing to do any more. */
void	accounts_trim(struct poller *p);
void	accounts_free(struct poller *p);
/*
 * What an answer that belongs to no task said about its token. What the database
 * cannot take now is kept, and written by account_changes_write.
 */
void	account_change(struct account *acc, const struct token_change *change);
/* Once a second: what could not be written so far. */
void	account_changes_write(struct poller *p);
/* The token cannot be used any more: its jobs end, or go to others. */
void	account_lost(struct account *acc, const char *why);

/* ---- jobs.c ---- */
MUST_CHECK enum err jobs_load_all(struct poller *p, struct error *e);
/* Reads what changed since the last look; `*more`: there is more, for the next turn. */
MUST_CHECK enum err jobs_sync(struct poller *p, bool *more, struct error *e);
/* Reads one task again: updates, adds or drops its job. */
MUST_CHECK enum err jobs_reload(struct poller *p, int64_t row, struct error *e);
void	jobs_free(struct poller *p);

/* An exchange of the job was started, and counts in `*counter`. */
void	job_begin(struct job *job, struct transfer *t, int *counter);
/* It ended: unless another one begins or something is decided, the job waits for its next turn. */
void	job_end(struct job *job);
/* A decision marks it as being sent: that counts in `*counter` until it is. */
void	job_mark(struct job *job, int *counter);
/* Whether this process marked it; it does not count any more. */
bool	job_unmark(struct job *job);
/*
 * Nobody waits for its exchange any more: it is cancelled, unless its answer
 * may name something at the upstream that is to end with the task.
 */
void	job_abandon(struct job *job);
/* Whether it has such an exchange, whose answer is waited for even when the task has ended. */
bool	job_outlives(struct job *job);
/* Keeps such a job, though its task has ended. */
void	job_orphan(struct job *job);
/* Its answer came: it is freed. */
void	job_orphan_end(struct job *job);
/* Keeps what came of the job's file, in place of what it had; NULL: forgets that. */
void	job_keep_partial(struct job *job, struct file *f);

/* ---- queue.c ---- */
/*
 * Puts the job where it waits for the turn of its step: of a step that is not to
 * be taken yet, until then. Nothing when it is decided, in an exchange, or in a
 * step that an account's lists tell of.
 */
void	job_queue(struct job *job);
/* It is decided, or in an exchange, or gone: it waits for nothing. */
void	job_unqueue(struct job *job);
/* Its turn came, but something it needs is not free: the next is in `ms`. */
void	job_later(struct job *job, int64_t ms);
/* Takes the steps that are due, as far as there is room; true: more are due now. */
bool	queues_run(struct poller *p);
/* When the next one is due, clock_mono_ms; INT64_MAX: none waits. */
int64_t	queues_next(const struct poller *p);

#endif
