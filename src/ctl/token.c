/* SPDX-License-Identifier: MIT */
/* token.c: sora2apictl token add, list, enable, disable, delete, test. */
#include "token_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "ctl.h"
#include "ctl_options.h"
#include "field.h"
#include "json.h"
#include "token_claims.h"
#include "token_server.h"

#define MAX_CONCURRENCY	1000

static enum err
read_concurrency(const char *option, const char *text, int *out,
    struct error *e)
{
	int64_t value;

	if (!field_parse_int(text, &value) || value == 0 || value < -1 ||
	    value > MAX_CONCURRENCY)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--%s must be -1 (no limit) or 1 to %d", option,
		    MAX_CONCURRENCY);
	*out = (int)value;
	return ERR_OK;
}

static enum err
read_sora2(const char *text, int *out, struct error *e)
{
	if (strcmp(text, "yes") == 0)
		*out = 1;
	else if (strcmp(text, "no") == 0)
		*out = 0;
	else if (strcmp(text, "unknown") == 0)
		*out = -1;
	else
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--sora2 must be yes, no or unknown");
	return ERR_OK;
}

enum { OPT_TOKEN, OPT_ST, OPT_RT, OPT_CLIENT, OPT_PROXY, OPT_REMARK, OPT_EMAIL,
	OPT_VIDEO, OPT_IMAGE, OPT_NO_VIDEO, OPT_NO_IMAGE, OPT_SORA2,
	OPT_BASE_URL, OPT_MODELS, OPT_OPTIONS, OPT_PRESET };

static enum err
read_option(int option, const char *value, struct arena *a, struct token *t,
    struct server_text *server, const char **token_file, struct error *e)
{
	switch (option) {
	case OPT_TOKEN:
		*token_file = value;
		break;
	case OPT_ST:
		return ctl_read_secret(value, a, &t->st, e);
	case OPT_RT:
		return ctl_read_secret(value, a, &t->rt, e);
	case OPT_CLIENT:
		t->client_id = value;
		break;
	case OPT_PROXY:
		t->proxy_url = value;
		break;
	case OPT_REMARK:
		t->remark = value;
		break;
	case OPT_EMAIL:
		t->email = value;
		break;
	case OPT_VIDEO:
		return read_concurrency("video-concurrency", value,
		    &t->video_concurrency, e);
	case OPT_IMAGE:
		return read_concurrency("image-concurrency", value,
		    &t->image_concurrency, e);
	case OPT_NO_VIDEO:
		t->video_enabled = false;
		break;
	case OPT_NO_IMAGE:
		t->image_enabled = false;
		break;
	case OPT_SORA2:
		return read_sora2(value, &t->sora2_supported, e);
	case OPT_BASE_URL:
		server->base_url = value;
		break;
	case OPT_MODELS:
		server->models = value;
		break;
	case OPT_OPTIONS:
		server->options = value;
		break;
	case OPT_PRESET:
		server->preset = value;
		break;
	default:
		return error_set(e, ERR_INVALID_VALUE, NULL, "%s", "");
	}
	return ERR_OK;
}

const struct ctl_option ctl_token_add_options[] = {
	[OPT_TOKEN] = { "token-file", "file" },
	[OPT_ST] = { "st-file", "file" },
	[OPT_RT] = { "rt-file", "file" },
	[OPT_CLIENT] = { "client-id", "id" },
	[OPT_PROXY] = { "proxy", "url" },
	[OPT_REMARK] = { "remark", "text" },
	[OPT_EMAIL] = { "email", "address" },
	[OPT_VIDEO] = { "video-concurrency", "number" },
	[OPT_IMAGE] = { "image-concurrency", "number" },
	[OPT_NO_VIDEO] = { "no-video", NULL },
	[OPT_NO_IMAGE] = { "no-image", NULL },
	[OPT_SORA2] = { "sora2", "yes|no|unknown" },
	[OPT_BASE_URL] = { "base-url", "url" },
	[OPT_MODELS] = { "models", "list" },
	[OPT_OPTIONS] = { "options", "json" },
	[OPT_PRESET] = { "preset", "name" },
	{ NULL, NULL },
};

static enum err
read_options(const struct ctl *ctl, struct arena *a, struct token *t,
    struct server_text *server, const char **token_file, struct error *e)
{
	enum err rc = ERR_OK;

	for (int i = 0; i < CTL_OPTIONS && rc == ERR_OK; i++)
		if (ctl->option[i] != NULL)
			rc = read_option(i, ctl->option[i], a, t, server,
			    token_file, e);
	return rc;
}

/* What the access token itself tells: when it expires, and whose it is. */
static enum err
fill_from_jwt(struct token *t, struct arena *a, struct error *e)
{
	const char *email, *at;
	enum err rc;

	if ((rc = token_claims_read(t->token, a, &t->expiry_time, &email, e))
	    != ERR_OK)
		return rc;
	if (t->email == NULL)
		t->email = email;
	at = strchr(t->email, '@');
	t->name = at == NULL ? t->email : arena_strndup(a, t->email,
	    (size_t)(at - t->email));
	return ERR_OK;
}

/* Of an account its access token, which tells more; of a server its key, if it has one. */
static enum err
fill(const struct server_text *server, const char *token_file,
    struct token *t, struct arena *a, struct error *e)
{
	enum err rc;

	if ((rc = server_fill(server, t, a, e)) != ERR_OK)
		return rc;
	if (token_is_server(t))
		return ctl_read_secret_or_none(token_file, a, &t->token, e);
	if ((rc = ctl_read_secret(token_file, a, &t->token, e)) != ERR_OK)
		return rc;
	return fill_from_jwt(t, a, e);
}

enum err
ctl_token_add(struct ctl *ctl, struct error *e)
{
	struct token t = {
		.is_active = true, .image_enabled = true,
		.video_enabled = true, .image_concurrency = -1,
		.video_concurrency = -1, .sora2_supported = -1,
	};
	struct server_text server = { NULL, NULL, NULL, NULL };
	const char *token_file = NULL;
	enum err rc;

	if ((rc = read_options(ctl, ctl->arena, &t, &server, &token_file, e))
	    != ERR_OK ||
	    (rc = fill(&server, token_file, &t, ctl->arena, e)) != ERR_OK ||
	    (rc = token_add(ctl->st, &t, e)) != ERR_OK)
		return rc;
	if (ctl->json)
		printf("{\"token_id\":%lld}\n", (long long)t.id);
	else
		printf("Token %lld added (%s)\n", (long long)t.id,
		    token_is_server(&t) ? t.base_url :
		    *t.email == '\0' ? "no e-mail" : t.email);
	return ERR_OK;
}

static cJSON *
token_json(const struct token *t, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();

	json_add_int(root, "id", t->id);
	json_add_string(root, "email", t->email);
	json_add_bool(root, "is_active", t->is_active);
	json_add_string(root, "expiry_time", clock_format(a, t->expiry_time));
	json_add_string(root, "cooled_until", clock_format(a,
	    t->cooled_until));
	json_add_string(root, "sora2_cooldown_until", clock_format(a,
	    t->sora2_cooldown_until));
	json_add_bool(root, "video_enabled", t->video_enabled);
	json_add_bool(root, "image_enabled", t->image_enabled);
	json_add_int(root, "video_concurrency", t->video_concurrency);
	json_add_int(root, "image_concurrency", t->image_concurrency);
	json_add_int(root, "video_running", t->video_running);
	json_add_int(root, "image_running", t->image_running);
	json_add_int(root, "video_count", t->video_count);
	json_add_int(root, "error_count", t->error_count);
	json_add_string(root, "remark", t->remark);
	json_add_string(root, "provider", t->provider);
	json_add_string(root, "base_url", t->base_url);
	return root;
}

static void
print_row(const struct token *t, struct arena *a)
{
	const char *expires = clock_format(a, t->expiry_time);

	printf("%4lld  %-8s %-30s %7d %7lld %7lld  %s\n", (long long)t->id,
	    t->is_active ? "enabled" : "disabled",
	    token_is_server(t) ? t->base_url :
	    *t->email == '\0' ? "-" : t->email, t->video_running,
	    (long long)t->video_count, (long long)t->error_count,
	    expires == NULL ? "-" : expires);
}

enum err
ctl_token_list(struct ctl *ctl, struct error *e)
{
	struct token *tokens;
	cJSON *root;
	size_t n;
	enum err rc;

	if ((rc = token_list(ctl->st, ctl->arena, &tokens, &n, e)) != ERR_OK)
		return rc;
	if (ctl->json) {
		root = cJSON_CreateArray();
		for (size_t i = 0; i < n; i++)
			cJSON_AddItemToArray(root, token_json(&tokens[i],
			    ctl->arena));
		ctl_print_json(root);
		return ERR_OK;
	}
	printf("%4s  %-8s %-30s %7s %7s %7s  %s\n", "id", "state", "e-mail",
	    "running", "videos", "errors", "expires");
	for (size_t i = 0; i < n; i++)
		print_row(&tokens[i], ctl->arena);
	return ERR_OK;
}

enum err
ctl_read_token_id(const struct ctl *ctl, int64_t *id, struct error *e)
{
	if (field_parse_int(ctl->argv[0], id) && *id > 0)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, NULL,
	    "the id of a token is a number: see \"sora2apictl token list\"");
}

static void
report(const struct ctl *ctl, int64_t id, const char *what)
{
	if (ctl->json)
		printf("{\"token_id\":%lld}\n", (long long)id);
	else
		printf("Token %lld %s\n", (long long)id, what);
}

static enum err
set_active(struct ctl *ctl, bool active, struct error *e)
{
	int64_t id;
	enum err rc;

	if ((rc = ctl_read_token_id(ctl, &id, e)) == ERR_OK &&
	    (rc = token_set_active(ctl->st, id, active, e)) == ERR_OK)
		report(ctl, id, active ? "enabled" : "disabled");
	return rc;
}

enum err
ctl_token_enable(struct ctl *ctl, struct error *e)
{
	return set_active(ctl, true, e);
}

enum err
ctl_token_disable(struct ctl *ctl, struct error *e)
{
	return set_active(ctl, false, e);
}

enum err
ctl_token_delete(struct ctl *ctl, struct error *e)
{
	int64_t id;
	enum err rc;

	if ((rc = ctl_read_token_id(ctl, &id, e)) == ERR_OK &&
	    (rc = ctl->option[DELETE_NOW] != NULL
	    ? token_delete_now(ctl->st, id, e)
	    : token_delete(ctl->st, id, e)) == ERR_OK)
		report(ctl, id, "deleted");
	return rc;
}
