/* SPDX-License-Identifier: MIT */
/* tokens_fields.c: the fields of a token, by provider and by what is done with it. */
#include <string.h>

#include "arena.h"
#include "provider_facts.h"
#include "proxy.h"
#include "tokens.h"

#define MAX_STRING	4096
#define MAX_SECRET	16384
#define MAX_CONCURRENCY	1000

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
	    provider_names, false }
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

/* Some clients send "" for a field that they do not use: that is not refused. */
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

struct token_body
token_body_defaults(void)
{
	return (struct token_body){
		.is_active = true, .image_enabled = true,
		.video_enabled = true, .image_concurrency = -1,
		.video_concurrency = -1,
	};
}

static bool
is_of_servers(const char *provider)
{
	return token_is_server(&(struct token){ .provider = provider });
}

bool
token_body_is_server(const struct token_body *b)
{
	return is_of_servers(b->provider);
}

enum err
token_body_types(const cJSON *json, enum token_form form, struct error *e)
{
	const char *provider = json_string(json, "provider");
	const struct table *f = is_of_servers(provider) ? &servers[form]
	    : &accounts[form];
	enum err rc;

	if ((rc = fields_check_types(provider_field, 1, json, e)) != ERR_OK)
		return rc;
	return fields_check_types(f->fields, f->n, json, e);
}

static enum err
check_concurrency(const char *name, int64_t value, struct error *e)
{
	if (value == -1 || (value >= 1 && value <= MAX_CONCURRENCY))
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, name,
	    "'%s' must be -1 (no limit) or 1 to %d", name, MAX_CONCURRENCY);
}

/* Brings the proxy into its stored form, and checks the concurrencies. */
static enum err
check_values(struct token_body *b, struct arena *a, struct error *e)
{
	enum err rc;

	if (b->proxy_url != NULL && *b->proxy_url != '\0' &&
	    (rc = proxy_parse(b->proxy_url, "proxy_url", a, &b->proxy_url, e))
	    != ERR_OK)
		return rc;
	if ((rc = check_concurrency("image_concurrency", b->image_concurrency,
	    e)) != ERR_OK)
		return rc;
	return check_concurrency("video_concurrency", b->video_concurrency, e);
}

/* The provider of a stored token cannot change. */
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
	return rc == ERR_OK ? check_values(out, a, e) : rc;
}
