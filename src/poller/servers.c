/* SPDX-License-Identifier: MIT */
/*
 * servers.c: what servers are and which models they have is asked now and then:
 * when it is not known yet, and later because it changes.
 */
#include <stdlib.h>

#include "account.h"
#include "arena.h"
#include "clock.h"
#include "log.h"
#include "poller.h"
#include "proxy.h"
#include "servers.h"
#include "token_store.h"
#include "xalloc.h"

#define MAX_AT_ONCE	4
#define DEADLINE_MS	60000	/* for all that is asked of a server */

struct server_ask {
	struct server_ask *next;
	struct poller	*poller;
	int64_t		 id;		/* the token's */
	struct account_job *job;
};

static int
running(const struct poller *p, int64_t id, bool *asked)
{
	int n = 0;

	*asked = false;
	for (const struct server_ask *s = p->asks; s != NULL; s = s->next) {
		*asked = *asked || s->id == id;
		n++;
	}
	return n;
}

static void
forget(struct server_ask *ask)
{
	struct server_ask **at = &ask->poller->asks;

	while (*at != ask)
		at = &(*at)->next;
	*at = ask->next;
	free(ask);
}

static void
on_told(void *arg, const struct account_result *r)
{
	struct server_ask *ask = arg;
	struct error e;

	if (r->found == NULL)
		log_warn("token %lld: server's models could not be read, next "
		    "try in %d s: %s", (long long)ask->id, SERVER_SILENT_S,
		    r->log);
	if (token_set_found(ask->poller->store, ask->id, r->found,
	    r->found != NULL ? SERVER_ASKED_S : SERVER_SILENT_S, &e) != ERR_OK
	    && e.code != ERR_NOT_FOUND)
		log_warn("token %lld: %s", (long long)ask->id, e.text);
	forget(ask);
}

static void
start(struct poller *p, int64_t id)
{
	struct arena *a = arena_new();
	struct server_ask *ask;
	struct account_order order;
	struct token t;
	struct error e;

	if (token_load_any(p->store, id, a, &t, &e) != ERR_OK) {
		log_warn("token %lld: %s", (long long)id, e.text);
		arena_free(a);
		return;
	}
	ask = xcalloc(1, sizeof(*ask));
	*ask = (struct server_ask){ .next = p->asks, .poller = p, .id = id };
	p->asks = ask;
	order = (struct account_order){
		.work = ACCOUNT_PROBE, .conf = p->conf, .token = &t,
		.proxy = proxy_choose(&p->settings, &t, p->proxies, a),
		.deadline_ms = clock_mono_ms() + DEADLINE_MS,
	};
	ask->job = account_start(p->client, &order, on_told, ask);
	arena_free(a);
}

void
servers_ask(struct poller *p)
{
	struct arena *a = arena_new();
	int64_t *ids;
	struct error e;
	bool asked;
	size_t n;

	if (token_ids(p->store, TOKENS_TO_ASK, a, &ids, &n, &e) != ERR_OK) {
		log_warn("%s", e.text);
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (running(p, ids[i], &asked) < MAX_AT_ONCE && !asked)
			start(p, ids[i]);
	arena_free(a);
}

void
servers_free(struct poller *p)
{
	while (p->asks != NULL) {
		account_cancel(p->asks->job);
		forget(p->asks);
	}
}
