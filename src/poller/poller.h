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
 *	reconcile.c	finding a task whose create was interrupted
 *	refresh.c	renewing access tokens
 *	quota.c		how many videos an account has left
 *	challenge.c	new credentials from the operator's solver
 *	character.c	characters, step by step
 *	farewell.c	characters that were for one video alone
 *	publish.c	the file without watermark
 *	download.c	results into the cache
 *	sweep.c		what is old goes
 */
#ifndef POLLER_H
#define POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
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
	bool		 downloads;	/* `transfer` counts in poller.downloading, else in sending */
	bool		 challenged;	/* its last call met a challenge */
	const char	*link;		/* STEP_PARSE: what the parse service told */
	char		 picture[48];	/* STEP_PICTURE: its file in the spool folder; "": none */
	int		 looks;		/* at the lists without progress */
	int		 seen_progress;
	int64_t		 seen_ms;	/* an image: started_ms of the last round that showed it */
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
	volatile const int *stop;	/* set by the signal handler */

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
	int64_t		 commit_ms;	/* after a failed commit: when to try again */
	int		 sending;	/* uploads and creates on their way */
	int		 downloading;
	bool		 old_pending;	/* the upstream has the first version of these paths only */
	bool		 old_drafts;
	bool		 look;		/* at the queue, whether or not the database changed */
	bool		 lost;		/* the lease went to another process */
};

/* ---- loop.c ---- */
/* Works until `stop` is set (returns true) or the lease is lost (false). */
bool	poller_run(const struct site *site, struct store *st, const char *owner,
	    volatile const int *stop);
/* What the step machine needs to know. */
struct step_env poller_env(struct poller *p);
/* The proxy for a request of this token, or NULL. */
const char *poller_proxy(struct poller *p, const struct token *token, struct arena *a);

/* ---- jobs.c ---- */
MUST_CHECK enum err jobs_load_all(struct poller *p, struct error *e);
/* Reads what changed since the last look. */
MUST_CHECK enum err jobs_sync(struct poller *p, struct error *e);
/* Reads one task again: updates, adds or drops its job. */
MUST_CHECK enum err jobs_reload(struct poller *p, int64_t row, struct error *e);
void	jobs_free(struct poller *p);

/* ---- commit.c ---- */
/* Notes what is to be written about a job; strings must live in p->arena or the job. */
void	decide(struct job *job, const struct task_change *change);
/* Writes all decisions in one transaction; they wait when the database is busy or full. */
void	decisions_write(struct poller *p);

/* ---- accounts.c ---- */
struct account *account_of(struct poller *p, int64_t token_id);
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
/* Starts a call of the job's account, which counts as sending; why there can be none. */
MUST_CHECK enum err job_call(struct job *job, enum call call, transfer_fn *done, struct error *e);
/* Such a call has ended. */
void	job_call_ended(struct job *job);
/* Begins what is due: uploads at once, creates after their mark was written. */
void	send_start(struct poller *p);
/* Sends the creates whose mark was written. */
void	send_marked(struct poller *p);

/* ---- round.c ---- */
void	rounds_start(struct poller *p);
void	round_end(struct account *acc);

/* ---- reconcile.c ---- */
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
/* Fetches a file for the job; `done` begins with download_ended. */
void	download_fetch(struct job *job, const char *url, transfer_fn *done);
void	download_ended(struct job *job);
/* Takes the file that came from `url` into the cache: its name, or NULL, and why not. */
const char *download_keep(struct job *job, const struct call_response *r, const char *url,
	    const char **why);
/* As clients are told where it is. */
const char *download_url(const struct job *job, const char *file);
void	downloads_start(struct poller *p);

/* ---- sweep.c ---- */
void	sweep(struct poller *p);

#endif
