/* SPDX-License-Identifier: MIT */
/* account.c: the requests about an account itself, and for access tokens. */
#include <assert.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"

#define TIMEOUT_MOST	30	/* s: somebody waits for these calls */

/* ---- cookies ---- */

/* The cookie-octets of RFC 6265, section 4.1.1. */
static bool
is_cookie_value(const char *s)
{
	if (s == NULL || *s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("\",;\\", *s) != NULL)
			return false;
	return true;
}

/* ---- calls ---- */

static void
set_json(struct call_request *rq, cJSON *body, struct arena *a)
{
	rq->method = "POST";
	rq->body = json_print(body, a);
	rq->body_len = strlen(rq->body);
	cJSON_Delete(body);
}

/* POST with one member. */
static enum err
build_post(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *path, const char *key,
    const char *value, struct error *e)
{
	cJSON *body;

	if (value == NULL || *value == '\0')
		return error_set(e, ERR_INVALID_VALUE, key, "is missing");
	body = cJSON_CreateObject();
	json_add_string(body, key, value);
	set_json(rq, body, a);
	rq->url = sora_address(in, a, path);
	return ERR_OK;
}

static enum err
build_accept(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	enum err rc = build_post(in, a, rq, "/project_y/invite/accept",
	    "invite_code", in->invite_code, e);

	if (rc == ERR_OK && is_cookie_value(in->device_id))
		sora_cookie(in, a, rq, arena_printf(a, "oai-did=%s",
		    in->device_id));
	return rc;
}

static enum err
build_get(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *path)
{
	rq->method = "GET";
	rq->url = sora_address(in, a, path);
	return ERR_OK;
}

static enum err
build_session(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	if (!is_cookie_value(in->token->st))
		return error_set(e, ERR_INVALID_VALUE, "st",
		    "Not a usable session token");
	rq->method = "GET";
	rq->url = in->conf->sora_session_url;
	sora_cookie(in, a, rq, arena_printf(a,
	    "__Secure-next-auth.session-token=%s", in->token->st));
	return ERR_OK;
}

/* A client gets its answer under the address it was registered with. */
static const char *
redirect_of(const char *client_id)
{
	static const char *const android[] = {
		"app_1LOVEceTvrP2tHFDNnrPLQkJ", "app_OHnYmJt5u1XEdhDUx0ig1ziv",
	};

	for (size_t i = 0; i < NELEM(android); i++)
		if (strcmp(client_id, android[i]) == 0)
			return "com.openai.sora://auth.openai.com/android/"
			    "com.openai.sora/callback";
	return "com.openai.chat://auth0.openai.com/ios/com.openai.chat/callback";
}

static enum err
build_oauth(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *client = in->token->client_id;
	cJSON *body;

	if (in->token->rt == NULL || *in->token->rt == '\0')
		return error_set(e, ERR_INVALID_VALUE, "rt",
		    "Not a usable refresh token");
	if (client == NULL || *client == '\0')
		client = in->conf->sora_client_id;
	body = cJSON_CreateObject();
	json_add_string(body, "client_id", client);
	json_add_string(body, "grant_type", "refresh_token");
	json_add_string(body, "redirect_uri", redirect_of(client));
	json_add_string(body, "refresh_token", in->token->rt);
	set_json(rq, body, a);
	rq->url = in->conf->sora_oauth_url;
	return ERR_OK;
}

static enum err
build_username(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	static const char name[] = "/project_y/profile/username/";

	if (in->call == CALL_USERNAME_CHECK)
		return build_post(in, a, rq, arena_printf(a, "%scheck", name),
		    "username", in->username, e);
	return build_post(in, a, rq, in->old_paths ? "/me" :
	    arena_printf(a, "%sset", name), "username", in->username, e);
}

static enum err
build_account_get(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	static const char *const paths[] = {
		[CALL_ME] = "/me",
		[CALL_SUBSCRIPTION] = "/billing/subscriptions",
		[CALL_INVITE_MINE] = "/project_y/invite/mine",
		[CALL_BOOTSTRAP] = "/m/bootstrap",
	};

	return build_get(in, a, rq, paths[in->call]);
}

static enum err
build(const struct call_input *in, struct arena *a, struct call_request *rq,
    struct error *e)
{
	static enum err (*const builders[])(const struct call_input *,
	    struct arena *, struct call_request *, struct error *) = {
		[CALL_ME] = build_account_get,
		[CALL_SUBSCRIPTION] = build_account_get,
		[CALL_INVITE_MINE] = build_account_get,
		[CALL_BOOTSTRAP] = build_account_get,
		[CALL_INVITE_ACCEPT] = build_accept,
		[CALL_USERNAME_CHECK] = build_username,
		[CALL_USERNAME_SET] = build_username,
		[CALL_CAMEO_UPDATE] = sora_build_cameo,
		[CALL_SESSION] = build_session,
		[CALL_OAUTH] = build_oauth,
	};

	assert(call_facet(in->call) == FACET_ACCOUNT);
	return builders[in->call](in, a, rq, e);
}

enum err
sora_account_build(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	enum err rc;

	if ((rc = build(in, a, rq, e)) != ERR_OK)
		return rc;
	rq->timeout = in->conf->sora_timeout < TIMEOUT_MOST ?
	    in->conf->sora_timeout : TIMEOUT_MOST;
	return ERR_OK;
}
