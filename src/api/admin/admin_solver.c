/* SPDX-License-Identifier: MIT */
/* admin_solver.c: the credentials of the operator's challenge solver. */
#include <string.h>

#include "admin.h"
#include "arena.h"
#include "clock.h"
#include "solver.h"
#include "tokens.h"

#define AGENT_SHOWN	50	/* characters */

static const char *
shown_agent(const char *agent, struct arena *a)
{
	return strlen(agent) <= AGENT_SHOWN ? agent
	    : arena_printf(a, "%.*s...", AGENT_SHOWN, agent);
}

/* `c` NULL: there are none. Cookies are only counted. */
static cJSON *
state_json(const struct solver_credentials *c, struct arena *a)
{
	int64_t now = clock_now_ms();
	bool valid = c != NULL && solver_is_valid(c, now);
	int64_t end = c == NULL ? 0
	    : c->fetched_ms / 1000 + SOLVER_LIFETIME;
	cJSON *state = cJSON_CreateObject();

	json_add_bool(state, "is_valid", valid);
	json_add_bool(state, "has_credentials", c != NULL);
	json_add_string(state, "last_updated", c == NULL ? NULL
	    : clock_format(a, c->fetched_ms / 1000));
	json_add_string(state, "expires_at", c == NULL ? NULL
	    : clock_format(a, end));
	json_add_int(state, "remaining_seconds", valid ? end - now / 1000 : 0);
	json_add_int(state, "cookies_count", c == NULL ? 0 : c->n_cookies);
	json_add_string(state, "user_agent", c == NULL ? NULL
	    : shown_agent(c->user_agent, a));
	return state;
}

static void
answer(struct req *rq, struct resp *rs, cJSON *root,
    const struct solver_credentials *c)
{
	cJSON_AddItemToObject(root, "state", state_json(c, rq->arena));
	resp_json(rs, 200, root);
}

/* GET /api/cloudflare/state: what the solver got last. */
enum err
handle_solver_state(struct req *rq, struct resp *rs, struct error *e UNUSED)
{
	struct solver_credentials c;
	bool there = solver_load(api_of(rq)->app->solver, rq->arena, &c);
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", true);
	answer(rq, rs, root, there ? &c : NULL);
	return ERR_OK;
}

/*
 * POST /api/cloudflare/refresh: asks the solver now. 400 it is off or has no URL; 502,
 * 503, 504.
 */
enum err
handle_solver_refresh(struct req *rq, struct resp *rs, struct error *e)
{
	struct solver_credentials c;
	const struct settings *s;
	enum err rc;

	if ((rc = api_settings_now(rq, &s, e)) != ERR_OK)
		return rc;
	if (!s->solver_enabled)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "Cloudflare Solver 未启用，请先在配置中启用");
	if (!solver_is_on(s))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "Cloudflare Solver has no URL: set solver_api_url first");
	if ((rc = upstream_enter(rq, e)) != ERR_OK)
		return rc;
	rc = solver_refresh(api_of(rq)->app->solver, s->solver_api_url,
	    rq->arena, &c, e);
	upstream_leave(rq);
	if (rc == ERR_OK)
		answer(rq, rs, admin_success(
		    "Cloudflare credentials refreshed successfully"), &c);
	return rc;
}

/* POST /api/cloudflare/clear: forgets what it got. */
enum err
handle_solver_clear(struct req *rq, struct resp *rs, struct error *e UNUSED)
{
	solver_clear(api_of(rq)->app->solver);
	answer(rq, rs, admin_success("Cloudflare credentials cleared"), NULL);
	return ERR_OK;
}
