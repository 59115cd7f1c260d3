/* loop.c: what is done when. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "id.h"
#include "lease.h"
#include "log.h"
#include "poller.h"
#include "proxy.h"
#include "settings_store.h"
#include "site.h"
#include "solver.h"
#include "store.h"
#include "task_store.h"
#include "token_store.h"

#define SECOND_MS	1000
#define REFRESH_MS	300000	/* between looks for tokens that end soon */
#define STOP_MS		10000	/* that a stop waits for creates on their way */
#define SETTLE_S	120	/* that a server's list, or its file, may lag behind */
#define GONE_S		60	/* that a server may not know its job */
#define LAST_LOOK_S	60	/* that an answer is waited for when a task's time is over */

int64_t
poller_clock(struct poller *p)
{
	return work_clock_read(&p->clock, clock_mono_ms());
}

struct step_env
poller_env(struct poller *p)
{
	return (struct step_env){
		.now_ms = clock_now_ms(),
		.clock_ms = poller_clock(p),
		.jitter = id_below(1000) / 1000.0,
		.max_retries = p->conf->sora_max_retries,
		.image_timeout = p->settings.image_timeout,
		.video_timeout = p->settings.video_timeout,
		.max_outage = p->conf->max_outage,
		.silent = p->silent,
		.last_look_ms = poller_pause(p, LAST_LOOK_S),
		.settle_ms = (int64_t)p->conf->sora_settle_time * 1000,
		.cameo_ms = (int64_t)(p->conf->sora_poll_interval * 2500),
		.cache = p->settings.cache_enabled,
		.watermark_free = p->settings.watermark_free_enabled,
		.solver = solver_is_on(&p->settings),
		.arena = p->arena,
	};
}

int64_t
poller_pause(const struct poller *p, double s)
{
	return (int64_t)(s * 1000 * p->conf->poller_pace);
}

static void
add_server(const struct poller *p, const struct token_terms *terms,
    struct step_env *env)
{
	env->by_job = true;
	env->can_list = terms->can_list;
	env->resubmit_ambiguous = terms->resubmit_ambiguous;
	env->resubmit_lost = terms->resubmit_lost;
	env->job_age = terms->job_age;
	env->settle_ms = poller_pause(p, SETTLE_S);
	env->content_ms = poller_pause(p, SETTLE_S);
	env->gone_ms = poller_pause(p, GONE_S);
	env->pause_ms = poller_pause(p, 1);
}

struct step_env
job_env(struct job *job)
{
	struct poller *p = job->poller;
	struct step_env env = poller_env(p);
	struct account *acc = job->account;
	const struct provider *provider = account_provider(acc);
	const struct token *token;

	env.silent = acc->silent;
	env.asked_ms = job->asked_ms;
	if (provider == NULL)
		return env;
	env.watermark_free = env.watermark_free && provider->facts.publishes;
	if (provider->facts.by_job && (token = account_token(acc)) != NULL)
		add_server(p, token->terms, &env);
	return env;
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
		log_warn("the lease could not be renewed: %s", e.text);
	else if (!held)
		p->lost = true;
}

/* Writes the end of those whose time is over; the row of the last. */
static int64_t
expire_page(struct poller *p, const struct task_page *page)
{
	struct step_env env = poller_env(p);
	struct task_change change;
	struct error e;
	bool applied;

	for (size_t i = 0; i < page->n; i++) {
		const struct task *t = &page->tasks[i];

		if (!step_expired(t, &env, &change))
			continue;
		log_id_set(t->request_id);
		if (task_apply(p->store, t, &change, 0, &applied, &e)
		    != ERR_OK)
			log_warn("task %s: %s", t->task_id, e.text);
		else if (applied)
			log_info("task %s: failed: %s: %s", t->task_id,
			    change.error_code, change.error_message);
		log_id_set(NULL);
	}
	return page->n > 0 ? page->tasks[page->n - 1].row : 0;
}

/* Tasks that waited too long for a slot. */
static void
expire_queued(struct poller *p)
{
	struct arena *a = arena_new();
	struct task_page page = { 0 };
	int64_t after = 0;
	struct error e;

	do {
		arena_reset(a);
		if (task_waited(p->store, after, poller_clock(p), a, &page, &e)
		    != ERR_OK) {
			log_error("%s", e.text);
			break;
		}
		after = expire_page(p, &page);
	} while (page.has_more);
	arena_free(a);
}

/* What may have ended there since it was last asked for is asked for now. */
static void
ask_once_more(struct job *job, const struct step_env *env)
{
	struct account *acc = job->account;
	int64_t end = step_deadline(&job->task, env);

	if (env->clock_ms < end || job->asked_ms >= end)
		return;
	if (env->by_job && job->task.step == STEP_POLL &&
	    job->transfer == NULL)
		poll_now(job);
	else if (!env->by_job && round_lists(job) && acc->errors == 0 &&
	    acc->round == NULL)
		round_at(acc, clock_mono_ms());
}

static void
expire_jobs(struct poller *p)
{
	struct task_change change;

	for (size_t i = 0; i < p->n_jobs; i++) {
		struct job *job = p->jobs[i];
		struct step_env env = job_env(job);

		if (job->decided)
			continue;
		if (step_expired(&job->task, &env, &change)) {
			job_abandon(job);
			decide(job, &change);
		} else {
			ask_once_more(job, &env);
		}
	}
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
		log_info("%d deleted tokens are gone with their last task", n);
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
	reach_store(p);
	expire_queued(p);
	expire_jobs(p);
	forget_deleted(p);
	accounts_trim(p);
	refresh_continue(p);
	quota_start(p);
	farewells_start(p);
	tidy_start(p);
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
	if (p->sweep.next_ms < next)
		next = p->sweep.next_ms;
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

	for (size_t i = 0; i < p->n_accounts; i++)
		n += p->accounts[i]->sending;
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
}

void
poller_init(struct poller *p, const struct site *site, struct store *st)
{
	*p = (struct poller){
		.site = site, .conf = site->conf, .store = st,
		.client = client_new(), .arena = arena_new(),
		.proxies = proxy_pool_new(site->conf->proxy_pool_file),
		.solver = solver_new(site->spool_dir, site->seal),
		.settings_arena = arena_new(), .started_ms = clock_now_ms(),
	};
	TAILQ_INIT(&p->decided);
	read_settings(p);
}

void
poller_clear(struct poller *p)
{
	jobs_free(p);
	sweep_stop(p);
	tidy_stop(p);
	servers_free(p);
	farewells_stop(p);
	accounts_free(p);
	heap_clear(&p->rounds);
	challenge_stop(p);
	solver_free(p->solver);
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
