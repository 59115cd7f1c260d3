/* offer.c: what tokens can do, one row for all that can do the same. */
#include <string.h>

#include "arena.h"
#include "backend.h"
#include "capability.h"
#include "query.h"
#include "store_impl.h"
#include "token_row.h"

#define OFFER_SORA	1	/* the row of the sora tokens, kept by a trigger */

enum { SQL_ADD, SQL_FIND, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	[SQL_ADD] = "INSERT INTO offers (provider, what) VALUES (?1, ?2)"
	    " ON CONFLICT DO NOTHING",
	[SQL_FIND] = "SELECT id FROM offers WHERE provider = ?1"
	    " AND what = ?2",
};

const struct statements offer_statements = { sql, SQL__MAX };

enum err
offer_of_token(struct store *st, const struct token *t, struct arena *a,
    int64_t *offer, struct error *e)
{
	const char *what;
	struct query q;
	enum err rc;

	*offer = OFFER_SORA;
	if (t->backend == NULL)
		return ERR_OK;
	what = offer_print(t->backend, a);
	q = query_start(st, st->offer[SQL_ADD]);
	query_text(&q, 1, t->provider);
	query_text(&q, 2, what);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->offer[SQL_FIND]);
	query_text(&q, 1, t->provider);
	query_text(&q, 2, what);
	if (query_next(&q))
		*offer = query_get_int(&q);
	return query_end(&q, e);
}
