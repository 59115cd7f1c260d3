/* SPDX-License-Identifier: MIT */
/* offer.c: what tokens can do, one row for all that can do the same. */
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "capability.h"
#include "offer_row.h"
#include "provider_facts.h"
#include "query.h"
#include "store_impl.h"
#include "token_row.h"
#include "token_store.h"

#define OFFER_CATALOGUE	1	/* the row of those who make all of the catalogue, kept by a trigger */

enum err
offer_of_token(struct store *st, const struct token *t, struct arena *a,
    int64_t *offer, struct error *e)
{
	const struct provider_facts *facts = provider_facts(t->provider);
	const char *what;
	struct query q;
	enum err rc;

	*offer = OFFER_CATALOGUE;
	if (facts == NULL || facts->offer == NULL)
		return ERR_OK;
	what = facts->offer(t, a);
	q = query(st, SQL_OFFER_ADD);
	query_text(&q, 1, t->provider);
	query_text(&q, 2, what);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_OFFER_FIND);
	query_text(&q, 1, t->provider);
	query_text(&q, 2, what);
	if (query_next(&q))
		*offer = query_get_int(&q);
	return query_end(&q, e);
}

/* ---- all of them ---- */

static enum err
load_version(struct store *st, int64_t *version, struct error *e)
{
	struct query q = query(st, SQL_OFFER_VERSION);

	if (query_next(&q))
		*version = query_get_int(&q);
	return query_end(&q, e);
}

static enum err
load_pool(struct store *st, struct arena *a, struct pool *out,
    struct error *e)
{
	struct query q = query(st, SQL_OFFER_ALL);

	*out = (struct pool){ 0 };
	while (query_next(&q)) {
		int64_t id = query_get_int(&q);
		const char *provider = query_get_text(&q, a);
		struct offer *o;

		out->offers = arena_grow(a, out->offers, out->n, sizeof(*o));
		o = &out->offers[out->n++];
		offer_read(provider, query_get_text(&q, a), a, o);
		o->id = id;
	}
	return query_end(&q, e);
}

/* The version is read before the rows: a change in between is seen the next time. */
enum err
token_pool(struct store *st, const struct pool **out, struct error *e)
{
	struct arena *fresh;
	struct pool pool;
	int64_t version = 0;
	enum err rc;

	*out = &st->pool;
	if ((rc = load_version(st, &version, e)) != ERR_OK ||
	    (st->pool_arena != NULL && st->pool_version == version))
		return rc;
	fresh = arena_new();
	if ((rc = load_pool(st, fresh, &pool, e)) != ERR_OK) {
		arena_free(fresh);
		return rc;
	}
	arena_free(st->pool_arena);
	st->pool_arena = fresh;
	st->pool = pool;
	st->pool_version = version;
	return ERR_OK;
}

enum err
offer_find(struct store *st, const char *needs, enum task_kind kind,
    struct arena *a, struct offers *out, struct error *e)
{
	const struct pool *pool;
	struct need need;
	struct buf json;
	enum err rc;

	*out = (struct offers){ 0 };
	if ((rc = token_pool(st, &pool, e)) != ERR_OK)
		return rc;
	need_read(needs, kind, a, &need);
	out->ids = arena_array(a, pool->n, sizeof(*out->ids));
	buf_init(&json, 24 * (pool->n + 1));
	buf_puts(&json, "[");
	for (size_t i = 0; i < pool->n; i++) {
		if (!offer_serves(&pool->offers[i], &need))
			continue;
		buf_printf(&json, "%s%lld", out->n > 0 ? "," : "",
		    (long long)pool->offers[i].id);
		out->ids[out->n++] = pool->offers[i].id;
	}
	buf_puts(&json, "]");
	out->json = arena_strdup(a, json.data);
	buf_clear(&json);
	return ERR_OK;
}
