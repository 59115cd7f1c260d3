/* SPDX-License-Identifier: MIT */
/*
 * engine.h: what a kind of database does for the store. Only query.c, the store's own
 * files and the drivers include this; entities ask through query.h.
 *
 * Prepared statements are a driver's own: the store keeps the pointer and hands it back.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct store;
struct store_conf;

enum row { ROW_FAILED, ROW_NONE, ROW_READ };

struct store_engine {
	/* Sets st->db and st->path; `close` in any case. The schema is not looked at. */
	enum err (*open)(struct store *st, const struct store_conf *conf, bool create,
	    struct error *e);
	void	 (*close)(struct store *st);	/* after `forget` of every statement */
	/* Of an open database whose schema fits: what the file, not the connection, keeps. */
	enum err (*set_up_file)(struct store *st, struct error *e);
	enum err (*only_read)(struct store *st, struct error *e);

	/* `kept`: for as long as the connection. */
	enum err (*prepare)(struct store *st, const char *text, bool kept, void **out,
	    struct error *e);
	void	 (*forget)(void *prepared);		/* NULL is fine */

	/* Parameters and columns of any type may be NULL; parameters that are not set are. */
	enum err (*set_int)(struct store *st, void *p, int parameter, int64_t value,
	    struct error *e);
	enum err (*set_real)(struct store *st, void *p, int parameter, double value,
	    struct error *e);
	/* Borrowed until `reset`. */
	enum err (*set_text)(struct store *st, void *p, int parameter, const char *text,
	    struct error *e);
	enum err (*set_blob)(struct store *st, void *p, int parameter, const void *data,
	    size_t len, struct error *e);
	/* Runs it, at the first call; the error is set with ROW_FAILED. */
	enum row (*next)(struct store *st, void *p, struct error *e);
	bool	 (*is_null)(void *p, int column);
	int64_t	 (*get_int)(void *p, int column);
	double	 (*get_real)(void *p, int column);
	/* Valid until the next row. */
	const char *(*get_text)(void *p, int column);
	size_t	 (*get_blob)(void *p, int column, const void **data);
	void	 (*reset)(void *p);		/* and unsets its parameters */
	int	 (*changes)(struct store *st);	/* rows, by the statement that ran last */

	/* A transaction, for writing; a part of it that can be undone alone. */
	enum err (*begin)(struct store *st, struct error *e);
	enum err (*commit)(struct store *st, struct error *e);
	void	 (*rollback)(struct store *st);	/* nothing to undo is fine */
	enum err (*savepoint)(struct store *st, struct error *e);
	enum err (*release)(struct store *st, struct error *e);
	enum err (*undo)(struct store *st, struct error *e);
	bool	 (*in_transaction)(const struct store *st);

	/* A number that is another one when somebody else has written; -1: unknown. */
	int64_t	 (*watch)(struct store *st);
	void	 (*tidy)(struct store *st);	/* see store_checkpoint */

	/* Several statements without parameters: a step of the schema. */
	enum err (*run)(struct store *st, const char *text, struct error *e);
	/* See store_recognise. */
	enum err (*recognise)(struct store *st, int *version, struct error *e);
	enum err (*set_version)(struct store *st, int version, struct error *e);

	/* See store_check; and into an empty file of ours, which is checked. */
	enum err (*check)(struct store *st, struct error *e);
	enum err (*copy)(struct store *st, const char *path, struct error *e);
};

extern const struct store_engine sqlite_engine;

#endif
