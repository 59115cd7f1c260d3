/* SPDX-License-Identifier: MIT */
/*
 * pool.h: the tokens that have jobs, or about which something is still to be
 * done, found by their id. A pool_token is what the poller keeps of one: the list
 * of its jobs, and what is on its way for it; struct token is its row.
 */
#ifndef POLLER_POOL_H
#define POLLER_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "credential.h"
#include "heap.h"
#include "job.h"
#include "server_health.h"
#include "task.h"
#include "token.h"
#include "token_store.h"

struct account_job;
struct poller;
struct provider;
struct round;
struct token_change;
struct unsaved_change;
struct upstream_call;

STAILQ_HEAD(unsaved_list, unsaved_change);
TAILQ_HEAD(pool_token_list, pool_token);

struct pool_token {		/* a token that has jobs, or whose quota is to be read */
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
	TAILQ_ENTRY(pool_token) of_unsaved;	/* while there is such */
	TAILQ_ENTRY(pool_token) of_idle;	/* while it has no jobs */
	TAILQ_ENTRY(pool_token) of_silent;	/* while `silent` */
	TAILQ_ENTRY(pool_token) of_renewing;	/* while refresh.c has to look after it */
	bool		 renewing;
};

/* What is kept of that token, begun when there is nothing yet. */
struct pool_token *pool_token_of(struct poller *p, int64_t token_id);
/* Its row, as it was at most a moment ago; NULL: it was removed. Borrowed until the next call. */
const struct token *pool_token_row(struct pool_token *pt);
/* Its provider; NULL: the token was removed. */
const struct provider *pool_token_provider(struct pool_token *pt);
/* Whether its jobs are asked for by themselves. */
bool	pool_token_by_job(struct pool_token *pt);
/* The job is one of the token's, or not any more. */
void	pool_token_join(struct pool_token *pt, struct job *job);
void	pool_token_leave(struct pool_token *pt, struct job *job);
/* Once a second: forgets tokens that have nothing to do any more. */
void	pool_trim(struct poller *p);
void	pool_free(struct poller *p);
/*
 * What an answer that belongs to no task said about its token. What the database
 * cannot take now is kept, and written by pool_write_changes.
 */
void	pool_token_change(struct pool_token *pt, const struct token_change *change);
/* Once a second: what could not be written so far. */
void	pool_write_changes(struct poller *p);
/* The token cannot be used any more: its jobs end, or go to others. */
void	pool_token_lost(struct pool_token *pt, const char *why);

#endif
