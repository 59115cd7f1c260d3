/* SPDX-License-Identifier: MIT */
/*
 * statements.c: the table of statements. Opening prepares each once, so that a
 * schema that does not fit stops the start; a connection keeps only those it has
 * used, for all of them would take a megabyte in every thread.
 */
#include "statements.h"

#include "clock_row.h"
#include "character_row.h"
#include "due.h"
#include "store_impl.h"

#define STATEMENT(name, types, text) [SQL_##name] = { #name, types, text },
const struct sql store_statements[SQL__MAX] = {
#include "sql/all.inc"
};
#undef STATEMENT

enum err
statements_open(struct store *st, struct error *e)
{
	enum err rc = ERR_OK;

	for (size_t i = 0; i < SQL__MAX && rc == ERR_OK; i++) {
		void *prepared = NULL;

		rc = st->engine->prepare(st, store_statements[i].text, false,
		    &prepared, e);
		st->engine->forget(prepared);
	}
	return rc;
}

void
statements_close(struct store *st)
{
	for (size_t i = 0; i < SQL__MAX; i++)
		st->engine->forget(st->prepared[i]);
}
