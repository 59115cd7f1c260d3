/* SPDX-License-Identifier: MIT */
/*
 * poller.h: the daemon that carries tasks through the upstream. Private to
 * src/poller.
 *
 * One thread, one loop. What to do is decided by step.h and the providers; the
 * files here only carry it out:
 *
 * Each file has a header of its own with what the others may use. From the
 * outside in:
 *
 *	main.c		the program
 *	loop		what is done when
 *	job, queue	the tasks that hold a slot; which is due, and what takes its step
 *	commit		decisions about them, written together
 *	env, expire	what decisions are made of; tasks whose time is over
 *	pool		their tokens
 *	job_call, call	calls of an upstream: for a job, and for none
 *	credential	with what a call was made
 *	send		uploads and creates
 *	round, relist	lists that tell of all jobs of a token, or of lost ones
 *	reconcile	finding a task whose create was interrupted
 *	poll		asking for each job by itself, where there are no lists
 *	character_steps	characters, step by step
 *	publish		the file without watermark
 *	download, content	results into the cache, by address or asked for by job
 *	health, reach	servers that fail rest; upstreams that cannot be reached
 *	refresh, quota, challenge, servers	what is kept up about tokens
 *	outbox		what is to be deleted upstream after a task has ended
 *	stale, sweep	what goes from the disk
 */
#ifndef POLLER_H
#define POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "job.h"
#include "pool.h"
#include "queue.h"
#include "settings.h"
#include "work_clock.h"

#define MAX_SENDING	64	/* uploads and creates on their way at once */
#define LOOK_MS		100	/* until what is not free is looked at again */

struct arena;
struct challenge;
struct client;
struct conf;
struct lease;
struct outbox;
struct parse_rest;
struct proxy_pool;
struct server_ask;
struct site;
struct store;
struct sweep;
struct token;

struct poller {
	const struct site *site;
	const struct conf *conf;
	struct store	*store;
	struct client	*client;
	struct proxy_pool *proxies;
	struct challenge *challenge;
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
	struct pool_token	**tokens;	/* sorted by id */
	size_t		 n_tokens, room_tokens;
	struct pool_token_list idle;	/* those without jobs */
	struct pool_token_list silent_tokens;	/* whose upstream cannot be reached */
	struct pool_token_list renewing;	/* whose renewal waits for something */
	int		 refreshing;	/* renewals on their way */
	struct heap	 ends;		/* jobs whose time may be over: expire.c */
	struct heap	 quotas;	/* tokens whose quota is to be read */
	struct pool_token_list unsaved;	/* those with changes that are not written yet */
	struct heap	 queues[QUEUE__MAX];	/* jobs whose step is due, or will be */
	struct heap	 rounds;	/* tokens whose next round is due, or will be */

	struct job_list	 decided;	/* in the order in which they are written */
	struct arena	*arena;		/* of what is thought in one turn of the loop */
	bool		 cache_dirty;	/* files were renamed since the folder was synced */

	int64_t		 data_version;
	int64_t		 last_change;	/* of the change counter, as far as read */
	int64_t		 lease_ms;	/* when to renew */
	int64_t		 second_ms;	/* when to do what is done once a second */
	struct sweep	*sweep;
	int64_t		 refresh_ms;	/* when to look for tokens that end soon */
	struct server_ask *asks;	/* servers that are being asked what they are */
	int64_t		 commit_ms;	/* after a failed commit: when to try again */
	int		 sending;	/* uploads and creates on their way, those of servers excepted */
	int		 marked;	/* creates that are about to be */
	int		 downloading;
	int		 reading;	/* rounds that are on */
	struct parse_rest *parse_rest;
	int		 asking;	/* for the quota of tokens */
	bool		 old_pending;	/* the upstream has the first version of these paths only */
	bool		 old_drafts;
	bool		 look;		/* at the queue, whether or not the database changed */
	bool		 lost;		/* the lease went to another process */
	struct job	*orphans;
};

/* The service's clock, see work_clock.h. */
int64_t	poller_clock(struct poller *p);
/* A pause between calls of a server, ms: `s` seconds at the usual pace. */
int64_t	poller_pause(const struct poller *p, double s);
/* The proxy for a request of this token, or NULL. */
const char *poller_proxy(struct poller *p, const struct token *token, struct arena *a);

#endif
