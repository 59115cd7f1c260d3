/* SPDX-License-Identifier: MIT */
/* assign.c: giving tokens to those who wait in the queue. */
#include "arena.h"
#include "attr.h"
#include "offer_row.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"
#include "task_store.h"
#include "token_store.h"

#define ASSIGN_MOST	256	/* other connections write between two transactions */
#define ASSIGN_BATCH	100	/* tasks given a token in one transaction */

struct queued {			/* a task that waits for a slot */
	int64_t		 row;
	int64_t		 bound_token;	/* 0: any */
	bool		 image;
	bool		 tried;		/* some token has tried it before */
	const char	*needs;
};

struct batch {			/* of the queue */
	struct arena	*arena;		/* of its strings */
	struct queued	 waiting[ASSIGN_BATCH];
	size_t		 n;
};

/*
 * Cache of offers without a free slot, so that later tasks of this pass skip them.
 */
struct full {
	const struct pool *pool;
	bool		*offers[2];	/* by queued.image; as long as the pool */
};

/* The next tasks of the queue, oldest first. */
static enum err
load_queued(struct store *st, int64_t after, int64_t clock_ms,
    struct batch *b, struct error *e)
{
	struct query q = query(st, SQL_ASSIGN_QUEUED);

	b->n = 0;
	arena_reset(b->arena);
	query_int(&q, 1, clock_ms);
	query_int(&q, 2, after);
	query_int(&q, 3, ASSIGN_BATCH);
	while (query_next(&q)) {
		struct queued *w = &b->waiting[b->n++];

		w->row = query_get_int(&q);
		w->image = query_get_int(&q) != 0;
		w->bound_token = query_get_int(&q);
		w->tried = query_get_int(&q) != 0;
		w->needs = query_get_text(&q, b->arena);
	}
	return query_end(&q, e);
}

static enum err
try_again(struct store *st, int64_t row, struct error *e)
{
	struct query q = query(st, SQL_ASSIGN_TRY_AGAIN);

	query_int(&q, 1, row);
	return query_run(&q, e);
}

/*
 * Reserves a token for one task. When each suitable token has tried it, they are tried
 * again: a pool of one token must not fail the task.
 */
static enum err
assign_one(struct store *st, const struct wanted *w, bool tried,
    int64_t *token_id, struct error *e)
{
	enum err rc;

	if ((rc = task_reserve(st, w, token_id, e)) != ERR_OK ||
	    *token_id != 0 || !tried)
		return rc;
	rc = task_reserve_outlook(st, w, e);
	if (rc != ERR_NO_TOKEN)
		return rc == ERR_RATE_LIMIT ? ERR_OK : rc;
	if ((rc = try_again(st, w->row, e)) != ERR_OK)
		return rc;
	return task_reserve(st, w, token_id, e);
}

/* The mark of an offer. */
static bool *
mark_of(const struct full *full, bool image, int64_t offer)
{
	size_t i = 0;

	while (full->pool->offers[i].id != offer)
		i++;
	return &full->offers[image][i];
}

static bool
all_full(const struct full *full, bool image, const struct offers *offers)
{
	for (size_t i = 0; i < offers->n; i++)
		if (!*mark_of(full, image, offers->ids[i]))
			return false;
	return true;
}

static bool
nothing_free(const struct full *full)
{
	for (size_t i = 0; i < full->pool->n; i++)
		if (!full->offers[0][i] || !full->offers[1][i])
			return false;
	return true;
}

static enum err
assign(struct store *st, const struct queued *q, struct full *full,
    struct arena *a, int *assigned, struct error *e)
{
	struct wanted w = { .row = q->row, .bound_token = q->bound_token,
	    .kind = q->image ? TASK_IMAGE : TASK_VIDEO };
	bool picky = q->tried || q->bound_token != 0;
	struct offers offers;
	int64_t token_id = 0;
	enum err rc;

	if ((rc = offer_find(st, q->needs, w.kind, a, &offers, e)) != ERR_OK)
		return rc;
	if (!picky && all_full(full, q->image, &offers))
		return ERR_OK;
	w.offers = offers.json;
	if ((rc = assign_one(st, &w, q->tried, &token_id, e)) != ERR_OK)
		return rc;
	if (token_id != 0)
		++*assigned;
	for (size_t i = 0; token_id == 0 && !picky && i < offers.n; i++)
		*mark_of(full, q->image, offers.ids[i]) = true;
	return ERR_OK;
}

/* Full offers are remembered for one round, unless the offers change. */
static enum err
look_at_pool(struct store *st, struct full *full, struct arena *a,
    struct error *e)
{
	const struct pool *before = full->pool;
	int64_t version = st->pool_version;
	enum err rc;

	if ((rc = token_pool(st, &full->pool, e)) != ERR_OK ||
	    (before != NULL && version == st->pool_version))
		return rc;
	for (size_t i = 0; i < NELEM(full->offers); i++)
		full->offers[i] = arena_array(a, full->pool->n,
		    sizeof(bool));
	for (size_t i = 0; i < full->pool->n; i++)
		full->offers[1][i] = !full->pool->offers[i].sora &&
		    !full->pool->offers[i].images;
	return ERR_OK;
}

/* Reads and reserves in one transaction, so that no task is cancelled in between. */
static enum err
assign_batch(struct store *st, struct batch *b, int64_t after,
    int64_t clock_ms, struct full *full, struct arena *a, int *assigned,
    struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = load_queued(st, after, clock_ms, b, e)) == ERR_OK)
		rc = look_at_pool(st, full, a, e);
	for (size_t i = 0; i < b->n && rc == ERR_OK; i++)
		rc = assign(st, &b->waiting[i], full, b->arena, assigned, e);
	return store_end(st, rc, e);
}

enum err
task_assign_queued(struct store *st, int64_t clock_ms, int *assigned,
    struct error *e)
{
	struct batch b = { .arena = arena_new() };
	struct arena *a = arena_new();
	struct full full = { 0 };
	enum err rc;

	*assigned = 0;
	/* without waiting tasks no transaction */
	rc = load_queued(st, 0, clock_ms, &b, e);
	for (int64_t after = 0; rc == ERR_OK && b.n > 0 &&
	    *assigned < ASSIGN_MOST && (after == 0 || !nothing_free(&full));
	    after = b.n > 0 ? b.waiting[b.n - 1].row : 0)
		rc = assign_batch(st, &b, after, clock_ms, &full, a, assigned,
		    e);
	arena_free(a);
	arena_free(b.arena);
	return rc;
}
