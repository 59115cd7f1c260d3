/* SPDX-License-Identifier: MIT */
/* leftover.c: jobs that are to be deleted at their upstream. */
#include "leftover.h"

#include "arena.h"
#include "query.h"
#include "store_impl.h"

#define MOST	64

enum err
leftover_due(struct store *st, int64_t now_ms, struct arena *a,
    struct leftover **out, size_t *n, struct error *e)
{
	struct query q = query(st, SQL_LEFTOVER_DUE);

	*n = 0;
	*out = arena_array(a, MOST, sizeof(**out));
	query_int(&q, 1, now_ms);
	query_int(&q, 2, MOST);
	while (query_next(&q)) {
		struct leftover *l = &(*out)[(*n)++];

		l->id = query_get_int(&q);
		l->token_id = query_get_int(&q);
		l->upstream_id = query_get_text(&q, a);
		l->finished = query_get_int(&q) != 0;
		l->attempts = (int)query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
leftover_add(struct store *st, int64_t token_id, const char *upstream_id,
    bool finished, struct error *e)
{
	struct query q = query(st, SQL_LEFTOVER_ADD);

	query_int(&q, 1, token_id);
	query_text(&q, 2, upstream_id);
	query_int(&q, 3, finished);
	return query_run(&q, e);
}

enum err
leftover_done(struct store *st, int64_t id, struct error *e)
{
	struct query q = query(st, SQL_LEFTOVER_DONE);

	query_int(&q, 1, id);
	return query_run(&q, e);
}

enum err
leftover_later(struct store *st, int64_t id, int64_t due_ms, struct error *e)
{
	struct query q = query(st, SQL_LEFTOVER_LATER);

	query_int(&q, 1, id);
	query_int(&q, 2, due_ms);
	return query_run(&q, e);
}
