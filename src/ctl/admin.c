/* SPDX-License-Identifier: MIT */
/* admin.c: sora2apictl admin reset-password, api-key show and set. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "ctl.h"
#include "ctl_options.h"
#include "id.h"
#include "json.h"
#include "settings_store.h"

#define PASSWORD_DIGITS	20
#define KEY_DIGITS	40

/* {"name":"value"}, or the text for people. */
static void
print_secret(const struct ctl *ctl, const char *name, const char *value,
    const char *text)
{
	cJSON *root;

	if (!ctl->json) {
		fputs(text, stdout);
		return;
	}
	root = cJSON_CreateObject();
	json_add_string(root, name, value);
	ctl_print_json(root);
}

enum err
ctl_admin_reset_password(struct ctl *ctl, struct error *e)
{
	char password[PASSWORD_DIGITS + 1];
	enum err rc;

	id_hex(password, PASSWORD_DIGITS);
	if ((rc = settings_set_password(ctl->st, NULL, password, NULL, e))
	    == ERR_OK)
		print_secret(ctl, "admin_password", password,
		    arena_printf(ctl->arena, "Admin password: %s\nIt is shown "
		    "this once only; every session has ended.\n", password));
	return rc;
}

enum err
ctl_api_key_show(struct ctl *ctl, struct error *e)
{
	struct settings s;
	enum err rc;

	if ((rc = settings_load(ctl->st, ctl->site.conf, ctl->arena, &s, e))
	    == ERR_OK)
		print_secret(ctl, "api_key", s.api_key,
		    arena_printf(ctl->arena, "%s\n", s.api_key));
	return rc;
}

/* A new key: made up, from the file, or from standard input. */
static enum err
read_key(struct ctl *ctl, const char **key, struct error *e)
{
	const char *path = ctl->option[SECRET_FILE];
	enum err rc;

	if (ctl->option[SECRET_GENERATE] != NULL && path != NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--file or --generate, not both");
	if (ctl->option[SECRET_GENERATE] != NULL) {
		*key = id_new(ctl->arena, "sk-", KEY_DIGITS);
		return ERR_OK;
	}
	if ((rc = ctl_read_secret(path, ctl->arena, key, e)) != ERR_OK)
		return rc;
	return conf_check_string("global.api_key", *key, "the new key",
	    ctl->arena, e);
}

enum err
ctl_api_key_set(struct ctl *ctl, struct error *e)
{
	const char *key;
	enum err rc;

	if ((rc = read_key(ctl, &key, e)) != ERR_OK ||
	    (rc = settings_set_api_key(ctl->st, key, e)) != ERR_OK)
		return rc;
	print_secret(ctl, "api_key", key, ctl->option[SECRET_GENERATE] == NULL
	    ? "The API key is stored\n"
	    : arena_printf(ctl->arena, "API key: %s\n", key));
	return ERR_OK;
}
