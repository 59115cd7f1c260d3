/* SPDX-License-Identifier: MIT */
/*
 * site.h: what every program opens first: configuration, key file, folders.
 */
#ifndef SITE_H
#define SITE_H

#include "error.h"

struct conf;
struct seal;
struct store;

struct site {
	struct conf	*conf;
	struct seal	*seal;
	char		*key_file;	/* where the key is, or is to be */
	char		*spool_dir;
};

/*
 * Reads the configuration (NULL: the default file, or defaults when there is
 * none) and the key file, and checks that spool and cache folders can be used.
 * site_close in any case.
 */
MUST_CHECK enum err site_open(const char *conf_path, struct site *out, struct error *e);
/* The configuration and the paths that follow from it, nothing else. */
MUST_CHECK enum err site_open_conf(const char *conf_path, struct site *out, struct error *e);
void	site_close(struct site *s);
/* Opens the log as the configuration says; `program` is borrowed for the process's life. */
void	site_open_log(const struct site *s, const char *program);
/* What its database is opened with; borrowed from the site. */
struct store_conf;
struct store_conf site_store_conf(const struct site *s);
/* A connection to its database. */
MUST_CHECK enum err site_open_store(const struct site *s, struct store **out, struct error *e);

#endif
