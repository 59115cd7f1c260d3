/* SPDX-License-Identifier: MIT */
/* query.c: one use of a statement. */
#include "query.h"

#include <assert.h>
#include <string.h>

#include "arena.h"
#include "engine.h"
#include "seal.h"
#include "store_impl.h"

enum err
store_busy(const char *path, struct error *e)
{
	error_set(e, ERR_UNAVAILABLE, NULL, "database %s is busy", path);
	e->retry_after = 1;
	return e->code;
}

struct query
query(struct store *st, enum statement statement)
{
	const struct sql *sql = &store_statements[statement];
	struct query q = { .store = st, .types = sql->types };

	if (st->prepared[statement] == NULL)
		(void)!st->engine->prepare(st, sql->text, true,
		    &st->prepared[statement], &q.error);
	q.prepared = st->prepared[statement];
	return q;
}

struct query
query_once(struct store *st, const char *text)
{
	struct query q = { .store = st, .once = true };

	(void)!st->engine->prepare(st, text, false, &q.prepared, &q.error);
	return q;
}

bool
query_takes(const struct query *q, int parameter)
{
	return parameter <= (int)strlen(q->types);
}

/* Whether to set a parameter of that type. */
static bool
may_set(const struct query *q, int parameter, char type)
{
	assert(parameter > 0);
	assert(q->types == NULL || q->types[parameter - 1] == type);
	return q->error.code == ERR_OK;
}

void
query_int(struct query *q, int parameter, int64_t value)
{
	if (may_set(q, parameter, 'i'))
		(void)!q->store->engine->set_int(q->store, q->prepared,
		    parameter, value, &q->error);
}

void
query_int_or_null(struct query *q, int parameter, int64_t value)
{
	if (may_set(q, parameter, 'i') && value != 0)
		query_int(q, parameter, value);
}

void
query_real(struct query *q, int parameter, double value)
{
	if (may_set(q, parameter, 'r'))
		(void)!q->store->engine->set_real(q->store, q->prepared,
		    parameter, value, &q->error);
}

void
query_text(struct query *q, int parameter, const char *text)
{
	if (may_set(q, parameter, 't') && text != NULL)
		(void)!q->store->engine->set_text(q->store, q->prepared,
		    parameter, text, &q->error);
}

void
query_blob(struct query *q, int parameter, const void *data, size_t len)
{
	if (may_set(q, parameter, 'b'))
		(void)!q->store->engine->set_blob(q->store, q->prepared,
		    parameter, data, len, &q->error);
}

void
query_secret_or_none(struct query *q, int parameter, const char *column,
    const char *text, struct arena *a)
{
	unsigned char *blob;
	size_t len;

	if (!may_set(q, parameter, 'b') || text == NULL)
		return;
	seal_wrap(q->store->seal, column, text, strlen(text), a, &blob, &len);
	query_blob(q, parameter, blob, len);
}

void
query_secret(struct query *q, int parameter, const char *column,
    const char *text, struct arena *a)
{
	query_secret_or_none(q, parameter, column,
	    text != NULL && *text != '\0' ? text : NULL, a);
}

bool
query_next(struct query *q)
{
	if (q->error.code != ERR_OK)
		return false;
	q->column = 0;
	return q->store->engine->next(q->store, q->prepared, &q->error) ==
	    ROW_READ;
}

int64_t
query_get_int(struct query *q)
{
	return q->store->engine->get_int(q->prepared, q->column++);
}

int64_t
query_get_int_or(struct query *q, int64_t when_null)
{
	if (!q->store->engine->is_null(q->prepared, q->column))
		return query_get_int(q);
	q->column++;
	return when_null;
}

double
query_get_real(struct query *q)
{
	return q->store->engine->get_real(q->prepared, q->column++);
}

double
query_get_real_or(struct query *q, double when_null)
{
	if (!q->store->engine->is_null(q->prepared, q->column))
		return query_get_real(q);
	q->column++;
	return when_null;
}

const char *
query_borrow_text(struct query *q)
{
	return q->store->engine->get_text(q->prepared, q->column++);
}

const char *
query_get_text(struct query *q, struct arena *a)
{
	return arena_strdup(a, query_borrow_text(q));
}

size_t
query_get_blob(struct query *q, const void **data)
{
	return q->store->engine->get_blob(q->prepared, q->column++, data);
}

const char *
query_get_secret(struct query *q, const char *column, struct arena *a)
{
	const void *blob;
	size_t len = query_get_blob(q, &blob);
	char *text = NULL;

	if (blob == NULL || q->error.code != ERR_OK)
		return NULL;
	if (seal_unwrap(q->store->seal, column, blob, len, a, &text,
	    &q->error) != ERR_OK)
		return NULL;
	return text;
}

void
query_fail(struct query *q, enum err code, const char *param,
    const char *text)
{
	if (q->error.code == ERR_OK)
		error_set(&q->error, code, param, "%s", text);
}

enum err
query_end(struct query *q, struct error *e)
{
	if (q->once)
		q->store->engine->forget(q->prepared);
	else if (q->prepared != NULL)
		q->store->engine->reset(q->prepared);
	if (q->error.code != ERR_OK)
		*e = q->error;
	return q->error.code;
}

enum err
query_run(struct query *q, struct error *e)
{
	while (query_next(q))
		;
	return query_end(q, e);
}

enum err
query_new_id(struct query *q, int64_t *id, struct error *e)
{
	*id = query_next(q) ? query_get_int(q) : 0;
	return query_run(q, e);
}

int
query_changes(const struct query *q)
{
	return q->store->engine->changes(q->store);
}
