/* SPDX-License-Identifier: MIT */
/* token_test.c: sora2apictl token test: what the upstream says of an account. */
#include <stdio.h>

#include "account.h"
#include "arena.h"
#include "client.h"
#include "clock.h"
#include "conf.h"
#include "ctl.h"
#include "json.h"
#include "proxy.h"
#include "settings_store.h"
#include "solver.h"
#include "token_store.h"

#define MAX_MS	60000

/* What an exchange with this token needs: proxy and solver. */
static const char *
proxy_of(const struct site *site, const struct settings *s,
    const struct token *t, struct arena *a)
{
	struct proxy_pool *pool = proxy_pool_new(site->conf->proxy_pool_file);
	const char *proxy = arena_strdup(a, proxy_choose(s, t, pool, a));

	proxy_pool_free(pool);
	return proxy;
}

static void
ask(const struct site *site, const struct settings *s, const struct token *t,
    struct arena *a, struct account_result *r)
{
	struct solver *solver = solver_new(site->spool_dir, site->seal);
	const struct account_order o = {
		.work = ACCOUNT_PROBE,
		.conf = site->conf,
		.token = t,
		.proxy = proxy_of(site, s, t, a),
		.solver = solver_current(solver, s, a),
		.deadline_ms = clock_mono_ms() + MAX_MS,
	};

	client_global_init();
	account_run(&o, a, r);
	solver_free(solver);
}

static const char *
verdict_name(enum account_verdict v)
{
	switch (v) {
	case ACCOUNT_OK:
	case ACCOUNT_UNCHANGED:
		return "valid";
	case ACCOUNT_REFUSED:
		return "refused";
	case ACCOUNT_BLOCKED:
		return "blocked";
	case ACCOUNT_UNREACHABLE:
		return "unreachable";
	case ACCOUNT_TIMEOUT:
		break;
	}
	return "timeout";
}

static void
report(const struct ctl *ctl, const struct token *t,
    const struct account_result *r)
{
	cJSON *root;

	if (!ctl->json && r->verdict == ACCOUNT_OK)
		printf("Token %lld is valid; Sora2: %s\n", (long long)t->id,
		    !r->facts.has_sora2 ? "unknown"
		    : r->facts.sora2_supported ? "yes" : "no");
	if (!ctl->json)
		return;
	root = cJSON_CreateObject();
	json_add_int(root, "token_id", t->id);
	json_add_string(root, "verdict", verdict_name(r->verdict));
	json_add_string(root, "reason", r->reason);
	if (r->facts.has_sora2)
		json_add_bool(root, "sora2_supported",
		    r->facts.sora2_supported);
	ctl_print_json(root);
}

static enum err
load(struct ctl *ctl, struct settings *s, struct token *t, struct error *e)
{
	int64_t id;
	enum err rc;

	if ((rc = ctl_read_token_id(ctl, &id, e)) != ERR_OK ||
	    (rc = settings_load(ctl->st, ctl->site.conf, ctl->arena, s, e))
	    != ERR_OK)
		return rc;
	return token_load(ctl->st, id, ctl->arena, t, e);
}

/* Nothing is stored: the service learns what it needs when it uses the token. */
enum err
ctl_token_test(struct ctl *ctl, struct error *e)
{
	struct account_result r;
	struct settings s;
	struct token t;
	enum err rc;

	if ((rc = load(ctl, &s, &t, e)) != ERR_OK)
		return rc;
	ask(&ctl->site, &s, &t, ctl->arena, &r);
	report(ctl, &t, &r);
	if (r.verdict == ACCOUNT_OK)
		return ERR_OK;
	return error_set(e, ERR_UPSTREAM, NULL, "token %lld: %s: %s",
	    (long long)t.id, verdict_name(r.verdict),
	    r.reason != NULL ? r.reason : "no reason was given");
}
