/*
 * statements.c: the statements of all entities. Opening compiles each once, so
 * that a schema that does not fit stops the start; a connection keeps only those
 * it has used, for all of them would take a megabyte in every thread.
 */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "log.h"
#include "query.h"
#include "store_impl.h"

static const struct {
	const struct statements *statements;
	size_t	 offset;		/* of the array in struct store */
} entities[] = {
	{ &store_statements, offsetof(struct store, own) },
	{ &task_statements, offsetof(struct store, task) },
	{ &accept_statements, offsetof(struct store, accept) },
	{ &reserve_statements, offsetof(struct store, reserve) },
	{ &decide_statements, offsetof(struct store, decide) },
	{ &token_statements, offsetof(struct store, token) },
	{ &token_edit_statements, offsetof(struct store, token_edit) },
	{ &token_public_statements, offsetof(struct store, token_public) },
	{ &token_server_statements, offsetof(struct store, token_server) },
	{ &offer_statements, offsetof(struct store, offer) },
	{ &lease_statements, offsetof(struct store, lease) },
	{ &outage_statements, offsetof(struct store, outage) },
	{ &leftover_statements, offsetof(struct store, leftover) },
	{ &stale_file_statements, offsetof(struct store, stale_file) },
	{ &token_change_statements, offsetof(struct store, token_change) },
	{ &settings_statements, offsetof(struct store, settings) },
	{ &settings_write_statements,
	    offsetof(struct store, settings_write) },
	{ &session_statements, offsetof(struct store, session) },
	{ &idem_statements, offsetof(struct store, idem) },
	{ &status_statements, offsetof(struct store, status) },
	{ &character_statements, offsetof(struct store, character) },
	{ &character_task_statements,
	    offsetof(struct store, character_task) },
	{ &reqlog_statements, offsetof(struct store, reqlog) },
	{ &retry_statements, offsetof(struct store, retry) },
	{ &import_statements, offsetof(struct store, import) },
};

/* The member of the store that points to the entity's first statement. */
static sqlite3_stmt ***
member_of(struct store *st, size_t entity)
{
	return (sqlite3_stmt ***)(void *)((char *)st +
	    entities[entity].offset);
}

static enum err
compile(struct store *st, const char *sql, sqlite3_stmt **out,
    struct error *e)
{
	int rc = sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
	    out, NULL);

	return rc == SQLITE_OK ? ERR_OK : store_failure(st->db, rc, e);
}

/* Lays the entities' statements out one after the other. */
static void
lay_out(struct store *st)
{
	size_t n = 0;

	for (size_t i = 0; i < NELEM(entities); i++)
		st->n_stmts += entities[i].statements->n;
	st->stmts = calloc(st->n_stmts, sizeof(sqlite3_stmt *));
	st->texts = calloc(st->n_stmts, sizeof(char *));
	if (st->stmts == NULL || st->texts == NULL)
		fatal("out of memory");
	for (size_t i = 0; i < NELEM(entities); i++) {
		const struct statements *s = entities[i].statements;

		*member_of(st, i) = st->stmts + n;
		for (size_t j = 0; j < s->n; j++)
			st->texts[n++] = s->sql[j];
	}
}

enum err
statements_open(struct store *st, struct error *e)
{
	lay_out(st);
	for (size_t i = 0; i < st->n_stmts; i++) {
		sqlite3_stmt *stmt = NULL;
		enum err rc = compile(st, st->texts[i], &stmt, e);

		sqlite3_finalize(stmt);
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

enum err
statement_compile(struct store *st, sqlite3_stmt **slot, struct error *e)
{
	size_t i = (size_t)(slot - st->stmts);

	assert(i < st->n_stmts);
	return compile(st, st->texts[i], slot, e);
}

void
statements_close(struct store *st)
{
	for (size_t i = 0; i < st->n_stmts; i++)
		sqlite3_finalize(st->stmts[i]);
	free(st->stmts);
	free(st->texts);
}
