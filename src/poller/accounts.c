/* accounts.c: the tokens that have jobs. */
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "arena.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "task_store.h"
#include "token_store.h"
#include "xalloc.h"

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
	TAILQ_INIT(&acc->jobs);
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
account_free(struct account *acc)
{
	if (acc->transfer != NULL)
		transfer_cancel(acc->transfer);
	if (acc->quota_transfer != NULL) {
		transfer_cancel(acc->quota_transfer);
		acc->poller->asking--;
	}
	account_cancel(acc->refresh);
	arena_free(acc->token_arena);
	arena_free(acc->renewed_arena);
	round_drop(acc);
	heap_remove(&acc->poller->rounds, &acc->due);
	free(acc);
}

static bool
is_used(const struct account *acc)
{
	return !TAILQ_EMPTY(&acc->jobs) || acc->round != NULL ||
	    acc->quota_transfer != NULL || acc->quota_ms != 0 ||
	    acc->refresh != NULL || acc->refresh_ms != 0 ||
	    acc->renewed_arena != NULL ||
	    acc->sending + acc->asking + acc->asking_bad > 0 ||
	    (acc->health.downs > 0 &&
	    clock_mono_ms() < acc->health.rest_ms + HEALTH_MS);
}

void
accounts_trim(struct poller *p)
{
	size_t kept = 0;

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

void
account_change(struct account *acc, const struct token_change *change)
{
	struct poller *p = acc->poller;
	struct error e;

	if (changes_nothing(change))
		return;
	if (token_change_apply(p->store, acc->id, change,
	    p->settings.error_ban_threshold, &e) != ERR_OK)
		log_error("token %lld: %s", (long long)acc->id, e.text);
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
