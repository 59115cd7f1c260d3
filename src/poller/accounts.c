/* accounts.c: the tokens that have jobs. */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "arena.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "quota.h"
#include "reach.h"
#include "refresh.h"
#include "round.h"
#include "step.h"
#include "task_store.h"
#include "token_store.h"
#include "xalloc.h"

#define MOST_UNSAVED	100	/* changes of one token */

struct unsaved_change {
	STAILQ_ENTRY(unsaved_change) link;
	struct token_change change;
};

/* Where the account is, or would be. */
static size_t
position_of(const struct poller *p, int64_t token_id)
{
	size_t low = 0, high = p->n_accounts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->accounts[middle]->id < token_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct account *
account_new(struct poller *p, int64_t token_id)
{
	struct account *acc = xcalloc(1, sizeof(*acc));

	acc->poller = p;
	acc->id = token_id;
	acc->next_ms = clock_mono_ms();
	TAILQ_INSERT_TAIL(&p->idle, acc, of_idle);
	TAILQ_INIT(&acc->jobs);
	STAILQ_INIT(&acc->unsaved);
	return acc;
}

struct account *
account_of(struct poller *p, int64_t token_id)
{
	size_t i = position_of(p, token_id);

	if (i < p->n_accounts && p->accounts[i]->id == token_id)
		return p->accounts[i];
	p->accounts = xgrow(p->accounts, p->n_accounts, &p->room_accounts,
	    sizeof(*p->accounts));
	memmove(&p->accounts[i + 1], &p->accounts[i],
	    (p->n_accounts - i) * sizeof(*p->accounts));
	p->n_accounts++;
	return p->accounts[i] = account_new(p, token_id);
}

/* What it counts of a job: +1 when that comes or has changed, -1 before. */
static void
count(struct account *acc, const struct job *job, int change)
{
	acc->listed += round_lists(job) ? change : 0;
	acc->lost += job->task.step == STEP_RECONCILE ? change : 0;
}

void
account_join(struct account *acc, struct job *job)
{
	if (TAILQ_EMPTY(&acc->jobs))
		TAILQ_REMOVE(&acc->poller->idle, acc, of_idle);
	job->account = acc;
	TAILQ_INSERT_TAIL(&acc->jobs, job, of_account);
	count(acc, job, 1);
}

/* It stays its job's account, as long as an exchange counts there. */
void
account_leave(struct account *acc, struct job *job)
{
	count(acc, job, -1);
	TAILQ_REMOVE(&acc->jobs, job, of_account);
	if (TAILQ_EMPTY(&acc->jobs))
		TAILQ_INSERT_TAIL(&acc->poller->idle, acc, of_idle);
}

#define TOKEN_AGE_MS	1000	/* a change of a server's options is seen after that */
#define HEALTH_MS	600000	/* how long a server's failures are remembered */

static void
forget_token(struct account *acc)
{
	arena_free(acc->token_arena);
	acc->token_arena = NULL;
	acc->token = NULL;
}

const struct token *
account_token(struct account *acc)
{
	int64_t now = clock_mono_ms();
	struct error e;
	enum err rc;

	if (acc->token != NULL && now < acc->token_ms + TOKEN_AGE_MS)
		return acc->token;
	forget_token(acc);
	acc->token_arena = arena_new();
	acc->token = arena_alloc(acc->token_arena, sizeof(*acc->token));
	acc->token_ms = now;
	rc = token_load_any(acc->poller->store, acc->id, acc->token_arena,
	    acc->token, &e);
	if (rc == ERR_OK)
		return acc->token;
	if (rc != ERR_NOT_FOUND)
		log_error("token %lld: %s", (long long)acc->id, e.text);
	forget_token(acc);
	return NULL;
}

/* They were not while nobody knew that they are asked for by themselves. */
static void
queue_jobs(struct account *acc)
{
	struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		job_queue(job);
}

/*
 * A token never changes its provider. Only of a server is it looked at between
 * rounds: of all others it is not kept.
 */
const struct provider *
account_provider(struct account *acc)
{
	const struct token *t;

	if (acc->provider != NULL || (t = account_token(acc)) == NULL)
		return acc->provider;
	acc->provider = provider_find(t->provider);
	if (acc->provider->facts.by_job)
		queue_jobs(acc);
	else
		forget_token(acc);
	return acc->provider;
}

bool
account_by_job(struct account *acc)
{
	const struct provider *provider = account_provider(acc);

	return provider != NULL && provider->facts.by_job;
}

static void
drop_oldest_change(struct account *acc)
{
	struct unsaved_change *u = STAILQ_FIRST(&acc->unsaved);

	STAILQ_REMOVE_HEAD(&acc->unsaved, link);
	free(u);
	if (--acc->n_unsaved == 0)
		TAILQ_REMOVE(&acc->poller->unsaved, acc, of_unsaved);
}

static void
account_free(struct account *acc)
{
	while (acc->n_unsaved > 0)
		drop_oldest_change(acc);
	quota_cancel(acc);
	refresh_cancel(acc);
	reach_forget(acc);
	arena_free(acc->token_arena);
	round_drop(acc);
	heap_remove(&acc->poller->rounds, &acc->due);
	TAILQ_REMOVE(&acc->poller->idle, acc, of_idle);
	free(acc);
}

static bool
is_used(const struct account *acc)
{
	return !TAILQ_EMPTY(&acc->jobs) || acc->orphans > 0 || acc->round != NULL ||
	    acc->quota_call != NULL || heap_has(&acc->quota_due) ||
	    acc->refresh != NULL || acc->refresh_ms != 0 ||
	    acc->renewed_arena != NULL || acc->n_unsaved > 0 ||
	    acc->sending + acc->asking + acc->asking_bad > 0 ||
	    (acc->health.downs > 0 &&
	    clock_mono_ms() < acc->health.rest_ms + HEALTH_MS);
}

void
accounts_trim(struct poller *p)
{
	const struct account *acc;
	size_t kept = 0;

	TAILQ_FOREACH(acc, &p->idle, of_idle)
		if (!is_used(acc))
			break;
	if (acc == NULL)
		return;
	for (size_t i = 0; i < p->n_accounts; i++)
		if (is_used(p->accounts[i]))
			p->accounts[kept++] = p->accounts[i];
		else
			account_free(p->accounts[i]);
	p->n_accounts = kept;
}

void
accounts_free(struct poller *p)
{
	for (size_t i = 0; i < p->n_accounts; i++)
		account_free(p->accounts[i]);
	free(p->accounts);
	p->accounts = NULL;
	p->n_accounts = p->room_accounts = 0;
}

/* By member: what is between them is not zeroed by an initialiser. */
static bool
changes_nothing(const struct token_change *c)
{
	return c->verdict == TOKEN_FINE && c->cooled_until == 0 &&
	    c->sora2_cooldown_until == 0 && c->remaining_plus_1 == 0 &&
	    !c->full && !c->accepted;
}

/* In the order in which they came; of too many the oldest go. */
static void
keep_change(struct account *acc, const struct token_change *change)
{
	struct unsaved_change *u = xcalloc(1, sizeof(*u));

	if (acc->n_unsaved == MOST_UNSAVED)
		drop_oldest_change(acc);
	if (acc->n_unsaved++ == 0)
		TAILQ_INSERT_TAIL(&acc->poller->unsaved, acc, of_unsaved);
	u->change = *change;
	STAILQ_INSERT_TAIL(&acc->unsaved, u, link);
}

static enum err
write_change(struct account *acc, const struct token_change *change,
    struct error *e)
{
	struct poller *p = acc->poller;
	enum err rc = token_change_apply(p->store, acc->id, change,
	    p->settings.error_ban_threshold, e);

	if (rc != ERR_OK && rc != ERR_UNAVAILABLE)
		log_error("token %lld: not updated: %s", (long long)acc->id, e->text);
	return rc;
}

void
account_change(struct account *acc, const struct token_change *change)
{
	struct error e;

	if (changes_nothing(change))
		return;
	if (acc->n_unsaved > 0) {	/* after those that came before */
		keep_change(acc, change);
	} else if (write_change(acc, change, &e) == ERR_UNAVAILABLE) {
		log_warn("token %lld: not updated yet, next try in 1 s: %s", (long long)acc->id, e.text);
		keep_change(acc, change);
	}
}

void
account_changes_write(struct poller *p)
{
	struct account *acc;
	struct error e;

	while ((acc = TAILQ_FIRST(&p->unsaved)) != NULL) {
		if (write_change(acc, &STAILQ_FIRST(&acc->unsaved)->change,
		    &e) == ERR_UNAVAILABLE)
			return;
		drop_oldest_change(acc);
	}
}

void
account_lost(struct account *acc, const char *why)
{
	struct poller *p = acc->poller;
	struct step_env env = poller_env(p);
	struct task_change change;
	struct job *job;

	log_warn("token %lld: %s", (long long)acc->id, why);
	TAILQ_FOREACH(job, &acc->jobs, of_account) {
		if (job->decided || job->transfer != NULL)
			continue;
		step_account_lost(&job->task, why, &env, &change);
		decide(job, &change);
	}
}
