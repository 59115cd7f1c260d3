/* SPDX-License-Identifier: MIT */
/* stale_file.c: results in the cache whose task was deleted. */
#include "stale_file.h"

#include "arena.h"
#include "query.h"
#include "store_impl.h"

enum err
stale_file_list(struct store *st, struct arena *a, struct stale_file **out,
    size_t *n, struct error *e)
{
	struct query q = query(st, SQL_STALE_FILE_LIST);

	*out = NULL;
	*n = 0;
	while (query_next(&q)) {
		struct stale_file *f;

		*out = arena_grow(a, *out, *n, sizeof(**out));
		f = &(*out)[(*n)++];
		f->name = query_get_text(&q, a);
		f->used = query_get_int(&q) != 0;
	}
	return query_end(&q, e);
}

enum err
stale_file_done(struct store *st, const char *name, struct error *e)
{
	struct query q = query(st, SQL_STALE_FILE_DONE);

	query_text(&q, 1, name);
	return query_run(&q, e);
}
