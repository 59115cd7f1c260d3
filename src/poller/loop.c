/* SPDX-License-Identifier: MIT */
/* loop.c: what is done when. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "challenge.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "expire.h"
#include "id.h"
#include "lease.h"
#include "log.h"
#include "loop.h"
#include "outbox.h"
#include "poller.h"
#include "proxy.h"
#include "publish.h"
#include "quota.h"
#include "reach.h"
#include "refresh.h"
#include "round.h"
#include "servers.h"
#include "settings_store.h"
#include "site.h"
#include "solver.h"
#include "stale.h"
#include "store.h"
#include "sweep.h"
#include "task_store.h"
#include "token_store.h"

#define SECOND_MS	1000
#define REFRESH_MS	300000	/* between looks for tokens that end soon */
#define STOP_MS		10000	/* that a stop waits for creates on their way */

int64_t
poller_clock(struct poller *p)
{
	return work_clock_read(&p->clock, clock_mono_ms());
}

int64_t
poller_pause(const struct poller *p, double s)
{
	return (int64_t)(s * 1000 * p->conf->poller_pace);
}

const char *
poller_proxy(struct poller *p, const struct token *token, struct arena *a)
{
	return proxy_choose(&p->settings, token, p->proxies, a);
}

static void
read_settings(struct poller *p)
{
	struct arena *fresh = arena_new();
	struct settings settings;
	struct error e;

	if (settings_load(p->store, p->conf, fresh, &settings, &e) != ERR_OK) {
		log_error("%s", e.text);
		arena_free(fresh);
		return;
	}
	arena_free(p->settings_arena);
	p->settings_arena = fresh;
	p->settings = settings;
	log_level_set(settings_debug(&settings, p->conf, p->started_ms)
	    ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
}

/* While the database cannot be written nobody else can take the lease either. */
void
poller_renew_lease(struct poller *p)
{
	int third = p->lease->ms / 3;
	int64_t now = clock_mono_ms();
	bool held = true;
	struct error e;

	p->lease->clock_ms = poller_clock(p);
	if (now < p->lease_ms)
		return;
	p->lease_ms = now + (third < LEASE_SIGN_MS ? third : LEASE_SIGN_MS);
	if (lease_take(p->store, p->lease, &held, &e) != ERR_OK)
		log_warn("lease not renewed: %s", e.text);
	else if (!held)
		p->lost = true;
}

/* Tokens that were deleted go when nothing runs on them any more. */
static void
forget_deleted(struct poller *p)
{
	struct error e;
	int n;

	if (token_drained(p->store, &n, &e) != ERR_OK)
		log_warn("%s", e.text);
	else if (n > 0)
		log_info("%d deleted tokens removed, their last task has ended", n);
}

static void
every_second(struct poller *p)
{
	int64_t now = clock_mono_ms();

	if (now < p->second_ms)
		return;
	p->second_ms = now + SECOND_MS;
	p->look = true;
	read_settings(p);
	pool_write_changes(p);
	reach_store(p);
	expire_run(p);
	forget_deleted(p);
	pool_trim(p);
	refresh_continue(p);
	quota_start(p);
	outbox_run(p->outbox);
	stale_files_remove(p);
	if (now >= p->refresh_ms) {
		p->refresh_ms = now + REFRESH_MS;
		refresh_due(p);
	}
	servers_ask(p);
}

/*
 * What other processes wrote; and queued tasks, for slots that our own decisions
 * freed or that time did.
 */
static void
notice_changes(struct poller *p)
{
	int64_t version = store_data_version(p->store);
	bool more = false;
	struct error e;
	int assigned;

	if (version == p->data_version && !p->look)
		return;
	p->data_version = version;
	if (task_assign_queued(p->store, poller_clock(p), &assigned, &e) != ERR_OK)
		log_warn("%s", e.text);
	if (jobs_sync(p, &more, &e) != ERR_OK)
		log_error("%s", e.text);
	p->look = assigned > 0 || more;
}

/* How long the upstream's answers may be waited for until something is due. */
static int
pause_of(const struct poller *p)
{
	int64_t now = clock_mono_ms(), next = now + LOOK_MS;

	if (p->look)
		return 0;
	if (decisions_next(p) < next)
		next = decisions_next(p);
	if (queues_next(p) < next)
		next = queues_next(p);
	if (rounds_next(p) < next)
		next = rounds_next(p);
	if (sweep_next(p->sweep) < next)
		next = sweep_next(p->sweep);
	return next > now ? (int)(next - now) : 0;
}

/* What is decided in a turn is written together, at the begin of the next. */
static void
turn(struct poller *p)
{
	bool more;

	decisions_write(p);
	poller_renew_lease(p);
	every_second(p);
	sweep_run(p);
	notice_changes(p);
	more = queues_run(p);
	more = rounds_run(p) || more;
	challenge_continue(p);
	arena_reset(p->arena);
	client_wait(p->client, more ? 0 : pause_of(p));
}

static int
sending(const struct poller *p)
{
	int n = p->sending;

	for (size_t i = 0; i < p->n_tokens; i++)
		n += p->tokens[i]->sending;
	return n;
}

/* A create that is cut off has to be looked for later: better to hear its answer. */
static void
finish_sending(struct poller *p)
{
	int64_t end = clock_mono_ms() + STOP_MS;

	while (sending(p) > 0 && clock_mono_ms() < end) {
		client_wait(p->client, LOOK_MS);
		poller_renew_lease(p);
	}
	decisions_write(p);
	pool_write_changes(p);
}

void
poller_init(struct poller *p, const struct site *site, struct store *st)
{
	*p = (struct poller){
		.site = site, .conf = site->conf, .store = st,
		.client = client_new(), .arena = arena_new(),
		.proxies = proxy_pool_new(site->conf->proxy_pool_file),
		.challenge = challenge_new(site), .sweep = sweep_new(),
		.parse_rest = parse_rest_new(),
		.settings_arena = arena_new(), .started_ms = clock_now_ms(),
	};
	p->outbox = outbox_new(p);
	TAILQ_INIT(&p->decided);
	TAILQ_INIT(&p->unsaved);
	TAILQ_INIT(&p->idle);
	TAILQ_INIT(&p->silent_tokens);
	TAILQ_INIT(&p->renewing);
	read_settings(p);
}

void
poller_clear(struct poller *p)
{
	jobs_free(p);
	sweep_free(p->sweep);
	servers_free(p);
	outbox_free(p->outbox);
	pool_free(p);
	heap_clear(&p->rounds);
	heap_clear(&p->quotas);
	heap_clear(&p->ends);
	challenge_free(p->challenge);
	free(p->parse_rest);
	client_free(p->client);
	proxy_pool_free(p->proxies);
	arena_free(p->arena);
	arena_free(p->settings_arena);
}

bool
poller_run(const struct site *site, struct store *st, struct lease *lease,
    volatile const sig_atomic_t *stop)
{
	struct poller p;
	struct error e;

	store_fence(st, lease->name, lease->owner);
	poller_init(&p, site, st);
	p.lease = lease;
	work_clock_start(&p.clock, lease->clock_ms, clock_mono_ms());
	if (jobs_load_all(&p, &e) != ERR_OK)
		fatal("%s", e.text);
	log_info("working on %zu tasks", p.n_jobs);
	while (!*stop && !p.lost)
		turn(&p);
	if (!p.lost)
		finish_sending(&p);
	store_fence(st, NULL, NULL);
	lease->clock_ms = poller_clock(&p);
	poller_clear(&p);
	return !p.lost;
}
