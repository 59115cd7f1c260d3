/* SPDX-License-Identifier: MIT */
/* admin_characters.c: changes of a character, upstream first. */
#include <string.h>

#include "admin.h"
#include "arena.h"
#include "character_store.h"
#include "client.h"
#include "clock.h"
#include "proxy.h"
#include "solver.h"
#include "tokens.h"

#define MAX_STRING	4096

static const char *const visibilities[] = { "private", "public", NULL };

static const struct field fields[] = {
	{ "instruction_set", FIELD_STRING, false, 0, MAX_STRING,
	    offsetof(struct cameo_update, instruction), NULL, false },
	{ "safety_instruction_set", FIELD_STRING, false, 0, MAX_STRING,
	    offsetof(struct cameo_update, safety_instruction), NULL, false },
	{ "visibility", FIELD_STRING, false, 0, MAX_STRING,
	    offsetof(struct cameo_update, visibility), visibilities, false },
};

static enum err
read_update(struct req *rq, struct cameo_update *out, struct error *e)
{
	enum err rc;

	*out = (struct cameo_update){ .cameo_id = rq->param[0] };
	if ((rc = api_read(rq, fields, NELEM(fields), out, e)) != ERR_OK)
		return rc;
	if (out->instruction == NULL && out->safety_instruction == NULL &&
	    out->visibility == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL, "Give one of "
		    "instruction_set, safety_instruction_set, visibility");
	return ERR_OK;
}

static enum err
load(struct req *rq, struct character *c, struct token *t, struct error *e)
{
	struct store *st = api_of(rq)->store;
	enum err rc;

	if ((rc = character_load(st, rq->param[0], rq->arena, c, e)) != ERR_OK)
		return rc;
	rc = token_load(st, c->token_id, rq->arena, t, e);
	return rc == ERR_NOT_FOUND ? error_set(e, ERR_NOT_FOUND, NULL,
	    "Associated token not found") : rc;
}

static enum err
ask(struct req *rq, const struct call_input *in, struct outcome *out,
    struct error *e)
{
	const struct provider *provider = provider_find(in->token->provider);
	struct call_request request = { 0 };
	struct call_response r;
	enum err rc;

	if (provider == NULL || (rc = provider_build(provider, in, rq->arena,
	    &request, e)) != ERR_OK)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The upstream cannot change this character");
	request.proxy = proxy_choose(&api_of(rq)->settings, in->token,
	    api_of(rq)->app->proxies, rq->arena);
	if ((rc = upstream_enter(rq, e)) != ERR_OK)
		return rc;
	client_perform(&request, rq->arena, &r);
	upstream_leave(rq);
	provider_parse(provider, in, &r, 0, clock_now(), rq->arena, out);
	if (out->challenge)
		solver_invalidate(api_of(rq)->app->solver,
		    clock_now_ms() - r.elapsed_ms);
	if (out->verdict == VERDICT_OK)
		return ERR_OK;
	return r.timed_out ? error_set(e, ERR_GENERATION_TIMEOUT, NULL,
	    "Upstream timeout") : error_set(e, ERR_UPSTREAM, NULL, "%.300s",
	    out->message != NULL ? out->message
	    : "The upstream did not change the character");
}

/* A plain instruction is a JSON string; NULL and "" are themselves. */
static const char *
stored_text(const char *text, struct arena *a)
{
	cJSON *json;
	const char *out;

	if (text == NULL || *text == '\0')
		return text;
	json = cJSON_CreateString(text);
	out = json_print(json, a);
	cJSON_Delete(json);
	return out;
}

/* Writes only the given fields: another request may change the others at the same time. */
static enum err
save(struct req *rq, const struct cameo_update *u, struct error *e)
{
	return character_change(api_of(rq)->store, u->cameo_id,
	    stored_text(u->instruction, rq->arena),
	    stored_text(u->safety_instruction, rq->arena), u->visibility, e);
}

static void
answer(struct resp *rs, const cJSON *result)
{
	cJSON *root = admin_success("Character updated successfully");
	cJSON *copy = result == NULL ? cJSON_CreateObject()
	    : cJSON_Duplicate(result, true);

	cJSON_AddItemToObject(root, "result", copy);
	resp_json(rs, 200, root);
}

/*
 * POST /api/characters/{cameo_id}/update: changes it upstream. 400 a field; 404; 502,
 * 503, 504.
 */
enum err
handle_character_update(struct req *rq, struct resp *rs, struct error *e)
{
	const struct settings *settings;
	struct cameo_update update;
	struct outcome outcome = { 0 };
	struct character c;
	struct call_input in;
	struct token token;
	enum err rc;

	if ((rc = read_update(rq, &update, e)) != ERR_OK ||
	    (rc = load(rq, &c, &token, e)) != ERR_OK ||
	    (rc = api_settings(api_of(rq), &settings, e)) != ERR_OK)
		return rc;
	in = (struct call_input){
		.call = CALL_CAMEO_UPDATE, .conf = api_of(rq)->conf,
		.token = &token, .cameo = &update,
		.solver = solver_current(api_of(rq)->app->solver, settings,
		    rq->arena),
	};
	if ((rc = ask(rq, &in, &outcome, e)) != ERR_OK ||
	    (rc = save(rq, &update, e)) != ERR_OK)
		return rc;
	answer(rs, outcome.json);
	return ERR_OK;
}
