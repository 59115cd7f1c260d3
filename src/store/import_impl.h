/* SPDX-License-Identifier: MIT */
/*
 * import_impl.h: reading a database of an older edition, whose tables may have
 * more or fewer columns than we know, and what the files that write share. Only
 * src/store includes this.
 */
#ifndef IMPORT_IMPL_H
#define IMPORT_IMPL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct import;
struct import_result;
struct store;

struct old {			/* a database, and a walk over one of its tables */
	sqlite3		*db;
	const char	*path;
	const char	*table;
	int		 row;		/* the how manyth, from 1 */
	sqlite3_stmt	*stmt;
	struct arena	*arena;		/* of the texts read */
	struct error	 error;		/* the first failure; reading goes on with defaults */
};

/* Opens it for reading only, and checks it. old_close in any case. */
MUST_CHECK enum err old_open(struct old *o, const char *path, struct arena *a, struct error *e);
void	old_close(struct old *o);

/* Begins with the rows of a table; false when there is no such table. */
bool	old_start(struct old *o, const char *table);
/* The next row; false at the end, which ends the walk, and after a failure. */
bool	old_next(struct old *o);
/* The first failure since old_start. */
MUST_CHECK enum err old_end(struct old *o, struct error *e);

/* Columns of the row; absent and NULL give the fallback. */
bool		 old_has(struct old *o, const char *column);
const char	*old_text(struct old *o, const char *column, const char *fallback);
int64_t		 old_int(struct old *o, const char *column, int64_t fallback);
/* Unix seconds; 0 when there is none. Text is ISO 8601 in UTC. */
int64_t		 old_time(struct old *o, const char *column);
/* Records a failure in this row, unless there is one. */
void		 old_fail(struct old *o, const char *column, const char *what);

/* ---- writing ---- */

struct pair {			/* a token's id there and here */
	int64_t	 old_id;
	int64_t	 id;
};

struct work {			/* one import, in one transaction */
	struct store	*st;
	const struct import *in;
	struct import_result *out;
	struct arena	*arena;
	struct old	 old;
	struct pair	*tokens;
	size_t		 n_tokens;
};

/* Tells "table, row N: what" of the row that is being read. */
void	import_note(const struct work *w, const char *what);
/* All tables of settings; what a key does not accept is left out and told. */
MUST_CHECK enum err import_settings(struct work *w, struct error *e);

#endif
