/*
 * poller.h: the daemon that carries tasks through the upstream. Private to
 * src/poller.
 *
 * One thread, one loop. What to do is decided by step.h and the providers; the
 * files here only carry it out:
 *
 *	loop.c		what is done when
 *	jobs.c		the tasks that hold a slot, as the database has them
 *	commit.c	decisions, written together
 *	accounts.c	the tokens that have jobs
 *	send.c		uploads and creates
 *	round.c		reading an account's lists
 *	poll.c		asking for each job by itself, where there are no such lists
 *	relist.c	finding a lost create in a server's list
 *	reconcile.c	finding a task whose create was interrupted
 *	refresh.c	renewing access tokens
 *	quota.c		how many videos an account has left
 *	challenge.c	new credentials from the operator's solver
 *	character.c	characters, step by step
 *	farewell.c	characters that were for one video alone
 *	publish.c	the file without watermark
 *	download.c	results into the cache
 *	content.c	the same, from a server that is asked for each job
 *	health.c	servers that fail rest, longer each time
 *	tidy.c		jobs that nobody needs any more go there, too
 *	sweep.c		what is old goes
 */
#ifndef POLLER_H
#define POLLER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "file.h"
#include "provider.h"
#include "settings.h"
#include "step.h"
#include "task.h"

#define MAX_SENDING	64	/* uploads and creates on their way at once */

struct account_job;
struct farewell;
struct solver;
struct conf;
struct proxy_pool;
struct site;
struct store;

struct job {			/* a task that is processing */
	struct poller	*poller;
	struct arena	*arena;		/* of `task` */
	struct task	 task;
	struct transfer	*transfer;	/* upload, create or download on its way */
	bool		 send;		/* this process marked it as being sent, and is to send it */
	bool		 decided;	/* a decision waits to be written */
	bool		 link_renewed;	/* its expired link was read again once */
	int		*counter;	/* that `transfer` counts in */
	bool		 challenged;	/* its last call met a challenge */
	const char	*link;		/* STEP_PARSE: what the parse service told */
	char		 picture[48];	/* STEP_PICTURE: its file in the spool folder; "": none */
	int		 looks;		/* at the lists without progress */
	int		 seen_progress;
	int64_t		 seen_ms;	/* an image: started_ms of the last round that showed it */
	/* asked for by itself */
	int64_t		 poll_ms;	/* when to ask again, clock_mono_ms; 0: not planned yet */
	int64_t		 asked_ms;	/* when it was last asked for and answered, Unix time; 0: never */
	int		 refusals;	/* looks in a row that were refused */
	int		 gone;		/* looks in a row that did not find it */
	int64_t		 gone_ms;	/* the first of them, Unix time */
	const char	*location;	/* where its file is said to be; NULL: where the task says */
	bool		 stranger;	/* that is another host, or came from one */
	int		 hops;
	struct file	 partial;	/* what came of its file before it broke off; fd -1: nothing */
	struct job	*next_orphan;
	bool		 orphan;	/* its task ended while it was being sent */
};

struct round {			/* one look at the lists of an account */
	struct arena	*arena;
	struct token	 token;
	int64_t		 started_ms;
	bool		 images;	/* the list of images is read, those of videos were */
	const char	*cursor;	/* of the next page */
	int		 pages;
	char		**taken;	/* upstream ids adopted in this round */
	size_t		 n_taken;
	struct sighting	*seen;		/* relist.c: all of the pages so far */
	size_t		 n_seen;
};

struct account {		/* a token that has jobs, or whose quota is to be read */
	struct poller	*poller;
	int64_t		 id;
	struct transfer	*transfer;	/* of the round */
	struct transfer	*quota_transfer;
	struct round	 round;		/* arena NULL: none is on */
	int64_t		 next_ms;	/* of the next round */
	int64_t		 quota_ms;	/* when to read the quota; 0: not */
	int		 errors;	/* rounds in a row that failed */
	struct account_job *refresh;	/* its token is being renewed */
	bool		 refused;	/* that is because the upstream refused it: its jobs wait */
	int64_t		 refresh_ms;	/* when to try again to renew a refused one; 0: not */
	int64_t		 renewed_ms;	/* when it last was; 0: never */
	struct arena	*renewed_arena;	/* of `renewed`; NULL: nothing waits to be stored */
	struct token_edit renewed;	/* what the database did not take yet */
	const struct provider *provider;	/* NULL: not known yet */
	struct arena	*token_arena;	/* of `token`; NULL: not loaded */
	struct token	 token;
	int64_t		 token_ms;	/* when it was loaded */
	/* a server that is asked for each job */
	int		 sending;	/* creates on their way */
	int		 marked;	/* creates that are about to be */
	int		 asking;	/* looks at jobs on their way */
	int		 downs;		/* pauses in a row */
	int64_t		 rest_ms;	/* the end of the last, clock_mono_ms */
	bool		 odd_told;	/* a status that nobody knows was logged */
};

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
	struct farewell	*farewells;	/* characters that are being deleted */
	const char	*owner;		/* of the lease */
	int64_t		 started_ms;	/* Unix time */
	volatile const sig_atomic_t *stop;	/* set by the signal handler */

	struct settings	 settings;
	struct arena	*settings_arena;
	int64_t		 settings_ms;

	struct job	**jobs;		/* sorted by task.row */
	size_t		 n_jobs, room_jobs;
	struct account	**accounts;
	size_t		 n_accounts, room_accounts;

	struct task_decision *decisions;	/* not yet written */
	size_t		 n_decisions, room_decisions;
	struct arena	*arena;		/* of the decisions */
	bool		 cache_dirty;	/* files were renamed since the folder was synced */

	int64_t		 data_version;
	int64_t		 last_change;	/* of the change counter, as far as read */
	int64_t		 lease_ms;	/* when to renew */
	int64_t		 second_ms;	/* when to do what is done once a second */
	int64_t		 sweep_ms;
	int64_t		 refresh_ms;	/* when to look for tokens that end soon */
	struct server_ask *asks;	/* servers that are being asked what they are */
	int64_t		 commit_ms;	/* after a failed commit: when to try again */
	int		 sending;	/* uploads and creates on their way, those of servers excepted */
	int		 downloading;
	bool		 old_pending;	/* the upstream has the first version of these paths only */
	bool		 old_drafts;
	bool		 look;		/* at the queue, whether or not the database changed */
	bool		 lost;		/* the lease went to another process */
	struct job	*orphans;
	struct tidy	*tidies;	/* deletions on their way */
};

/* ---- servers.c ---- */
/* Asks servers what they are and which models they have, now and then. */
void	servers_ask(struct poller *p);
void	servers_free(struct poller *p);

/* ---- loop.c ---- */
/* Works until `stop` is set (returns true) or the lease is lost (false). */
bool	poller_run(const struct site *site, struct store *st, const char *owner,
	    volatile const sig_atomic_t *stop);
/* What the step machine needs to know. */
struct step_env poller_env(struct poller *p);
/* The same for a task that has a token. */
struct step_env job_env(struct job *job);
/* A pause between calls of a server, ms: `s` seconds at the usual pace. */
int64_t	poller_pause(const struct poller *p, double s);
/* The proxy for a request of this token, or NULL. */
const char *poller_proxy(struct poller *p, const struct token *token, struct arena *a);

/* ---- jobs.c ---- */
MUST_CHECK enum err jobs_load_all(struct poller *p, struct error *e);
/* Reads what changed since the last look. */
MUST_CHECK enum err jobs_sync(struct poller *p, struct error *e);
/* Reads one task again: updates, adds or drops its job. */
MUST_CHECK enum err jobs_reload(struct poller *p, int64_t row, struct error *e);
void	jobs_free(struct poller *p);

/* An exchange of the job was started, and counts in `*counter`. */
void	job_begin(struct job *job, struct transfer *t, int *counter);
void	job_end(struct job *job);
/* Keeps a job whose create is on its way, though its task has ended. */
void	job_orphan(struct job *job);
void	job_free(struct job *job);

/* ---- commit.c ---- */
/* Notes what is to be written about a job; strings must live in p->arena or the job. */
void	decide(struct job *job, const struct task_change *change);
/* Writes all decisions in one transaction; they wait when the database is busy or full. */
void	decisions_write(struct poller *p);

/* ---- accounts.c ---- */
struct account *account_of(struct poller *p, int64_t token_id);
/* The token, as it was at most a moment ago; NULL: it was removed. Borrowed until the next call. */
const struct token *account_token(struct account *acc);
/* Its provider; NULL: the token was removed. */
const struct provider *account_provider(struct account *acc);
/* Whether its jobs are asked for by themselves. */
bool	account_by_job(struct account *acc);
/* Forgets accounts without jobs. */
void	accounts_trim(struct poller *p);
void	accounts_free(struct poller *p);
/* What an answer that belongs to no task said about its token. */
void	account_change(struct account *acc, const struct token_change *change);
/* The token cannot be used any more: its jobs end, or go to others. */
void	account_lost(struct account *acc, const char *why);

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
/* Begins what is due: uploads at once, creates after their mark was written. */
void	send_start(struct poller *p);
/* Sends the creates whose mark was written. */
void	send_marked(struct poller *p);

/* ---- round.c ---- */
void	rounds_start(struct poller *p);
void	round_end(struct account *acc);

/* ---- poll.c ---- */
/* When to ask for the job: after `hint_ms` (0: as its server's options say). */
void	poll_plan(struct job *job, int64_t hint_ms);
void	polls_start(struct poller *p);

/* ---- relist.c ---- */
void	relists_start(struct poller *p);

/* ---- health.c ---- */
/* An answer of the account's server came: it is well, or is to rest. */
void	health_note(struct account *acc, const struct outcome *o);
/* Whether it may be asked now: one call at a time shows whether a rest is over. */
bool	health_allows(const struct account *acc);
/* Whether nothing new is to be sent there. */
bool	health_rests(const struct account *acc);

/* ---- tidy.c ---- */
/* Whether the upstream's job is to be deleted once its task has ended so. */
bool	tidy_wanted(struct job *job, enum task_status status);
void	tidy_start(struct poller *p);
void	tidy_stop(struct poller *p);

/* ---- content.c ---- */
/* Fetches the job's file. */
void	content_fetch(struct job *job);
/* Takes a file that came with an answer into the cache, and returns its name; or NULL, and why not. */
const char *content_keep(struct job *job, const struct call_response *r, const char **why);
/* What nobody took. */
void	content_drop(const struct call_response *r);

/* ---- reconcile.c ---- */
/* Whether a create with this prompt is on its way now: a sighting may be its. */
bool	reconcile_being_sent(const struct account *acc, const char *prompt);
/* Whether a task of ours has that upstream id, or was given it in this round. */
bool	reconcile_claimed(const struct account *acc, const char *upstream_id);
void	reconcile_take(struct account *acc, const char *upstream_id);
/* Adopts a sighting for a lost job of the account if it is its task. */
void	reconcile_match(struct account *acc, const struct sighting *s);
/* Whether the account has lost jobs that this round looks for. */
bool	reconcile_wanted(const struct account *acc);
/* What was wanted of the lists of videos, or of that of images, was read. */
void	reconcile_finish(struct account *acc);
/* Whether a create must wait because a task with the same prompt is being looked for. */
bool	reconcile_blocks(const struct job *job);

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
/* Tokens that end soon. */
void	refresh_due(struct poller *p);

/* ---- quota.c ---- */
void	quota_start(struct poller *p);

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
/* Takes what steps are due; the clip and the name go after their mark was written. */
void	characters_start(struct poller *p);
void	characters_send_marked(struct poller *p);
/* The picture is not needed any more. */
void	character_drop_picture(struct job *job);

/* ---- farewell.c ---- */
/* Once a second: deletes upstream what was made for a task that has ended. */
void	farewells_start(struct poller *p);
void	farewells_stop(struct poller *p);

/* ---- publish.c ---- */
void	publish_start(struct poller *p);

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
void	downloads_start(struct poller *p);

/* ---- sweep.c ---- */
void	sweep(struct poller *p);

#endif
