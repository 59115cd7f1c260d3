/* SPDX-License-Identifier: MIT */
/*
 * toml.h: reads TOML 1.0, as far as settings need it: tables, dotted keys,
 * strings of all four kinds, whole and other numbers, booleans, inline tables.
 * Arrays, dates and the like are skipped and told as TOML_OTHER. Pure.
 */
#ifndef TOML_H
#define TOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;

enum toml_kind { TOML_STRING, TOML_INT, TOML_REAL, TOML_BOOL, TOML_OTHER };

struct toml_value {		/* strings live in the arena */
	const char	*key;		/* "table.name" */
	int		 line;
	enum toml_kind	 kind;
	const char	*text;		/* TOML_STRING; never NULL */
	int64_t		 whole;		/* TOML_INT */
	double		 number;	/* TOML_INT, TOML_REAL */
	bool		 truth;		/* TOML_BOOL */
};

/* Called for each value in order; its failure ends the reading and is its result. */
typedef enum err toml_fn(void *arg, const struct toml_value *v, struct error *e);

/*
 * Reads `len` bytes; `name` stands in messages. ERR_INVALID_VALUE "name:line: ..."
 * for what is no TOML: values before it have been told then.
 */
MUST_CHECK enum err toml_read(const char *text, size_t len, const char *name, struct arena *a,
    toml_fn *each, void *arg, struct error *e);

#endif
