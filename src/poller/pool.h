/*
 * pool.h: the tokens that have jobs, or about which something is still to be
 * done (accounts), found by their id. An account has the list of its jobs.
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

#endif
