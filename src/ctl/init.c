/* init.c: sora2apictl init, migrate, check-config, sample-config. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "conf.h"
#include "ctl.h"
#include "id.h"
#include "json.h"
#include "seal.h"
#include "settings.h"

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
int
ctl_init(const struct ctl *ctl, int argc, char **argv UNUSED)
{
	struct arena *a = arena_new();
	const char *api_key = NULL, *password = NULL;
	struct site site;
	struct error e;
	int status = CTL_OK;

	if (argc != 0) {
		arena_free(a);
		return ctl_usage("init");
	}
	if (site_open_conf(ctl->conf_path, &site, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	if (*site.conf->api_key == '\0')
		api_key = id_new(a, "sk-", KEY_DIGITS);
	if (*site.conf->admin_password == '\0')
		password = id_new(a, "", PASSWORD_DIGITS);
	if (make_database(&site, api_key, password != NULL ? password
	    : site.conf->admin_password, &e) == ERR_OK)
		report(ctl, &site, api_key, password);
	else
		status = ctl_fail(&e);
out:
	site_close(&site);
	arena_free(a);
	return status;
}

int
ctl_migrate(const struct ctl *ctl, int argc, char **argv UNUSED)
{
	struct store_conf conf;
	struct site site;
	struct error e;
	struct migration m;
	int status = CTL_OK;

	if (argc != 0)
		return ctl_usage("migrate");
	if (site_open(ctl->conf_path, &site, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	conf = (struct store_conf){
		.path = site.conf->database_path, .seal = site.seal,
		.busy_timeout = site.conf->database_busy_timeout,
	};
	if (store_migrate(&conf, &m, &e) != ERR_OK)
		status = ctl_fail(&e);
	else if (m.steps == 0)
		printf("Schema %d: nothing to do\n", store_schema_version());
	else
		printf("Schema %d: %d steps done\n", store_schema_version(),
		    m.steps);
out:
	site_close(&site);
	return status;
}

int
ctl_check_config(const struct ctl *ctl, int argc, char **argv UNUSED)
{
	struct conf *conf = NULL;
	struct error e;

	if (argc != 0)
		return ctl_usage("check-config");
	if (conf_load(ctl->conf_path, &conf, &e) != ERR_OK)
		return ctl_fail(&e);
	conf_free(conf);
	printf("%s: the configuration is valid\n", ctl->conf_path != NULL
	    ? ctl->conf_path : CONF_DEFAULT_PATH);
	return CTL_OK;
}

int
ctl_sample_config(const struct ctl *ctl UNUSED, int argc, char **argv UNUSED)
{
	if (argc != 0)
		return ctl_usage("sample-config");
	conf_write_sample(stdout);
	return CTL_OK;
}
