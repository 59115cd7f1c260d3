/* SPDX-License-Identifier: MIT */
/* clearance.c: GET /v1/challenge, and who passes. */
#include "clearance.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "json.h"
#include "sandbox/core/cookies.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define COOKIE		"cf_clearance"
#define USER_AGENT	"Mozilla/5.0 (X11; Linux x86_64) sora2api-sandbox"

void
clearance_init(struct clearance *c)
{
	*c = (struct clearance){ .good = new_refresh_token(),
		.user_agent = xstrdup(USER_AGENT),
		.cookies = cJSON_CreateObject() };
	json_add_string(c->cookies, COOKIE, c->good);
}

void
clearance_clear(struct clearance *c)
{
	free(c->good);
	free(c->cached);
	free(c->user_agent);
	free(c->key);
	cJSON_Delete(c->cookies);
}

static void
set_good(struct clearance *c, char *value)
{
	free(c->good);
	c->good = value;
}

static void
forget_cached(struct clearance *c)
{
	free(c->cached);
	c->cached = NULL;
}

static void
set_cookies(struct clearance *c, const cJSON *cookies)
{
	const char *good = json_string(cookies, COOKIE);

	cJSON_Delete(c->cookies);
	c->cookies = cJSON_Duplicate(cookies, true);
	if (good != NULL)
		set_good(c, xstrdup(good));
	forget_cached(c);
}

enum err
clearance_set(struct sandbox *sb, const cJSON *body, struct error *e)
{
	struct clearance *c = &sb->clearance;
	const cJSON *cookies = json_get(body, "cookies");

	if (cookies != NULL && !cJSON_IsObject(cookies))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "cookies: not an object");
	if (cookies != NULL)
		set_cookies(c, cookies);
	if (cJSON_HasObjectItem(body, "required"))
		c->required = json_bool(body, "required");
	set_text(body, "user_agent", &c->user_agent);
	set_text(body, "key", &c->key);
	if (json_bool(body, "expire"))
		set_good(c, new_refresh_token());
	return ERR_OK;
}

enum err
clearance_check(const struct sandbox *sb, const struct req *rq, struct error *e)
{
	const struct clearance *c = &sb->clearance;
	const char *agent = req_header(rq, "User-Agent");
	const char *cookie;

	if (!c->required)
		return ERR_OK;
	cookie = cookie_value(req_header(rq, "Cookie"), COOKIE, rq->arena);
	if (cookie == NULL || strcmp(cookie, c->good) != 0 || agent == NULL ||
	    c->user_agent == NULL || strcmp(agent, c->user_agent) != 0)
		return refuse(e, "challenge");
	return ERR_OK;
}

/* Unless told to skip its cache, the solver gives out what it has, good or not. */
static cJSON *
solve(struct clearance *c, bool skip_cache)
{
	cJSON *json = cJSON_CreateObject(), *cookies;

	if (skip_cache || c->cached == NULL) {
		forget_cached(c);
		c->cached = xstrdup(c->good);
	}
	cookies = cJSON_Duplicate(c->cookies, true);
	if (cJSON_HasObjectItem(cookies, COOKIE))
		cJSON_ReplaceItemInObjectCaseSensitive(cookies, COOKIE,
		    cJSON_CreateString(c->cached));
	json_add_bool(json, "success", true);
	cJSON_AddItemToObject(json, "cookies", cookies);
	json_add_string(json, "user_agent", c->user_agent);
	cJSON_AddNumberToObject(json, "elapsed_seconds", 0.1);
	return json;
}

enum err
handle_sandbox_solver(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *skip = req_query(rq, "skip_cache");
	const char *shown = req_header(rq, "Authorization");
	cJSON *json = NULL;
	const char *key;

	sandbox_lock(v->sb);
	key = v->sb->clearance.key;
	visit_identify(rq, NULL, shown);
	if (key == NULL || digest_equal(shown,
	    arena_printf(rq->arena, "Bearer %s", key)))
		json = solve(&v->sb->clearance, skip != NULL &&
		    strcmp(skip, "false") != 0 && strcmp(skip, "0") != 0);
	sandbox_unlock(v->sb);
	if (json == NULL)
		return refuse(e, "wrong_key");
	resp_json(rs, 200, json);
	return ERR_OK;
}
