/* tokens_fields.c: the fields of a token, by provider and by what is done with it. */
#include <string.h>

#include "arena.h"
#include "tokens.h"

#define MAX_STRING	4096
#define MAX_SECRET	16384
#define SERVER		"openai"

static const char *const providers[] = { "sora", SERVER, NULL };

#define AT(member)	offsetof(struct token_body, member)
#define FIELD(name, type, required, min, max, member) \
	{ name, type, required, min, max, AT(member), NULL, false }
#define SECRET(name, required, min, member) \
	FIELD(name, FIELD_STRING, required, min, MAX_SECRET, member)
#define TEXT(name)	FIELD(#name, FIELD_STRING, false, 0, MAX_STRING, name)
#define SWITCH(name)	FIELD(#name, FIELD_BOOLEAN, false, 0, 0, name)
#define NUMBER(name)	FIELD(#name, FIELD_INTEGER, false, -1, INT32_MAX, name)

#define PROVIDER \
	{ "provider", FIELD_STRING, false, 0, MAX_STRING, AT(provider), \
	    providers, false }
#define ALL_HAVE \
	TEXT(proxy_url), TEXT(remark), \
	SWITCH(image_enabled), SWITCH(video_enabled), \
	NUMBER(image_concurrency), NUMBER(video_concurrency)
#define SERVERS_HAVE \
	TEXT(base_url), FIELD("models", FIELD_NAMES, false, 0, 0, models), \
	FIELD("options", FIELD_NODE, false, 0, 0, options), TEXT(preset)
#define EMAIL(required)	FIELD("email", FIELD_STRING, required, 3, 254, email)

static const struct field accounts_added[] = {
	SECRET("token", true, 1, token), SECRET("st", false, 0, st),
	SECRET("rt", false, 0, rt), TEXT(client_id), ALL_HAVE,
};
static const struct field servers_added[] = {
	SECRET("token", false, 0, token), ALL_HAVE, SERVERS_HAVE,
};
static const struct field accounts_changed[] = {
	SECRET("token", false, 1, token), SECRET("st", false, 0, st),
	SECRET("rt", false, 0, rt), TEXT(client_id), ALL_HAVE,
};
static const struct field accounts_imported[] = {
	EMAIL(true), SECRET("access_token", true, 1, token),
	SECRET("session_token", false, 0, st),
	SECRET("refresh_token", false, 0, rt), TEXT(client_id),
	SWITCH(is_active), ALL_HAVE,
};
static const struct field servers_imported[] = {
	SECRET("access_token", false, 0, token), SWITCH(is_active), ALL_HAVE,
	SERVERS_HAVE,
};

struct table {
	const struct field *fields;
	size_t		 n;
};

#define TABLE(fields)	{ fields, NELEM(fields) }

static const struct table accounts[] = {
	[TOKEN_ADDED] = TABLE(accounts_added),
	[TOKEN_CHANGED] = TABLE(accounts_changed),
	[TOKEN_IMPORTED] = TABLE(accounts_imported),
};
static const struct table servers[] = {
	[TOKEN_ADDED] = TABLE(servers_added),
	[TOKEN_CHANGED] = TABLE(servers_added),
	[TOKEN_IMPORTED] = TABLE(servers_imported),
};

/* ---- what the other provider has ---- */

static enum err
refuse(const cJSON *json, const char *const *names, const char *why,
    struct error *e)
{
	for (; *names != NULL; names++)
		if (json_get(json, *names) != NULL)
			return error_set(e, ERR_INVALID_VALUE, *names,
			    "'%s' %s", *names, why);
	return ERR_OK;
}

/* An empty text is what clients send for what they do not have. */
static enum err
refuse_account_fields(const cJSON *json, struct error *e)
{
	static const char *const names[] = { "st", "rt", "client_id",
	    "session_token", "refresh_token" };

	for (size_t i = 0; i < NELEM(names); i++) {
		const cJSON *item = json_get(json, names[i]);

		if (item != NULL && !(cJSON_IsString(item) &&
		    *item->valuestring == '\0'))
			return error_set(e, ERR_INVALID_VALUE, names[i],
			    "'%s' is of accounts of sora; a server has a "
			    "token only", names[i]);
	}
	return ERR_OK;
}

static enum err
refuse_server_fields(const cJSON *json, struct error *e)
{
	static const char *const names[] = { "base_url", "models", "options",
	    "preset", NULL };

	return refuse(json, names, "goes with provider \"openai\" only", e);
}

/* ---- reading ---- */

static const struct field provider_field[] = { PROVIDER };

bool
token_body_is_server(const struct token_body *b)
{
	return b->provider != NULL && strcmp(b->provider, SERVER) == 0;
}

enum err
token_body_types(const cJSON *json, enum token_form form, struct error *e)
{
	const char *provider = json_string(json, "provider");
	bool server = provider != NULL && strcmp(provider, SERVER) == 0;
	const struct table *f = server ? &servers[form] : &accounts[form];
	enum err rc;

	if ((rc = fields_check_types(provider_field, 1, json, e)) != ERR_OK)
		return rc;
	return fields_check_types(f->fields, f->n, json, e);
}

/* A token stays what it is. */
static enum err
check_provider(const struct token *now, const struct token_body *b,
    struct error *e)
{
	if (now == NULL || b->provider == NULL ||
	    strcmp(now->provider, b->provider) == 0)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, "provider",
	    "'provider' of a token cannot be changed: it is %s",
	    now->provider);
}

enum err
token_body_read(const cJSON *json, enum token_form form,
    const struct token *now, struct arena *a, struct token_body *out,
    struct error *e)
{
	const struct table *f;
	bool server;
	enum err rc;

	if ((rc = fields_read(provider_field, 1, json, false, a, out, e))
	    != ERR_OK || (rc = check_provider(now, out, e)) != ERR_OK)
		return rc;
	if (now != NULL)
		out->provider = now->provider;
	server = token_body_is_server(out);
	f = server ? &servers[form] : &accounts[form];
	if ((rc = fields_read(f->fields, f->n, json, false, a, out, e))
	    != ERR_OK)
		return rc;
	rc = server ? refuse_account_fields(json, e)
	    : refuse_server_fields(json, e);
	return rc == ERR_OK ? token_body_check(out, a, e) : rc;
}

/* ---- what goes into the row ---- */

/* The options that were given, or those that are there, with the preset that was given. */
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

enum err
token_body_server(const struct token_body *b, struct arena *a,
    struct token *out, struct error *e)
{
	enum err rc;

	out->provider = SERVER;
	out->token = b->token != NULL ? b->token : "";
	out->email = "";
	out->base_url = b->base_url;
	out->models = b->models == NULL ? NULL : json_print(b->models, a);
	if ((rc = options_text(b, NULL, a, &out->options, e)) != ERR_OK)
		return rc;
	return token_read_backend(out, a, e);
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
