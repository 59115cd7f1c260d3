/*
 * poller.h: the daemon that carries tasks through the upstream. Private to
 * src/poller.
 *
 * One thread, one loop. What to do is decided by step.h and the providers; the
 * files here only carry it out:
 *
 *	loop.c		what is done when
 *	jobs.c		the tasks that hold a slot, as the database has them
 *	queue.c		which of them is due, and what takes its step
 *	commit.c	decisions, written together
 *	accounts.c	the tokens that have jobs
 *	send.c		uploads and creates
 *	rounds.c	which accounts' lists are read when
 *	round.c		reading an account's lists
 *	poll.c		asking for each job by itself, where there are no such lists
 *	relist.c	finding a lost create in a server's list
 *	reconcile.c	finding a task whose create was interrupted
 *	refresh.c	renewing access tokens
 *	quota.c		how many videos an account has left
 *	challenge.c	new credentials from the operator's solver
 *	character.c	characters, step by step
 *	publish.c	the file without watermark
 *	download.c	results into the cache
 *	content.c	the same, from a server that is asked for each job
 *	reach.c		upstreams that cannot be reached: such time does not count
 *	health.c	servers that fail rest, longer each time
 *	outbox.c	what is to be deleted upstream after a task has ended
 *	call.c		calls of an upstream that belong to no task
 *	sweep.c		what is old goes
 */
#ifndef POLLER_H
#define POLLER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "client.h"
#include "expire.h"
#include "heap.h"
#include "outbox.h"
#include "pool.h"
#include "provider.h"
#include "round.h"
#include "settings.h"
#include "step.h"
#include "sweep.h"
#include "task.h"
#include "work_clock.h"

#define MAX_SENDING	64	/* uploads and creates on their way at once */
#define MAX_READING	160	/* rounds at once: with what is sent, fewer than connections to one host */
#define LOOK_MS		100	/* until what is not free is looked at again */

enum queue {			/* what a job waits for when its step is due */
	QUEUE_NONE,		/* nothing: the lists of its account tell of it */
	QUEUE_SEND,		/* that fewer than MAX_SENDING are being sent */
	QUEUE_FETCH,		/* that fewer than cache.downloads files are being fetched */
	QUEUE_OTHER,		/* its turn alone, or something of its account */
	QUEUE__MAX
};

struct account_result;
struct outbox;
struct lease;
struct solver;
struct conf;
struct proxy_pool;
struct site;
struct store;

struct poller {
	const struct site *site;
	const struct conf *conf;
	struct store	*store;
	struct client	*client;
	struct proxy_pool *proxies;
	struct solver	*solver;
	struct transfer	*solver_call;
	int		 solver_lock;	/* while solver_call is on its way */
	bool		 challenged;	/* new credentials are wanted */
	struct outbox	*outbox;
	struct lease	*lease;
	struct work_clock clock;
	bool		 silent;	/* no upstream can be reached */
	int64_t		 silent_ms;	/* since when that is not stored, of `clock` */
	int64_t		 answered_ms;	/* when one last answered */
	int64_t		 started_ms;	/* Unix time */

	struct settings	 settings;
	struct arena	*settings_arena;
	int64_t		 settings_ms;

	struct job	**jobs;		/* sorted by task.row */
	size_t		 n_jobs, room_jobs;
	struct account	**accounts;	/* sorted by id */
	size_t		 n_accounts, room_accounts;
	struct account_list idle;	/* those without jobs */
	struct account_list silent_accounts;	/* whose upstream cannot be reached */
	struct account_list renewing;	/* whose renewal waits for something */
	int		 refreshing;	/* renewals on their way */
	struct heap	 ends;		/* jobs whose time may be over: expire.c */
	struct heap	 quotas;	/* accounts whose quota is to be read */
	struct account_list unsaved;	/* those with changes that are not written yet */
	struct heap	 queues[QUEUE__MAX];	/* jobs whose step is due, or will be */
	struct heap	 rounds;	/* accounts whose next round is due, or will be */

	struct job_list	 decided;	/* in the order in which they are written */
	struct arena	*arena;		/* of what is thought in one turn of the loop */
	bool		 cache_dirty;	/* files were renamed since the folder was synced */

	int64_t		 data_version;
	int64_t		 last_change;	/* of the change counter, as far as read */
	int64_t		 lease_ms;	/* when to renew */
	int64_t		 second_ms;	/* when to do what is done once a second */
	struct sweep	 sweep;
	int64_t		 refresh_ms;	/* when to look for tokens that end soon */
	struct server_ask *asks;	/* servers that are being asked what they are */
	int64_t		 commit_ms;	/* after a failed commit: when to try again */
	int		 sending;	/* uploads and creates on their way, those of servers excepted */
	int		 marked;	/* creates that are about to be */
	int		 downloading;
	int		 reading;	/* rounds that are on */
	int		 parse_failures;	/* of the parse service, in a row */
	int64_t		 parse_rest_ms;	/* until when it is not asked, clock_mono_ms */
	char		 parse_url[512];	/* the one that failed */
	int		 asking;	/* for the quota of accounts */
	bool		 old_pending;	/* the upstream has the first version of these paths only */
	bool		 old_drafts;
	bool		 look;		/* at the queue, whether or not the database changed */
	bool		 lost;		/* the lease went to another process */
	struct job	*orphans;
};

/* ---- servers.c ---- */
/* Asks servers what they are and which models they have, now and then. */
void	servers_ask(struct poller *p);
void	servers_free(struct poller *p);

/* ---- loop.c ---- */
/* Works until `stop` is set (returns true) or the lease is lost (false). */
bool	poller_run(const struct site *site, struct store *st, struct lease *lease,
	    volatile const sig_atomic_t *stop);
/* The service's clock, see work_clock.h. */
int64_t	poller_clock(struct poller *p);
/* What poller_run begins with, and ends with; `site` and `st` are borrowed. */
void	poller_init(struct poller *p, const struct site *site, struct store *st);
void	poller_clear(struct poller *p);
/* Renews the lease if it is time to. */
void	poller_renew_lease(struct poller *p);
/* What the step machine needs to know. */
struct step_env poller_env(struct poller *p);
/* The same for a task that has a token. */
struct step_env job_env(struct job *job);
/* A pause between calls of a server, ms: `s` seconds at the usual pace. */
int64_t	poller_pause(const struct poller *p, double s);
/* The proxy for a request of this token, or NULL. */
const char *poller_proxy(struct poller *p, const struct token *token, struct arena *a);

/* ---- commit.c ---- */
/*
 * Notes what is to be written about a job; strings are copied. The job must not
 * be decided, nor have a transfer on its way: see job_abandon.
 */
void	decide(struct job *job, const struct task_change *change);
/* The job is as its row says, or is about to be freed. */
void	decision_forget(struct job *job);
/*
 * Writes all decisions in one transaction, and reads what came of them; those
 * that the database could not take, for it is busy or full, wait.
 */
void	decisions_write(struct poller *p);
/* When the next is to be written, clock_mono_ms; INT64_MAX: none waits. */
int64_t	decisions_next(const struct poller *p);

/* ---- send.c ---- */
/* What a call for this job is about; token and strings live in `a`. */
MUST_CHECK enum err job_input(struct job *job, enum call call, struct arena *a,
	    struct call_input *in, struct error *e);
/* The answer as the provider reads it; a token that is gone in between answers like a lost one. */
void	job_answer(struct job *job, enum call call, const struct call_response *r,
	    struct outcome *out);
/* Whether the token was refused and is being renewed: the task keeps it. */
bool	job_refused(struct job *job, const struct outcome *o);
/* Starts a call of the job's account, which counts in `*counter` until job_end; why there can be none. */
MUST_CHECK enum err job_ask(struct job *job, enum call call, int *counter, transfer_fn *done,
	    struct error *e);
/* The same; it counts as sending. */
MUST_CHECK enum err job_call(struct job *job, enum call call, transfer_fn *done, struct error *e);
/* Fetches a file for it, through its token's proxy. */
void	job_fetch(struct job *job, struct call_request *rq, int *counter, transfer_fn *done);
/* Takes a step that is due: an upload at once, a create after its mark was written. */
void	send_take(struct job *job);
/* Sends the create whose mark was written. */
void	send_marked(struct job *job);

/* ---- poll.c ---- */
/* When to ask for the job: after `hint_ms` (0: as its server's options say). */
void	poll_plan(struct job *job, int64_t hint_ms);
/* Asks for it as soon as it can be, whatever was planned. */
void	poll_now(struct job *job);
/* Asks for a job whose time has come. */
void	poll_take(struct job *job);
/* The server is well again: jobs that failed are asked for soon. */
void	polls_hasten(struct account *acc);

/* ---- reach.c ---- */
/* An answer of the account's upstream came, or there was none. */
void	reach_note(struct account *acc, const struct call_response *r);
/* The account is about to go. */
void	reach_forget(struct account *acc);
/* Once a second: how long upstreams have been out of reach is stored with their tasks. */
void	reach_store(struct poller *p);

/* ---- health.c ---- */
/* An answer of the job's server came: it is well, or is to rest. */
void	health_note(struct job *job, enum call call, const struct outcome *o);
/* The same of an answer that is about no one job. */
void	health_note_list(struct account *acc, const struct outcome *o);
/*
 * Whether it may be asked for the job now: after a rest one call at a time shows
 * whether it is well, and jobs that failed last time do not keep others from it.
 */
bool	health_allows(struct account *acc, const struct job *job);
/* Where a look at the job counts. */
int	*health_asking(struct account *acc, const struct job *job);
/* Whether nothing is to be sent there. */
bool	health_rests(const struct account *acc);

/* ---- content.c ---- */
/* Fetches the job's file. */
void	content_fetch(struct job *job);
/* Takes a file that came with an answer into the cache, and returns its name; or NULL, and why not. */
const char *content_keep(struct job *job, const struct call_response *r, const char **why);
/* What nobody took. */
void	content_drop(const struct call_response *r);

/* ---- refresh.c ---- */
/*
 * The upstream refused the account's token. True when it is being renewed, or
 * will be: its jobs wait. False when it cannot be, or just was.
 */
bool	refresh_begin(struct account *acc);
/* Whether the account's jobs wait for a new token. */
bool	refresh_waits(const struct account *acc);
/* Once a second: what has to be stored or tried again. */
void	refresh_continue(struct poller *p);
/* The account is about to go. */
void	refresh_cancel(struct account *acc);
/* Tokens that end soon. */
void	refresh_due(struct poller *p);
/* What came of renewing the token of the account `arg`. */
void	refresh_told(void *arg, const struct account_result *r);

/* ---- quota.c ---- */
/* Once a second: reads those that are due. */
void	quota_start(struct poller *p);
/* A video came, or its quota ran out: it is read soon. */
void	quota_want(struct account *acc);
/* The account is about to go. */
void	quota_cancel(struct account *acc);

/* ---- challenge.c ---- */
/* What goes with a request to the upstream now; NULL: nothing. */
const struct solver_credentials *poller_solver(struct poller *p, struct arena *a);
/* A request that was sent then met a challenge: the solver is asked. */
void	challenge_seen(struct poller *p, int64_t sent_ms);
/* Whether the job waits for what the solver says. */
bool	challenge_holds(const struct job *job);
void	challenge_continue(struct poller *p);
void	challenge_stop(struct poller *p);

/* ---- character.c ---- */
/* What the call needs to know of the job's character. */
void	character_input(const struct job *job, enum call call, struct arena *a,
	    struct call_input *in);
/* Takes a step that is due; the clip and the name go after their mark was written. */
void	character_take(struct job *job);
void	character_send_marked(struct job *job);
/* The picture is not needed any more. */
void	character_drop_picture(struct job *job);

/* ---- publish.c ---- */
/* Takes the step of a post that is due. */
void	publish_take(struct job *job);

/* ---- download.c ---- */
/* Fetches a file for the job; `done` begins with job_end. */
void	download_fetch(struct job *job, const char *url, transfer_fn *done);
/* As the next; `seed` is what the file's name is made of. */
const char *download_commit(struct job *job, struct file *f, const char *seed, const char **why);
/* Takes the file that came from `url` into the cache: its name, or NULL, and why not. */
const char *download_keep(struct job *job, const struct call_response *r, const char *url,
	    const char **why);
/* As clients are told where it is. */
const char *download_url(const struct job *job, const char *file);
/* Fetches the result of a job whose time has come. */
void	download_take(struct job *job);

/* ---- stale.c: results of deleted videos ---- */
/* Removes those that were noted since. */
void	stale_files_remove(struct poller *p);

#endif
