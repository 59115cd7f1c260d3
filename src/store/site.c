/* SPDX-License-Identifier: MIT */
/* site.c: what every program opens first. */
#include "site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"
#include "seal.h"
#include "store.h"
#include "xalloc.h"

/* "spool" beside the database, unless the configuration names a folder. */
static char *
spool_of(const struct conf *conf)
{
	const char *slash = strrchr(conf->database_path, '/');

	if (*conf->spool_dir != '\0')
		return xstrdup(conf->spool_dir);
	if (slash == NULL)
		return xstrdup("spool");
	return xasprintf("%.*s/spool", (int)(slash - conf->database_path),
	    conf->database_path);
}

enum err
site_open_conf(const char *conf_path, struct site *out, struct error *e)
{
	const struct conf *conf;
	enum err rc;

	*out = (struct site){ 0 };
	if ((rc = conf_load(conf_path, &out->conf, e)) != ERR_OK)
		return rc;
	conf = out->conf;
	out->spool_dir = spool_of(conf);
	out->key_file = *conf->database_key_file != '\0'
	    ? xstrdup(conf->database_key_file)
	    : xasprintf("%s.key", conf->database_path);
	return ERR_OK;
}

static enum err
check_folder(const char *dir, const char *key, struct error *e)
{
	if (access(dir, R_OK | W_OK | X_OK) == 0)
		return ERR_OK;
	return error_set(e, ERR_INTERNAL, NULL, "folder %s (%s) cannot be "
	    "used: %s; create it, writable for this user", dir, key,
	    strerror(errno));
}

enum err
site_open(const char *conf_path, struct site *out, struct error *e)
{
	enum err rc;

	if ((rc = site_open_conf(conf_path, out, e)) != ERR_OK)
		return rc;
	if (access(out->conf->database_path, F_OK) != 0)
		return error_set(e, ERR_INTERNAL, NULL, "database %s: %s; run "
		    "\"sora2apictl init\"", out->conf->database_path,
		    strerror(errno));
	if ((rc = seal_open(out->key_file, &out->seal, e)) != ERR_OK ||
	    (rc = check_folder(out->spool_dir, "spool.dir", e)) != ERR_OK)
		return rc;
	return check_folder(out->conf->cache_dir, "cache.dir", e);
}

void
site_close(struct site *s)
{
	seal_close(s->seal);
	conf_free(s->conf);
	free(s->key_file);
	free(s->spool_dir);
	*s = (struct site){ 0 };
}

void
site_open_log(const struct site *s, const char *program)
{
	const struct conf *conf = s->conf;
	enum log_target target = LOG_TO_STDERR;

	if (strcmp(conf->log_target, "syslog") == 0)
		target = LOG_TO_SYSLOG;
	else if (strcmp(conf->log_target, "journald") == 0)
		target = LOG_TO_JOURNALD;
	log_open(program, target, strcmp(conf->log_format, "json") == 0,
	    conf->debug_enabled ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
}

struct store_conf
site_store_conf(const struct site *s)
{
	return (struct store_conf){
		.path = s->conf->database_path,
		.seal = s->seal,
		.busy_timeout = s->conf->database_busy_timeout,
	};
}

enum err
site_open_store(const struct site *s, struct store **out, struct error *e)
{
	const struct store_conf conf = site_store_conf(s);

	return store_open(&conf, out, e);
}
