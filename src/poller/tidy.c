/*
 * tidy.c: jobs that nobody here needs any more are deleted at their server, as
 * the token's options say. That is done as well as it can be: after some
 * attempts it is given up.
 */
#include <stdlib.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "leftover.h"
#include "log.h"
#include "poller.h"

#define MAX_AT_ONCE	8
#define MAX_ATTEMPTS	5
#define AGAIN_S		10	/* doubles each time */

struct tidy {			/* a deletion on its way */
	struct poller	*poller;
	struct tidy	*next;
	struct transfer	*transfer;
	int64_t		 token_id;
	int64_t		 id;		/* of the leftover */
	int		 attempts;
};

bool
tidy_wanted(struct job *job, enum task_status status)
{
	struct account *acc = job->account;
	const struct token *token = account_by_job(acc) ? account_token(acc)
	    : NULL;

	if (token == NULL || job->task.upstream_id == NULL)
		return false;
	return token->terms->delete_upstream == TIDY_ALWAYS ||
	    (token->terms->delete_upstream == TIDY_FINISHED &&
	    status == TASK_COMPLETED);
}

static void
done(struct poller *p, int64_t id)
{
	struct error e;

	if (leftover_done(p->store, id, &e) != ERR_OK)
		log_warn("%s", e.text);
}

static void
failed(struct tidy *t, const struct outcome *o)
{
	struct poller *p = t->poller;
	int64_t pause = poller_pause(p, AGAIN_S << t->attempts);
	struct error e;

	log_info("token %lld: a job could not be deleted: %s",
	    (long long)t->token_id, o->log != NULL ? o->log : "no reason");
	if (t->attempts + 1 >= MAX_ATTEMPTS)
		done(p, t->id);
	else if (leftover_later(p->store, t->id, poller_clock(p) + pause, &e)
	    != ERR_OK)
		log_warn("%s", e.text);
}

static void
forget(struct tidy *t)
{
	struct tidy **at = &t->poller->tidies;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	free(t);
}

static void
on_deleted(void *arg, const struct call_response *r)
{
	struct tidy *t = arg;
	struct arena *a = arena_new();
	struct outcome o = { .verdict = VERDICT_GONE };
	struct token token;
	struct call_input in = { .call = CALL_DELETE,
	    .conf = t->poller->conf, .token = &token };
	struct error e;

	if (token_load_any(t->poller->store, t->token_id, a, &token, &e)
	    == ERR_OK)
		provider_parse(provider_find(token.provider), &in, r,
		    t->attempts, clock_now(), a, &o);
	if (o.verdict == VERDICT_OK || o.verdict == VERDICT_GONE)
		done(t->poller, t->id);
	else
		failed(t, &o);
	arena_free(a);
	forget(t);
}

static bool
is_on_its_way(const struct poller *p, int64_t id)
{
	for (const struct tidy *t = p->tidies; t != NULL; t = t->next)
		if (t->id == id)
			return true;
	return false;
}

static int
running(const struct poller *p)
{
	int n = 0;

	for (const struct tidy *t = p->tidies; t != NULL; t = t->next)
		n++;
	return n;
}

static void
start(struct poller *p, const struct leftover *l, const struct token *token,
    struct arena *a)
{
	struct call_request request = { 0 };
	const struct call_input in = { .call = CALL_DELETE, .conf = p->conf,
	    .token = token, .job_id = l->upstream_id };
	struct tidy *t;
	struct error e;

	if (provider_build(provider_find(token->provider), &in, a, &request,
	    &e) != ERR_OK) {
		done(p, l->id);
		return;
	}
	if ((t = calloc(1, sizeof(*t))) == NULL)
		fatal("out of memory");
	*t = (struct tidy){ .poller = p, .next = p->tidies, .id = l->id,
	    .token_id = l->token_id, .attempts = l->attempts };
	p->tidies = t;
	request.proxy = poller_proxy(p, token, a);
	t->transfer = client_start(p->client, &request, on_deleted, t);
}

static void
look_at(struct poller *p, const struct leftover *l, struct arena *a)
{
	struct token token;
	struct error e;
	enum err rc;

	if (is_on_its_way(p, l->id))
		return;
	rc = token_load_any(p->store, l->token_id, a, &token, &e);
	if (rc == ERR_NOT_FOUND || (rc == ERR_OK && (
	    token.terms->delete_upstream == TIDY_NEVER ||
	    (token.terms->delete_upstream == TIDY_FINISHED &&
	    !l->finished))))
		done(p, l->id);
	else if (rc == ERR_OK)
		start(p, l, &token, a);
	else
		log_error("%s", e.text);
}

void
tidy_start(struct poller *p)
{
	struct arena *a = arena_new();
	struct leftover *all;
	struct error e;
	size_t n;

	if (leftover_due(p->store, poller_clock(p), a, &all, &n, &e)
	    != ERR_OK) {
		log_error("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n && running(p) < MAX_AT_ONCE; i++)
		look_at(p, &all[i], a);
	arena_free(a);
}

void
tidy_stop(struct poller *p)
{
	while (p->tidies != NULL) {
		transfer_cancel(p->tidies->transfer);
		forget(p->tidies);
	}
}
