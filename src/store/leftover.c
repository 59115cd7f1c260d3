/* leftover.c: jobs that are to be deleted at their upstream. */
#include "leftover.h"

#include "arena.h"
#include "query.h"
#include "store_impl.h"

#define MOST	64

enum { SQL_DUE, SQL_ADD, SQL_DONE, SQL_LATER, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	[SQL_DUE] = "SELECT id, token_id, upstream_id, finished, attempts"
	    " FROM leftovers WHERE due_ms <= ?1 ORDER BY due_ms, id LIMIT ?2",
	[SQL_ADD] = "INSERT INTO leftovers (token_id, upstream_id, finished,"
	    " due_ms) SELECT ?1, ?2, ?3, 0"
	    " WHERE EXISTS (SELECT 1 FROM tokens WHERE id = ?1)",
	[SQL_DONE] = "DELETE FROM leftovers WHERE id = ?1",
	[SQL_LATER] = "UPDATE leftovers SET attempts = attempts + 1,"
	    " due_ms = ?2 WHERE id = ?1",
};

const struct statements leftover_statements = { sql, SQL__MAX };

enum err
leftover_due(struct store *st, int64_t now_ms, struct arena *a,
    struct leftover **out, size_t *n, struct error *e)
{
	struct query q = query_start(st, st->leftover[SQL_DUE]);

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
	struct query q = query_start(st, st->leftover[SQL_ADD]);

	query_int(&q, 1, token_id);
	query_text(&q, 2, upstream_id);
	query_int(&q, 3, finished);
	return query_run(&q, e);
}

enum err
leftover_done(struct store *st, int64_t id, struct error *e)
{
	struct query q = query_start(st, st->leftover[SQL_DONE]);

	query_int(&q, 1, id);
	return query_run(&q, e);
}

enum err
leftover_later(struct store *st, int64_t id, int64_t due_ms, struct error *e)
{
	struct query q = query_start(st, st->leftover[SQL_LATER]);

	query_int(&q, 1, id);
	query_int(&q, 2, due_ms);
	return query_run(&q, e);
}
