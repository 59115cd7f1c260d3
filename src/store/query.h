/*
 * query.h: one use of a prepared statement. Only src/store includes this.
 *
 * A query keeps its first failure and the calls after it do nothing, so one
 * check at the end, query_end or query_run, is enough.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;

struct query {
	struct store	*store;
	sqlite3_stmt	*stmt;
	bool		 once;		/* the statement goes with the query */
	int		 column;	/* the next one that a query_get reads */
	struct error	 error;
};

/*
 * Begins a query with a statement of the store, such as st->task[SQL_LOAD], which is
 * compiled when it is used for the first time.
 */
#define query_start(st, stmt)	query_begin(st, &(stmt))
struct query	query_begin(struct store *st, sqlite3_stmt **stmt);
/*
 * Begins a query that is used but once, such as on a file whose schema is not known
 * yet; query_end releases its statement. One that does not fit the schema is a
 * failure of the query like any other.
 */
struct query	query_once(struct store *st, const char *sql);

void	query_int(struct query *q, int parameter, int64_t value);
void	query_int_or_null(struct query *q, int parameter, int64_t value);	/* 0 is NULL */
void	query_real(struct query *q, int parameter, double value);
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
const char *query_get_text(struct query *q, struct arena *a);
const char *query_get_secret(struct query *q, const char *column, struct arena *a);
size_t	query_get_blob(struct query *q, const void **data);	/* valid until the next row */

/* Records a failure of our own, unless there is one already. */
void	query_fail(struct query *q, enum err code, const char *param, const char *text);
/* Resets the statement and reports the first failure. */
MUST_CHECK enum err query_end(struct query *q, struct error *e);
/* For statements without rows: steps to the end, then query_end. */
MUST_CHECK enum err query_run(struct query *q, struct error *e);
/* Rows that the last statement changed. */
int	query_changes(const struct query *q);

/* ERR_UNAVAILABLE: another connection writes; the same may succeed in a second. */
enum err store_busy(struct store *st, struct error *e);
/* What SQLite reported last, as an error: busy and full are ERR_UNAVAILABLE. */
enum err store_failure(sqlite3 *db, int rc, struct error *e);

#endif
