/* SPDX-License-Identifier: MIT */
/* sqlite.h: what the files of the SQLite driver share. Only sqlite*.c include this. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "engine.h"

enum { OWN_BEGIN, OWN_COMMIT, OWN_ROLLBACK, OWN_SAVEPOINT, OWN_RELEASE, OWN_UNDO,
	OWN_DATA_VERSION, OWN__MAX };

struct db {
	sqlite3		*sqlite;
	sqlite3_stmt	*own[OWN__MAX];	/* NULL until used */
};

/* What SQLite reported last, as an error: busy and full are ERR_UNAVAILABLE. */
enum err sqlite_failure(sqlite3 *db, int rc, struct error *e);
/* Called after each wait for another process's write. */
void	sqlite_waited(struct store *st);

/* The members of sqlite_engine that are not in sqlite.c. */
enum err sqlite_prepare(struct store *st, const char *text, bool kept, void **out,
	    struct error *e);
void	 sqlite_forget(void *prepared);
enum err sqlite_set_int(struct store *st, void *p, int parameter, int64_t value,
	    struct error *e);
enum err sqlite_set_real(struct store *st, void *p, int parameter, double value,
	    struct error *e);
enum err sqlite_set_text(struct store *st, void *p, int parameter, const char *text,
	    struct error *e);
enum err sqlite_set_blob(struct store *st, void *p, int parameter, const void *data,
	    size_t len, struct error *e);
enum row sqlite_next(struct store *st, void *p, struct error *e);
bool	 sqlite_is_null(void *p, int column);
int64_t	 sqlite_get_int(void *p, int column);
double	 sqlite_get_real(void *p, int column);
const char *sqlite_get_text(void *p, int column);
size_t	 sqlite_get_blob(void *p, int column, const void **data);
void	 sqlite_reset(void *p);
int	 sqlite_changes(struct store *st);

enum err sqlite_begin(struct store *st, struct error *e);
enum err sqlite_commit(struct store *st, struct error *e);
void	 sqlite_rollback(struct store *st);
enum err sqlite_savepoint(struct store *st, struct error *e);
enum err sqlite_release(struct store *st, struct error *e);
enum err sqlite_undo(struct store *st, struct error *e);
bool	 sqlite_in_transaction(const struct store *st);
int64_t	 sqlite_watch(struct store *st);

enum err sqlite_check(struct store *st, struct error *e);
enum err sqlite_copy(struct store *st, const char *path, struct error *e);

#endif
