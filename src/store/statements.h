/* SPDX-License-Identifier: MIT */
/*
 * statements.h: all statements of the store, each declared once, in sql/. Only
 * src/store includes this.
 */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

#include "error.h"

struct store;

#define STATEMENT(name, types, text) SQL_##name,
enum statement {
#include "sql/all.inc"
	SQL__MAX
};
#undef STATEMENT

struct sql {
	const char	*name;
	/* Of ?1, ?2, ...: i integer, r real, t text, b bytes. Each may be NULL. */
	const char	*types;
	const char	*text;
};

extern const struct sql store_statements[SQL__MAX];

/* Checks that every statement fits the schema. statements_close in any case. */
MUST_CHECK enum err statements_open(struct store *st, struct error *e);
void	statements_close(struct store *st);

#endif
