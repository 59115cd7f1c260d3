/* SPDX-License-Identifier: MIT */
/* init.c: sora2apictl init. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "ctl.h"
#include "id.h"
#include "json.h"
#include "seal.h"
#include "settings_store.h"

#define KEY_DIGITS	40
#define PASSWORD_DIGITS	20

/* The folder and those above it, mode 0750. */
static enum err
make_folder(const char *path, struct error *e)
{
	char part[1024];

	if ((size_t)snprintf(part, sizeof(part), "%s", path) >= sizeof(part))
		return error_set(e, ERR_INTERNAL, NULL,
		    "the path %s is too long", path);
	for (char *p = part + 1;; p++) {
		char end = *p;

		if (end != '/' && end != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, 0750) != 0 && errno != EEXIST)
			return error_set(e, ERR_INTERNAL, NULL,
			    "cannot make folder %s: %s", part,
			    strerror(errno));
		if (end == '\0')
			return ERR_OK;
		*p = end;
	}
}

static enum err
make_folders(const struct site *site, struct error *e)
{
	const char *slash = strrchr(site->conf->database_path, '/');
	char folder[1024] = ".";
	enum err rc;

	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s",
		    (int)(slash - site->conf->database_path),
		    site->conf->database_path);
	if ((rc = make_folder(folder, e)) != ERR_OK ||
	    (rc = make_folder(site->spool_dir, e)) != ERR_OK)
		return rc;
	return make_folder(site->conf->cache_dir, e);
}

/* A key file that is there already is used: it may seal other databases too. */
static enum err
make_key(const struct site *site, struct error *e)
{
	return access(site->key_file, F_OK) == 0 ? ERR_OK
	    : seal_create(site->key_file, e);
}

static enum err
make_database(struct site *site, const char *api_key, const char *password,
    struct error *e)
{
	struct store_conf conf = {
		.path = site->conf->database_path,
		.busy_timeout = site->conf->database_busy_timeout,
	};
	struct store *st = NULL;
	enum err rc;

	if (access(conf.path, F_OK) == 0)
		return error_set(e, ERR_CONFLICT, NULL,
		    "database %s exists already; nothing was changed",
		    conf.path);
	if ((rc = make_folders(site, e)) != ERR_OK ||
	    (rc = make_key(site, e)) != ERR_OK ||
	    (rc = seal_open(site->key_file, &site->seal, e)) != ERR_OK)
		return rc;
	conf.seal = site->seal;
	if ((rc = store_create(&conf, e)) != ERR_OK ||
	    (rc = store_open(&conf, &st, e)) != ERR_OK)
		return rc;
	rc = settings_create(st, site->conf, api_key, password, e);
	store_close(st);
	return rc;
}

static void
report(const struct ctl *ctl, const struct site *site, const char *api_key,
    const char *password)
{
	cJSON *root;

	if (ctl->json) {
		root = cJSON_CreateObject();
		json_add_string(root, "database", site->conf->database_path);
		json_add_string(root, "key_file", site->key_file);
		json_add_string(root, "api_key", api_key);
		json_add_string(root, "admin_username",
		    site->conf->admin_username);
		json_add_string(root, "admin_password", password);
		ctl_print_json(root);
		return;
	}
	printf("Database: %s\nKey file: %s (back it up: without it the "
	    "secrets in the database are lost)\n", site->conf->database_path,
	    site->key_file);
	if (api_key != NULL)
		printf("API key: %s\n", api_key);
	if (password != NULL)
		printf("Admin user: %s\nAdmin password: %s\n",
		    site->conf->admin_username, password);
	if (api_key != NULL || password != NULL)
		puts("They are shown this once only.");
}

/* What the configuration leaves empty is made up, stored, and shown once. */
enum err
ctl_init(struct ctl *ctl, struct error *e)
{
	const struct conf *conf = ctl->site.conf;
	const char *api_key = NULL, *password = NULL;
	enum err rc;

	if (*conf->api_key == '\0')
		api_key = id_new(ctl->arena, "sk-", KEY_DIGITS);
	if (*conf->admin_password == '\0')
		password = id_new(ctl->arena, "", PASSWORD_DIGITS);
	if ((rc = make_database(&ctl->site, api_key, password != NULL
	    ? password : conf->admin_password, e)) == ERR_OK)
		report(ctl, &ctl->site, api_key, password);
	return rc;
}
