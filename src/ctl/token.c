/* token.c: sora2apictl token add, list, enable, disable, delete. */
#include "token.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "ctl.h"
#include "field.h"
#include "json.h"
#include "token_server.h"

#define MAX_SECRET	16384
#define MAX_CONCURRENCY	1000

static const char usage_add[] =
    "token add [--token-file file] [--st-file file] [--rt-file file]\n"
    "    [--client-id id] [--proxy url] [--remark text] [--email address]\n"
    "    [--video-concurrency n] [--image-concurrency n] [--no-video]\n"
    "    [--no-image] [--sora2 yes|no|unknown]\n"
    "token add --base-url url [--preset name] [--models list] [--options json]\n"
    "    [--token-file file] [--proxy url] ...\n"
    "    the access token, or the server's key, is read from the file, else\n"
    "    from standard input; a server may have none";

/* The text of a file, or of standard input, without the blanks around it. */
static enum err
read_secret_or_none(const char *path, struct arena *a, const char **out,
    struct error *e)
{
	FILE *in = path == NULL ? stdin : fopen(path, "r");
	char *text = arena_alloc(a, MAX_SECRET + 1);
	size_t len;

	if (in == NULL)
		return error_set(e, ERR_INTERNAL, NULL, "cannot open %s",
		    path);
	len = fread(text, 1, MAX_SECRET, in);
	if (path != NULL)
		fclose(in);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	*out = text;
	return ERR_OK;
}

static enum err
read_secret(const char *path, struct arena *a, const char **out,
    struct error *e)
{
	enum err rc = read_secret_or_none(path, a, out, e);

	if (rc != ERR_OK || **out != '\0')
		return rc;
	return error_set(e, ERR_INVALID_VALUE, NULL, "%s is empty",
	    path == NULL ? "standard input" : path);
}

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

enum { OPT_TOKEN = 1, OPT_ST, OPT_RT, OPT_CLIENT, OPT_PROXY, OPT_REMARK, OPT_EMAIL,
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
		return read_secret(value, a, &t->st, e);
	case OPT_RT:
		return read_secret(value, a, &t->rt, e);
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

static enum err
read_options(int argc, char **argv, struct arena *a, struct token *t,
    struct server_text *server, const char **token_file, struct error *e)
{
	static const struct option longs[] = {
		{ "token-file", required_argument, NULL, OPT_TOKEN },
		{ "st-file", required_argument, NULL, OPT_ST },
		{ "rt-file", required_argument, NULL, OPT_RT },
		{ "client-id", required_argument, NULL, OPT_CLIENT },
		{ "proxy", required_argument, NULL, OPT_PROXY },
		{ "remark", required_argument, NULL, OPT_REMARK },
		{ "email", required_argument, NULL, OPT_EMAIL },
		{ "video-concurrency", required_argument, NULL, OPT_VIDEO },
		{ "image-concurrency", required_argument, NULL, OPT_IMAGE },
		{ "no-video", no_argument, NULL, OPT_NO_VIDEO },
		{ "no-image", no_argument, NULL, OPT_NO_IMAGE },
		{ "sora2", required_argument, NULL, OPT_SORA2 },
		{ "base-url", required_argument, NULL, OPT_BASE_URL },
		{ "models", required_argument, NULL, OPT_MODELS },
		{ "options", required_argument, NULL, OPT_OPTIONS },
		{ "preset", required_argument, NULL, OPT_PRESET },
		{ NULL, 0, NULL, 0 },
	};
	enum err rc = ERR_OK;
	int c;

	optind = 0;		/* getopt starts anew */
	while (rc == ERR_OK && (c = getopt_long(argc, argv, "", longs, NULL))
	    != -1)
		rc = read_option(c, optarg, a, t, server, token_file, e);
	if (rc == ERR_OK && optind < argc)
		rc = error_set(e, ERR_INVALID_VALUE, NULL,
		    "a token is never given as an argument; use --token-file"
		    " or standard input");
	return rc;
}

/* What the access token itself tells: when it expires, and whose it is. */
static enum err
fill_from_jwt(struct token *t, struct arena *a, struct error *e)
{
	const char *email, *at;
	enum err rc;

	if ((rc = token_read_jwt(t->token, a, &t->expiry_time, &email, e))
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
	if (t->backend != NULL)
		return read_secret_or_none(token_file, a, &t->token, e);
	if ((rc = read_secret(token_file, a, &t->token, e)) != ERR_OK)
		return rc;
	return fill_from_jwt(t, a, e);
}

static int
add(const struct ctl *ctl, int argc, char **argv)
{
	struct arena *a = arena_new();
	struct token t = {
		.is_active = true, .image_enabled = true,
		.video_enabled = true, .image_concurrency = -1,
		.video_concurrency = -1, .sora2_supported = -1,
	};
	struct server_text server = { NULL, NULL, NULL, NULL };
	const char *token_file = NULL;
	struct store *st = NULL;
	struct site site = { 0 };
	struct error e;
	int status = CTL_FAILED;

	if (read_options(argc, argv, a, &t, &server, &token_file, &e) != ERR_OK) {
		if (*e.text != '\0')
			ctl_fail(&e);
		status = ctl_usage(usage_add);
		goto out;
	}
	if (!ctl_open(ctl, &site, &st))
		goto out;
	if (fill(&server, token_file, &t, a, &e) != ERR_OK ||
	    token_add(st, &t, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	status = CTL_OK;
	if (ctl->json)
		printf("{\"token_id\":%lld}\n", (long long)t.id);
	else
		printf("Token %lld added (%s)\n", (long long)t.id,
		    t.backend != NULL ? t.base_url :
		    *t.email == '\0' ? "no e-mail" : t.email);
out:
	ctl_close(&site, st);
	arena_free(a);
	return status;
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
	    t->backend != NULL ? t->base_url :
	    *t->email == '\0' ? "-" : t->email, t->video_running,
	    (long long)t->video_count, (long long)t->error_count,
	    expires == NULL ? "-" : expires);
}

static int
list(const struct ctl *ctl, int argc, char **argv UNUSED)
{
	struct arena *a = arena_new();
	struct store *st = NULL;
	struct site site = { 0 };
	struct token *tokens;
	struct error e;
	cJSON *root;
	size_t n;
	int status = CTL_FAILED;

	if (argc != 1) {
		status = ctl_usage("token list");
		goto out;
	}
	if (!ctl_open(ctl, &site, &st))
		goto out;
	if (token_list(st, a, &tokens, &n, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	status = CTL_OK;
	if (ctl->json) {
		root = cJSON_CreateArray();
		for (size_t i = 0; i < n; i++)
			cJSON_AddItemToArray(root, token_json(&tokens[i], a));
		ctl_print_json(root);
		goto out;
	}
	printf("%4s  %-8s %-30s %7s %7s %7s  %s\n", "id", "state", "e-mail",
	    "running", "videos", "errors", "expires");
	for (size_t i = 0; i < n; i++)
		print_row(&tokens[i], a);
out:
	ctl_close(&site, st);
	arena_free(a);
	return status;
}

static int
change(const struct ctl *ctl, const char *verb, int argc, char **argv)
{
	struct store *st = NULL;
	struct site site = { 0 };
	struct error e;
	int64_t id;
	int status = CTL_FAILED;
	enum err rc;

	if (argc != 2 || !field_parse_int(argv[1], &id) || id < 1)
		return ctl_usage("token enable|disable|delete id");
	if (!ctl_open(ctl, &site, &st))
		goto out;
	if (strcmp(verb, "delete") == 0)
		rc = token_delete(st, id, &e);
	else
		rc = token_set_active(st, id, strcmp(verb, "enable") == 0, &e);
	if (rc == ERR_OK) {
		status = CTL_OK;
		printf("Token %lld %sd\n", (long long)id, verb);
	} else {
		status = ctl_fail(&e);
	}
out:
	ctl_close(&site, st);
	return status;
}

int
ctl_token(const struct ctl *ctl, int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "add") == 0)
		return add(ctl, argc, argv);
	if (argc > 0 && strcmp(argv[0], "list") == 0)
		return list(ctl, argc, argv);
	if (argc > 0 && (strcmp(argv[0], "enable") == 0 ||
	    strcmp(argv[0], "disable") == 0 || strcmp(argv[0], "delete") == 0))
		return change(ctl, argv[0], argc, argv);
	return ctl_usage("token add|list|enable|disable|delete [...]");
}
