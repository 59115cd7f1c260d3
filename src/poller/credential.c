/* SPDX-License-Identifier: MIT */
/*
 * credential.c: with what a call was made. An answer may come when its token has
 * been renewed, or another proxy is set: then it says nothing of what there is
 * now.
 */
#include "credential.h"

#include <string.h>

#include "arena.h"
#include "digest.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "token_store.h"

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* Enough to tell two texts apart; "" of nothing. */
static uint64_t
print_of(const char *text)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	uint64_t print;

	digest_sha256(hash, text, strlen(text));
	memcpy(&print, hash, sizeof(print));
	return print;
}

struct credential
credential_of(const struct poller *p, const struct token *t)
{
	struct arena *a = arena_new();
	const struct settings *s = &p->settings;
	struct credential c = {
		.secrets = print_of(arena_printf(a, "%s\n%s\n%s\n%s\n%s",
		    or_empty(t->token), or_empty(t->st), or_empty(t->rt),
		    or_empty(t->client_id), or_empty(t->base_url))),
		.way = print_of(arena_printf(a, "%s\n%d\n%d\n%s\n%s",
		    or_empty(t->proxy_url), s->proxy_enabled,
		    s->proxy_pool_enabled, or_empty(s->proxy_url),
		    or_empty(t->options))),
	};

	arena_free(a);
	return c;
}

bool
credential_now(struct pool_token *pt, struct credential *out)
{
	struct arena *a = arena_new();
	struct token t;
	struct error e;
	bool known = token_load_any(pt->poller->store, pt->id, a, &t, &e)
	    == ERR_OK;

	if (known)
		*out = credential_of(pt->poller, &t);
	arena_free(a);
	return known;
}

bool
credential_is_kept(struct pool_token *pt, const struct credential *with)
{
	struct credential now;

	return !credential_now(pt, &now) || now.secrets == with->secrets;
}

bool
credential_judges(struct pool_token *pt, const struct credential *with,
    struct outcome *o)
{
	struct credential now;

	if (o->verdict == VERDICT_OK || !credential_now(pt, &now) ||
	    (now.secrets == with->secrets && now.way == with->way))
		return true;
	log_info("token %lld: answer ignored, its call was made with other "
	    "credentials or another proxy: %s",
	    (long long)pt->id, o->log != NULL ? o->log : "no reason");
	o->token = (struct token_change){ 0 };
	o->down = o->sick = false;
	if (o->verdict == VERDICT_REFRESH || o->verdict == VERDICT_OTHER) {
		o->verdict = VERDICT_RETRY;
		o->retry_ms = 0;
	}
	return false;
}
