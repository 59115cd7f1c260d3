/* SPDX-License-Identifier: MIT */
/*
 * query.h: one use of a statement: the only way to the database for those who know
 * what is in it. Only src/store includes this.
 *
 * A query keeps its first failure and the calls after it do nothing, so one
 * check at the end, query_end or query_run, is enough.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "statements.h"

struct arena;
struct store;

struct query {
	struct store	*store;
	const char	*types;		/* of its parameters: struct sql; NULL: any */
	void		*prepared;	/* the engine's; NULL when that failed */
	bool		 once;		/* the statement goes with the query */
	int		 column;	/* the next one that a query_get reads */
	struct error	 error;
};

/* Begins a query; its statement is prepared when it is used for the first time. */
struct query	query(struct store *st, enum statement statement);
/*
 * Begins a query that is used but once, such as on a file whose schema is not known
 * yet; query_end releases its statement. One that does not fit the schema is a
 * failure of the query like any other.
 */
struct query	query_once(struct store *st, const char *text);

/* Whether the statement has that parameter. */
bool	query_takes(const struct query *q, int parameter);
/* What is not set is NULL. A parameter's type is the declared one. */
void	query_int(struct query *q, int parameter, int64_t value);
void	query_int_or_null(struct query *q, int parameter, int64_t value);	/* 0 is NULL */
void	query_real(struct query *q, int parameter, double value);
/* Borrowed until query_end. */
void	query_text(struct query *q, int parameter, const char *text);		/* NULL is NULL */
void	query_blob(struct query *q, int parameter, const void *data, size_t len);
/* Seals `text` for the column named; NULL or "" is NULL. */
void	query_secret(struct query *q, int parameter, const char *column, const char *text,
	    struct arena *a);
/* The same, and seals "" too; NULL is NULL. */
void	query_secret_or_none(struct query *q, int parameter, const char *column, const char *text,
	    struct arena *a);

/* The next row; false at the end or after a failure. */
bool	query_next(struct query *q);
/* Columns of the row, in order; the caller reads each once. NULL reads as 0 or NULL. */
int64_t	query_get_int(struct query *q);
int64_t	query_get_int_or(struct query *q, int64_t when_null);
double	query_get_real(struct query *q);
double	query_get_real_or(struct query *q, double when_null);
const char *query_get_text(struct query *q, struct arena *a);
const char *query_borrow_text(struct query *q);		/* valid until the next row */
const char *query_get_secret(struct query *q, const char *column, struct arena *a);
size_t	query_get_blob(struct query *q, const void **data);	/* valid until the next row */

/* Records a failure of our own, unless there is one already. */
void	query_fail(struct query *q, enum err code, const char *param, const char *text);
/* Resets the statement and reports the first failure. */
MUST_CHECK enum err query_end(struct query *q, struct error *e);
/* For statements without rows: runs it to the end, then query_end. */
MUST_CHECK enum err query_run(struct query *q, struct error *e);
/*
 * For an INSERT that ends in RETURNING id: runs it, then query_end. `*id` is 0 when
 * nothing was inserted.
 */
MUST_CHECK enum err query_new_id(struct query *q, int64_t *id, struct error *e);
/* Rows that the last statement changed; valid until the next query. */
int	query_changes(const struct query *q);

/* ERR_UNAVAILABLE: somebody else writes; the same may succeed in a second. */
enum err store_busy(const char *path, struct error *e);

#endif
