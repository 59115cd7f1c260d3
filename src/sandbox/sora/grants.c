/* SPDX-License-Identifier: MIT */
/* grants.c: POST /oauth/token. */
#include "grants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "json.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define USUAL_CLIENT	"app_LlGpXReQgckcGGUo2JrYvtJK"

static const char *const modes[] = {	/* what becomes of the refresh token */
	"rotate",		/* the next one is in the answer, this one is used up */
	"absent",		/* nothing of it in the answer: it stays good */
	"null",			/* the same, with a null in the answer */
};

enum mode { MODE_ROTATE, MODE_ABSENT, MODE_NULL };

struct grant {
	char		*rt;
	char		*client_id;
	struct account	*account;
	double		 life;		/* of access tokens; NAN: as the limits say */
	enum mode	 mode;
	bool		 used;
	struct grant	*next;
};

static struct grant *
grant_new(struct sandbox *sb, char *rt, struct account *ac,
    const char *client_id)
{
	struct grant *g = xcalloc(1, sizeof(*g));

	g->rt = rt;
	g->account = ac;
	g->client_id = xstrdup(client_id);
	g->life = NAN;
	g->next = sb->grants;
	sb->grants = g;
	index_put(sb, INDEX_GRANT, g->rt, g);
	return g;
}

static enum err
read_mode(const cJSON *body, enum mode *out, struct error *e)
{
	const char *text = json_string(body, "answer");

	if (text == NULL)
		return ERR_OK;
	for (size_t i = 0; i < NELEM(modes); i++) {
		if (strcmp(modes[i], text) != 0)
			continue;
		*out = (enum mode)i;
		return ERR_OK;
	}
	return error_set(e, ERR_INVALID_VALUE, NULL,
	    "answer: not rotate, absent or null");
}

enum err
grant_set(struct sandbox *sb, const cJSON *body, struct error *e)
{
	const char *rt = json_string(body, "rt");
	const char *email = json_string(body, "email");
	const char *user_id = json_string(body, "user_id");
	struct grant *g = rt == NULL ? NULL : index_find(sb, INDEX_GRANT, rt);
	enum mode mode = g == NULL ? MODE_ROTATE : g->mode;
	enum err rc;

	if (rt == NULL || (g == NULL && email == NULL && user_id == NULL))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "rt is needed, and email or user_id when it is new");
	if ((rc = read_mode(body, &mode, e)) != ERR_OK)
		return rc;
	if (g == NULL)
		g = grant_new(sb, xstrdup(rt),
		    account_get(sb, email, user_id), USUAL_CLIENT);
	if (json_string(body, "client_id") != NULL)
		set_text(body, "client_id", &g->client_id);
	g->mode = mode;
	g->life = json_number(body, "life", g->life);
	if (cJSON_HasObjectItem(body, "used"))
		g->used = json_bool(body, "used");
	return ERR_OK;
}

void
grants_clear(struct sandbox *sb)
{
	struct grant *next;

	for (struct grant *g = sb->grants; g != NULL; g = next) {
		next = g->next;
		free(g->rt);
		free(g->client_id);
		free(g);
	}
	sb->grants = NULL;
}

/* The grant that the body shows, if it is good. */
static enum err
check_grant(const struct grant *g, const cJSON *body, struct error *e)
{
	const char *type = json_string(body, "grant_type");
	const char *client_id = json_string(body, "client_id");

	if (type == NULL || strcmp(type, "refresh_token") != 0)
		return refuse(e, "unsupported_grant_type");
	if (client_id == NULL || client_id[0] == '\0')
		return refuse(e, "invalid_client");
	if (g == NULL || g->used || strcmp(g->client_id, client_id) != 0)
		return refuse(e, "invalid_grant");
	return ERR_OK;
}

static const char *
rotate(struct sandbox *sb, struct grant *g)
{
	struct grant *heir = grant_new(sb, new_refresh_token(), g->account,
	    g->client_id);

	heir->life = g->life;
	heir->mode = g->mode;
	g->used = true;
	return heir->rt;
}

static cJSON *
grant_json(struct sandbox *sb, struct grant *g, struct arena *a)
{
	double life = isnan(g->life) ? sb->limits.token_life : g->life;
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "access_token",
	    account_new_token(g->account, life, g->client_id, a));
	if (g->mode == MODE_ROTATE)
		json_add_string(json, "refresh_token", rotate(sb, g));
	else if (g->mode == MODE_NULL)
		json_add_string(json, "refresh_token", NULL);
	json_add_int(json, "expires_in", llround(life));
	json_add_string(json, "token_type", "Bearer");
	json_add_string(json, "id_token",
	    account_new_token(g->account, life, g->client_id, a));
	return json;
}

enum err
handle_sandbox_oauth(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer = NULL;
	struct grant *g = NULL;
	const char *rt;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	rt = json_string(body, "refresh_token");
	sandbox_lock(v->sb);
	if (rt != NULL)
		g = index_find(v->sb, INDEX_GRANT, rt);
	visit_identify(rq, g == NULL ? NULL : g->account, rt);
	if ((rc = check_grant(g, body, e)) == ERR_OK)
		answer = grant_json(v->sb, g, rq->arena);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		resp_json(rs, 200, answer);
	return rc;
}
