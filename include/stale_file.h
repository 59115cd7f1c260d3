/* SPDX-License-Identifier: MIT */
/*
 * stale_file.h: results in the cache whose task was deleted. A name is noted with
 * the deletion, and stays until the file has been removed, whatever happens meanwhile.
 */
#ifndef STALE_FILE_H
#define STALE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct arena;
struct store;

struct stale_file {
	const char	*name;		/* in the cache folder; lives in the arena given */
	bool		 used;		/* another task has the same result */
};

/* At most 64. */
MUST_CHECK enum err stale_file_list(struct store *st, struct arena *a, struct stale_file **out,
    size_t *n, struct error *e);
/* It is gone, or has to stay. */
MUST_CHECK enum err stale_file_done(struct store *st, const char *name, struct error *e);

#endif
