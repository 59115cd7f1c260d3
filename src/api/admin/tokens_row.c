/* SPDX-License-Identifier: MIT */
/* tokens_row.c: from the fields of a token to its row, or to what an edit writes. */
#include <string.h>

#include "arena.h"
#include "provider_facts.h"
#include "token_claims.h"
#include "tokens.h"

/* The given or else the stored options, with the given preset in them. */
static enum err
options_text(const struct token_body *b, const struct token *now,
    struct arena *a, const char **out, struct error *e)
{
	cJSON *all = NULL;

	*out = b->options == NULL ? NULL : json_print(b->options, a);
	if (b->preset == NULL)
		return ERR_OK;
	if (json_get(b->options, "preset") != NULL)
		return error_set(e, ERR_INVALID_VALUE, "preset",
		    "'preset' is given twice: it is options.preset");
	if (b->options != NULL)
		all = cJSON_Duplicate(b->options, true);
	else if (now != NULL && now->options != NULL)
		all = cJSON_Parse(now->options);
	if (all == NULL)
		all = cJSON_CreateObject();
	cJSON_DeleteItemFromObjectCaseSensitive(all, "preset");
	json_add_string(all, "preset", *b->preset == '\0' ? "auto"
	    : b->preset);
	*out = json_print(all, a);
	cJSON_Delete(all);
	return ERR_OK;
}

static enum err
server_row(const struct token_body *b, struct arena *a,
    struct token *out, struct error *e)
{
	enum err rc;

	out->provider = b->provider;
	out->token = b->token != NULL ? b->token : "";
	out->email = "";
	out->base_url = b->base_url;
	out->models = b->models == NULL ? NULL : json_print(b->models, a);
	if ((rc = options_text(b, NULL, a, &out->options, e)) != ERR_OK)
		return rc;
	return token_read_terms(out, a, e);
}

static const char *
or_null(const char *s)
{
	return s != NULL && *s != '\0' ? s : NULL;
}

enum err
token_body_row(const struct token_body *b, struct arena *a,
    struct token *out, struct error *e)
{
	const char *at;
	enum err rc;

	*out = (struct token){
		.token = b->token,
		.st = or_null(b->st),
		.rt = or_null(b->rt),
		.client_id = or_null(b->client_id),
		.proxy_url = or_null(b->proxy_url),
		.remark = or_null(b->remark),
		.is_active = b->is_active,
		.image_enabled = b->image_enabled,
		.video_enabled = b->video_enabled,
		.image_concurrency = (int)b->image_concurrency,
		.video_concurrency = (int)b->video_concurrency,
		.sora2_supported = -1,
		.provider = provider_usual()->name,
	};
	if (token_body_is_server(b))
		return server_row(b, a, out, e);
	if ((rc = token_claims_read(b->token, a, &out->expiry_time, &out->email,
	    e)) != ERR_OK)
		return rc;
	if (b->email != NULL)
		out->email = b->email;
	at = strchr(out->email, '@');
	out->name = at == NULL ? "" : arena_strndup(a, out->email,
	    (size_t)(at - out->email));
	return ERR_OK;
}

static bool
is_given(const cJSON *json, const char *key)
{
	return json_get(json, key) != NULL;
}

static int
switch_of(const cJSON *json, const char *key, bool value)
{
	return is_given(json, key) ? value : -1;
}

static int
number_of(const cJSON *json, const char *key, int64_t value)
{
	return is_given(json, key) ? (int)value : 0;
}

enum err
token_body_edit(const struct token_body *b, const cJSON *json,
    const struct token *now, struct arena *a, struct token_edit *out,
    struct error *e)
{
	*out = (struct token_edit){
		.token = b->token, .st = b->st, .rt = b->rt,
		.client_id = b->client_id, .proxy_url = b->proxy_url,
		.remark = b->remark,
		.is_active = switch_of(json, "is_active", b->is_active),
		.image_enabled = switch_of(json, "image_enabled",
		    b->image_enabled),
		.video_enabled = switch_of(json, "video_enabled",
		    b->video_enabled),
		.image_concurrency = number_of(json, "image_concurrency",
		    b->image_concurrency),
		.video_concurrency = number_of(json, "video_concurrency",
		    b->video_concurrency),
	};
	if (!token_body_is_server(b))
		return ERR_OK;
	out->st = out->rt = out->client_id = NULL;
	out->base_url = b->base_url;
	out->models = b->models == NULL ? NULL : json_print(b->models, a);
	return options_text(b, now, a, &out->options, e);
}
