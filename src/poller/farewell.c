/*
 * farewell.c: a character that was made for one video alone is deleted upstream
 * when its task has ended, however it ended. It has no task any more: what is to
 * be done is in its row.
 */
#include <stdlib.h>

#include "arena.h"
#include "character_store.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "token_store.h"

#define MAX_TRIES	10
#define FIRST_PAUSE_MS	2000	/* doubled with each try */

struct farewell {
	struct farewell	*next;
	struct poller	*poller;
	struct transfer	*transfer;
	int64_t		 id;		/* characters.id */
	int64_t		 token_id;
	struct credential with;
	int		 tries;
};

static bool
is_on(const struct poller *p, int64_t id)
{
	for (const struct farewell *f = p->farewells; f != NULL; f = f->next)
		if (f->id == id)
			return true;
	return false;
}

static void
end(struct farewell *f)
{
	struct farewell **at = &f->poller->farewells;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	free(f);
}

/* Some day the account may be able to; not for ever. */
static void
postpone(struct poller *p, int64_t id, int tries, const char *why)
{
	int64_t due = tries + 1 < MAX_TRIES ? poller_clock(p) +
	    (FIRST_PAUSE_MS << tries) : 0;
	struct error e;

	log_warn("character %lld: not deleted upstream%s: %s", (long long)id,
	    due == 0 ? ", and not tried again" : "", why);
	if (character_delete_again(p->store, id, due, &e) != ERR_OK)
		log_error("%s", e.text);
}

static void
judge(struct farewell *f, struct outcome *o)
{
	struct account *acc = account_of(f->poller, f->token_id);
	struct token_change change;
	struct error e;

	credential_judges(acc, &f->with, o);
	change = o->token;
	if (o->verdict == VERDICT_OK) {
		if (character_deleted(f->poller->store, f->id, &e) != ERR_OK)
			log_error("%s", e.text);
		return;
	}
	if (o->verdict == VERDICT_REFRESH && refresh_begin(acc))
		change.verdict = TOKEN_RENEWING;
	account_change(acc, &change);
	postpone(f->poller, f->id, f->tries, o->log != NULL ? o->log
	    : "no reason");
}

static void
on_deleted(void *arg, const struct call_response *r)
{
	struct farewell *f = arg;
	struct poller *p = f->poller;
	struct arena *a = arena_new();
	struct outcome o = { .verdict = VERDICT_OTHER };
	struct token token;
	struct call_input in = {
		.call = CALL_CHARACTER_DELETE, .conf = p->conf,
		.token = &token,
	};
	struct error e;

	if (token_load_any(p->store, f->token_id, a, &token, &e) == ERR_OK)
		provider_parse(provider_find(token.provider), &in, r, f->tries,
		    clock_now(), a, &o);
	if (o.challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
	judge(f, &o);
	end(f);
	arena_free(a);
}

static void
start(struct poller *p, const struct character *c,
    const struct token *token, struct call_request *rq)
{
	struct farewell *f = calloc(1, sizeof(*f));

	if (f == NULL)
		fatal("out of memory");
	*f = (struct farewell){
		.next = p->farewells, .poller = p, .id = c->id,
		.token_id = c->token_id, .tries = c->delete_tries,
		.with = credential_of(p, token),
	};
	p->farewells = f;
	f->transfer = client_start(p->client, rq, on_deleted, f);
}

static void
delete(struct poller *p, const struct character *c)
{
	struct arena *a = arena_new();
	const struct cameo_making making = { .character_id = c->character_id };
	struct call_request request = { 0 };
	struct token token;
	struct call_input in = {
		.call = CALL_CHARACTER_DELETE, .conf = p->conf,
		.token = &token, .making = &making,
		.solver = poller_solver(p, a),
	};
	struct error e = { 0 };
	enum err rc;

	if (c->character_id == NULL)
		rc = error_set(&e, ERR_NOT_FOUND, NULL,
		    "the upstream did not tell its id");
	else
		rc = token_load_any(p->store, c->token_id, a, &token, &e);
	if (rc == ERR_OK)
		rc = provider_build(provider_find(token.provider), &in, a, &request,
		    &e);
	if (rc == ERR_OK) {
		request.proxy = poller_proxy(p, &token, a);
		start(p, c, &token, &request);
	} else {	/* an account that is gone does not come back */
		postpone(p, c->id, rc == ERR_UNAVAILABLE ? c->delete_tries
		    : MAX_TRIES, e.text);
	}
	arena_free(a);
}

void
farewells_start(struct poller *p)
{
	struct arena *a = arena_new();
	struct character *list;
	struct error e;
	size_t n;

	if (character_to_delete(p->store, poller_clock(p), a, &list, &n, &e)
	    != ERR_OK) {
		log_error("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!is_on(p, list[i].id) &&
		    !refresh_waits(account_of(p, list[i].token_id)))
			delete(p, &list[i]);
	arena_free(a);
}

void
farewells_stop(struct poller *p)
{
	while (p->farewells != NULL) {
		transfer_cancel(p->farewells->transfer);
		end(p->farewells);
	}
}
