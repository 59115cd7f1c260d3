/* SPDX-License-Identifier: MIT */
/* conf_import.h: a configuration made of the setting.toml of older editions. */
#ifndef CONF_IMPORT_H
#define CONF_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct arena;

/* Called with what was left out, and why: one line, without secrets. */
typedef void conf_note_fn(void *arg, const char *text);

struct conf_import {
	const char	*toml;		/* a NUL is at toml[len] */
	size_t		 len;
	const char	*name;		/* of the file, for messages */
	bool		 skip_unknown;	/* a key that we do not have is left out, and no failure */
	conf_note_fn	*note;
	void		*arg;		/* note's */
};

/*
 * Writes the same settings in the syntax of sora2api.conf(5). Sample values of
 * credentials, and a database below the older edition's own folder, are left
 * out. ERR_INVALID_VALUE names the line of what is no TOML, no key, or no value
 * that its key accepts. Pure. The text is in the arena.
 */
MUST_CHECK enum err conf_import(const struct conf_import *in, struct arena *a, const char **out,
    struct error *e);

#endif
