/* SPDX-License-Identifier: MIT */
/* sessions.c: GET /api/auth/session. */
#include "sessions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "clock.h"
#include "json.h"
#include "sandbox/core/cookies.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define COOKIE		"__Secure-next-auth.session-token"
#define SESSION_LIFE	(90 * 86400)
#define NO_SESSION	"{}"

struct session {
	char		*st;
	struct account	*account;
	char		*access_token;	/* NULL: to be made by the next call */
	double		 life;		/* of access tokens; NAN: as the limits say */
	char		*dead;		/* the answer of a dead one; NULL: it lives */
	char		*next_st;	/* told once in a Set-Cookie; NULL: none */
	struct session	*next;
};

static struct session *
session_new(struct sandbox *sb, const char *st, struct account *ac)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->st = xstrdup(st);
	s->account = ac;
	s->life = NAN;
	s->next = sb->sessions;
	sb->sessions = s;
	index_put(sb, INDEX_SESSION, s->st, s);
	return s;
}

static struct session *
find_or_make(struct sandbox *sb, const cJSON *body, const char *st)
{
	struct session *s = index_find(sb, INDEX_SESSION, st);
	const char *email = json_string(body, "email");
	const char *user_id = json_string(body, "user_id");

	if (email == NULL && user_id == NULL)
		return s;
	if (s == NULL)
		return session_new(sb, st, account_get(sb, email, user_id));
	s->account = account_get(sb, email, user_id);
	return s;
}

/* The token that a Set-Cookie announces is one of the same session. */
static void
announce(struct sandbox *sb, struct session *s, const char *st)
{
	struct session *heir = index_find(sb, INDEX_SESSION, st);

	free(s->next_st);
	s->next_st = xstrdup(st);
	if (st == NULL || heir != NULL)
		return;
	heir = session_new(sb, st, s->account);
	heir->life = s->life;
	heir->access_token = xstrdup(s->access_token);
}

enum err
session_set(struct sandbox *sb, const cJSON *body, struct error *e)
{
	const char *st = json_string(body, "st");
	struct session *s;

	if (st == NULL || (s = find_or_make(sb, body, st)) == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "st is needed, and email or user_id when it is new");
	set_text(body, "dead", &s->dead);
	s->life = json_number(body, "life", s->life);
	if (json_bool(body, "renew")) {
		free(s->access_token);
		s->access_token = NULL;
	}
	if (cJSON_HasObjectItem(body, "set_cookie"))
		announce(sb, s, json_string(body, "set_cookie"));
	return ERR_OK;
}

void
sessions_clear(struct sandbox *sb)
{
	struct session *next;

	for (struct session *s = sb->sessions; s != NULL; s = next) {
		next = s->next;
		free(s->st);
		free(s->access_token);
		free(s->dead);
		free(s->next_st);
		free(s);
	}
	sb->sessions = NULL;
}

static cJSON *
user_json(const struct account *ac)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "id", ac->user_id);
	json_add_string(json, "name", ac->name);
	json_add_string(json, "email", ac->email);
	json_add_string(json, "image", NULL);
	json_add_string(json, "picture", NULL);
	json_add_string(json, "idp", "google-oauth2");
	json_add_int(json, "iat", clock_now());
	json_add_bool(json, "mfa", false);
	json_add_int(json, "lastAuthorizationCheck", clock_now());
	return json;
}

/* The call makes no access token when there is one: the same comes every time. */
static cJSON *
session_json(struct sandbox *sb, struct session *s, struct arena *a)
{
	cJSON *json = cJSON_CreateObject();

	if (s->access_token == NULL)
		s->access_token = xstrdup(account_new_token(s->account,
		    isnan(s->life) ? sb->limits.token_life : s->life, NULL, a));
	cJSON_AddItemToObject(json, "user", user_json(s->account));
	json_add_string(json, "expires", arena_printf(a, "%s.000Z",
	    clock_format(a, clock_now() + SESSION_LIFE)));
	json_add_string(json, "accessToken", s->access_token);
	json_add_string(json, "authProvider", "openai");
	json_add_string(json, "internalApiBase", NULL);
	return json;
}

static void
tell_next(struct session *s, struct resp *rs)
{
	if (s->next_st == NULL)
		return;
	resp_header(rs, "Set-Cookie", arena_printf(rs->arena, COOKIE
	    "=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=Lax",
	    s->next_st, SESSION_LIFE));
	free(s->next_st);
	s->next_st = NULL;
}

enum err
handle_sandbox_session(struct req *rq, struct resp *rs, UNUSED struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *st = cookie_value(req_header(rq, "Cookie"), COOKIE,
	    rq->arena);
	const char *dead = NO_SESSION;
	struct session *s = NULL;
	cJSON *json = NULL;

	sandbox_lock(v->sb);
	if (st != NULL)
		s = index_find(v->sb, INDEX_SESSION, st);
	visit_identify(rq, s == NULL ? NULL : s->account, st);
	if (s != NULL && s->dead == NULL) {
		json = session_json(v->sb, s, rq->arena);
		tell_next(s, rs);
	} else if (s != NULL) {
		dead = arena_strdup(rq->arena, s->dead);
	}
	sandbox_unlock(v->sb);
	if (json != NULL)
		resp_json(rs, 200, json);
	else
		resp_text(rs, 200, "application/json", dead);
	return ERR_OK;
}
