/* SPDX-License-Identifier: MIT */
/* token_server.c: a token that stands for a server, as the command line says. */
#include "token_server.h"

#include <string.h>

#include "arena.h"
#include "json.h"
#include "provider_facts.h"
#include "token.h"

/* "a,b=c": a as it is, and b, which the server calls c. */
static const char *
models_json(const char *list, struct arena *a)
{
	char *rest = arena_strdup(a, list), *name;
	cJSON *root = cJSON_CreateObject();
	const char *text;

	while ((name = strsep(&rest, ",")) != NULL) {
		char *upstream = strchr(name, '=');

		if (upstream != NULL)
			*upstream++ = '\0';
		json_add_string(root, name, upstream != NULL ? upstream
		    : name);
	}
	text = json_print(root, a);
	cJSON_Delete(root);
	return text;
}

static enum err
with_preset(const char *options, const char *preset, struct arena *a,
    const char **out, struct error *e)
{
	cJSON *root = NULL;
	struct error why;

	*out = options;
	if (preset == NULL)
		return ERR_OK;
	if (options == NULL)
		root = cJSON_CreateObject();
	else if (json_parse_object(options, strlen(options), &root, &why)
	    != ERR_OK)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--options must be a JSON object");
	cJSON_DeleteItemFromObjectCaseSensitive(root, "preset");
	json_add_string(root, "preset", preset);
	*out = json_print(root, a);
	cJSON_Delete(root);
	return ERR_OK;
}

static enum err
check(const struct server_text *s, const struct token *t, struct error *e)
{
	if (s->base_url == NULL && (s->models != NULL || s->options != NULL ||
	    s->preset != NULL))
		return error_set(e, ERR_INVALID_VALUE, NULL, "--models, "
		    "--options and --preset go with --base-url");
	if (s->base_url != NULL && (t->st != NULL || t->rt != NULL ||
	    t->client_id != NULL || t->email != NULL))
		return error_set(e, ERR_INVALID_VALUE, NULL, "--st-file, "
		    "--rt-file, --client-id and --email are of accounts, and "
		    "do not go with --base-url");
	return ERR_OK;
}

enum err
server_fill(const struct server_text *s, struct token *t, struct arena *a,
    struct error *e)
{
	enum err rc;

	if ((rc = check(s, t, e)) != ERR_OK || s->base_url == NULL)
		return rc;
	t->provider = provider_of_servers()->name;
	t->email = "";
	t->base_url = s->base_url;
	t->models = s->models == NULL ? NULL : models_json(s->models, a);
	if ((rc = with_preset(s->options, s->preset, a, &t->options, e))
	    != ERR_OK)
		return rc;
	return token_read_terms(t, a, e);
}
