/* SPDX-License-Identifier: MIT */
/* import.h: taking over the database of an older edition. */
#ifndef IMPORT_H
#define IMPORT_H

#include <stdbool.h>

#include "error.h"

struct store;

/* Called with what is left out, or worth knowing: one line, without secrets. */
typedef void import_note_fn(void *arg, const char *text);

struct import {
	const char	*path;		/* the older database, which is only read */
	bool		 dry_run;	/* everything is tried, nothing is kept */
	import_note_fn	*note;
	void		*arg;		/* note's */
};

struct import_result {
	int	 tokens, known_tokens;		/* taken over; stored here already */
	int	 characters, known_characters;
	int	 settings;			/* tables of settings */
};

/*
 * Takes over tokens with their statistics, characters, and settings, in one
 * transaction: all or nothing. Secrets are sealed on their way, the
 * administrator's password is hashed. Tables and columns that the older edition
 * did not have are passed over; tokens get new ids, and characters follow them.
 * ERR_INVALID_VALUE for a file that is no such database, is damaged, or holds
 * what cannot be stored, with table and row.
 */
MUST_CHECK enum err store_import(struct store *st, const struct import *in,
    struct import_result *out, struct error *e);

#endif
