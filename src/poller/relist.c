/*
 * relist.c: finding a task whose create was interrupted in the list of a server
 * that is otherwise asked for each job. The list has other people's jobs, too:
 * a task is found when no more jobs can be it than tasks are looked for.
 */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "poller.h"

#define MAX_PAGES	10

static bool
is_lost(const struct account *acc, const struct job *job)
{
	return !job->decided && job->task.step == STEP_RECONCILE &&
	    job->task.step_ms <= acc->round->started_ms;
}

static void
end(struct account *acc)
{
	const struct token *token = account_token(acc);

	round_drop(acc);
	round_at(acc, clock_mono_ms() + poller_pause(acc->poller,
	    token != NULL ? token->terms->poll_interval : 5));
}

/* ---- what was listed ---- */

static bool
can_be(const struct account *acc, const struct job *job,
    const struct sighting *s)
{
	return acc->provider->is_its(&acc->round->token, &job->task, s) &&
	    (s->created_at == 0 || s->created_at >= reconcile_since(acc, &job->task)) &&
	    !reconcile_claimed(acc, s->upstream_id);
}

/* How many lost tasks the same jobs can be: they are alike. */
static size_t
lost_alike(const struct account *acc, const struct sighting *s)
{
	const struct job *job;
	size_t n = 0;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		n += is_lost(acc, job) && can_be(acc, job, s);
	return n;
}

/* The first of the jobs that can be it; NULL: none, or there are too many. */
static const struct sighting *
pick(const struct account *acc, const struct job *job)
{
	const struct round *round = acc->round;
	const struct sighting *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < round->n_seen; i++) {
		if (!can_be(acc, job, &round->seen[i]))
			continue;
		if (n++ == 0)
			first = &round->seen[i];
	}
	return n > 0 && n <= lost_alike(acc, first) ? first : NULL;
}

static void
settle(struct account *acc, struct job *job)
{
	struct step_env env = job_env(job);
	const struct sighting *s = pick(acc, job);
	struct task_change change;

	/* what came later was not looked at */
	job->asked_ms = env.clock_ms = acc->round->started_ms;
	if (s != NULL && !reconcile_being_sent(acc, job->task.prompt)) {
		reconcile_take(acc, s->upstream_id);
		log_id_set(job->task.request_id);
		log_info("task %s: found again", job->task.task_id);
		log_id_set(NULL);
		step_found(&job->task, arena_strdup(acc->poller->arena,
		    s->upstream_id), &env, &change);
		decide(job, &change);
	} else if (step_not_found(&job->task, &env, &change)) {
		decide(job, &change);
	}
}

static void
finish(struct account *acc)
{
	struct job *job;

	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (is_lost(acc, job))
			settle(acc, job);
	end(acc);
}

/* Copies of what the page shows; true when all later ones are too old. */
static bool
take_page(struct account *acc, const struct outcome *o)
{
	struct round *round = acc->round;
	const struct job *job;
	int64_t oldest = 0;

	for (size_t i = 0; i < o->n_sightings; i++) {
		const struct sighting *s = &o->sightings[i];

		round->seen = arena_grow(round->arena, round->seen,
		    round->n_seen, sizeof(*round->seen));
		round->seen[round->n_seen++] = *s;
		if (s->created_at != 0 &&
		    (oldest == 0 || s->created_at < oldest))
			oldest = s->created_at;
	}
	TAILQ_FOREACH(job, &acc->jobs, of_account)
		if (is_lost(acc, job) && (oldest == 0 ||
		    reconcile_since(acc, &job->task) <= oldest))
			return false;
	return true;
}

/* ---- the exchange ---- */

static void ask(struct account *acc);

static void
on_listed(void *arg, const struct call_response *r)
{
	struct account *acc = arg;
	struct round *round = acc->round;
	struct call_input in = { .call = CALL_JOBS, .conf = acc->poller->conf,
	    .token = &round->token, .cursor = round->cursor };
	struct outcome o = { 0 };

	acc->transfer = NULL;
	reach_note(acc, r);
	round->now = response_date(r);
	provider_parse(account_provider(acc), &in, r, 0, clock_now(),
	    round->arena, &o);
	credential_judges(acc, &round->with, &o);
	health_note_list(acc, &o);
	/* there is no such list, or none that can be read */
	if (o.verdict == VERDICT_GONE || r->too_large) {
		finish(acc);
		return;
	}
	if (o.verdict != VERDICT_OK) {
		log_info("token %lld: its jobs could not be listed: %s",
		    (long long)acc->id, o.log != NULL ? o.log : "no reason");
		end(acc);
		return;
	}
	if (!take_page(acc, &o) && o.cursor != NULL &&
	    ++round->pages < MAX_PAGES) {
		round->cursor = o.cursor;
		ask(acc);
		return;
	}
	finish(acc);
}

static void
ask(struct account *acc)
{
	struct poller *p = acc->poller;
	struct round *round = acc->round;
	struct call_request request = { 0 };
	struct call_input in = { .call = CALL_JOBS, .conf = p->conf,
	    .token = &round->token, .cursor = round->cursor };
	struct error e;

	if (provider_build(account_provider(acc), &in, round->arena, &request,
	    &e) != ERR_OK) {
		log_error("token %lld: %s", (long long)acc->id, e.text);
		end(acc);
		return;
	}
	request.proxy = poller_proxy(p, in.token, round->arena);
	round->with = credential_of(p, in.token);
	acc->transfer = client_start(p->client, &request, on_listed, acc);
}

void
relist_start(struct account *acc)
{
	if (health_rests(acc))
		round_at(acc, clock_mono_ms() + LOOK_MS);
	else if (round_new(acc) != NULL)
		ask(acc);
	else
		end(acc);
}
