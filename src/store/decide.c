/* decide.c: writing what was decided about a task, whole or not at all. */
#include "arena.h"
#include "attr.h"
#include "character_row.h"
#include "clock.h"
#include "leftover.h"
#include "offer_row.h"
#include "query.h"
#include "store_impl.h"
#include "task_row.h"
#include "task_store.h"
#include "token_row.h"
#include "token_store.h"

#define ASSIGN_MOST	256	/* then others write in between */
#define ASSIGN_BATCH	100	/* tasks given a token in one transaction */

static enum err
update_task(struct store *st, const struct task *t,
    const struct task_change *c, int64_t now, bool *applied, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_UPDATE);
	enum err rc;

	query_int(&q, 1, t->row);
	query_text(&q, 2, task_status_name(c->status));
	query_text(&q, 3, task_step_name(c->step));
	query_real(&q, 4, c->progress);
	query_int(&q, 5, c->due_ms);
	query_int(&q, 6, c->attempts);
	query_text(&q, 7, c->upstream_id);
	query_text(&q, 8, c->generation_id);
	query_text(&q, 9, c->permalink);
	query_text(&q, 10, c->source_url);
	query_text(&q, 11, c->result_file);
	query_text(&q, 12, c->result_url);
	query_text(&q, 13, c->error_code);
	query_text(&q, 14, c->error_message);
	query_int(&q, 15, c->token.accepted || c->submitted);
	query_int(&q, 16, now);
	query_text(&q, 17, c->post_id);
	query_text(&q, 18, c->prompt);
	query_text(&q, 19, c->fetch_url);
	query_int(&q, 20, c->seconds);
	query_text(&q, 21, c->size);
	query_int(&q, 22, c->resubmit);
	query_int(&q, 23, c->clock_ms);
	query_int(&q, 24, c->limit_s);
	rc = query_run(&q, e);
	*applied = rc == ERR_OK && query_changes(&q) > 0;
	return rc;
}

static enum err
run_for(struct store *st, enum statement statement, int64_t row,
    struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, row);
	return query_run(&q, e);
}

static enum err
forget_account(struct store *st, int64_t row, const struct task_change *c,
    struct error *e)
{
	enum err rc = ERR_OK;

	if (c->untried)
		rc = run_for(st, SQL_DECIDE_UNTRY, row, e);
	if (rc == ERR_OK && (c->untried || c->uncounted))
		rc = run_for(st, SQL_DECIDE_UNTRY_COUNT, row, e);
	if (rc == ERR_OK &&
	    (rc = run_for(st, SQL_DECIDE_FORGET, row, e)) == ERR_OK)
		rc = run_for(st, SQL_DECIDE_FORGET_MEDIA, row, e);
	return rc;
}

static enum err
write_media_id(struct store *st, const struct task *t,
    const struct task_change *c, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_MEDIA_ID);

	query_int(&q, 1, t->row);
	query_int(&q, 2, (int64_t)c->media_index);
	query_text(&q, 3, c->media_id);
	return query_run(&q, e);
}

static enum err
write_log(struct store *st, const struct task *t, const struct task_change *c,
    int64_t now, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_LOG);

	query_text(&q, 1, t->task_id);
	query_int(&q, 2, c->log_status);
	if (c->status != TASK_COMPLETED)
		query_text(&q, 3, c->log_error != NULL ? c->log_error
		    : c->error_message != NULL ? c->error_message : "");
	query_int(&q, 4, now);
	return query_run(&q, e);
}

static enum err
apply(struct store *st, const struct task *t, const struct task_change *c,
    int ban_threshold, bool *applied, struct error *e)
{
	int64_t now = clock_now_ms();
	enum err rc;

	if ((rc = update_task(st, t, c, now, applied, e)) != ERR_OK ||
	    !*applied)
		return rc;
	if (t->token_id != 0 && (rc = token_apply(st, t->token_id, t->kind,
	    &c->token, ban_threshold, e)) != ERR_OK)
		return rc;
	if (c->status == TASK_QUEUED &&
	    (rc = forget_account(st, t->row, c, e)) != ERR_OK)
		return rc;
	if (c->media_id != NULL &&
	    (rc = write_media_id(st, t, c, e)) != ERR_OK)
		return rc;
	if (c->cameo != NULL &&
	    (rc = character_apply(st, t, c->cameo, e)) != ERR_OK)
		return rc;
	if (!task_is_terminal(c->status))
		return ERR_OK;
	if (c->tidy && t->upstream_id != NULL && t->token_id != 0 &&
	    (rc = leftover_add(st, t->token_id, t->upstream_id,
	    c->status == TASK_COMPLETED || t->step == STEP_DOWNLOAD, e))
	    != ERR_OK)
		return rc;
	return write_log(st, t, c, now, e);
}

enum err
task_apply(struct store *st, const struct task *t,
    const struct task_change *c, int ban_threshold, bool *applied,
    struct error *e)
{
	enum err rc;

	*applied = false;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = apply(st, t, c, ban_threshold, applied, e);
	return store_end(st, rc, e);
}

enum err
task_apply_all(struct store *st, struct task_decision *const *d, size_t n,
    int ban_threshold, struct error *e)
{
	enum err rc;

	if (n == 0)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = apply(st, d[i]->task, &d[i]->change, ban_threshold,
		    &d[i]->applied, e);
	return store_end(st, rc, e);
}

struct queued {			/* a task that waits for a slot */
	int64_t		 row;
	int64_t		 bound_token;	/* 0: any */
	bool		 image;
	bool		 tried;		/* some token has had it before */
	const char	*needs;
};

struct batch {			/* of the queue */
	struct arena	*arena;		/* of its strings */
	struct queued	 waiting[ASSIGN_BATCH];
	size_t		 n;
};

/*
 * Offers of which no token has a free slot: once a task that would take any token
 * got none of those that offer what it needs, the same holds for all like it.
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
	struct query q = query(st, SQL_DECIDE_QUEUED);

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

/*
 * A token for one task. When every token that suits it has had it, they are
 * tried again: one account alone is no reason to fail.
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
	if ((rc = run_for(st, SQL_DECIDE_TRY_AGAIN, w->row, e)) != ERR_OK)
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

/* What was full stays so within a round, unless there are other offers now. */
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

/* Reads and reserves in one transaction: between them a task could be cancelled. */
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

static enum err
cancel(struct store *st, const struct task *t, const char *reason,
    bool *cancelled, struct error *e)
{
	const struct task_change c = {
		.status = TASK_CANCELLED,
		.step = STEP_DONE,
		.error_code = "cancelled",
		.error_message = reason,
		.log_status = 499,
	};

	return apply(st, t, &c, 0, cancelled, e);
}

static bool
may_cancel(const struct task *t, bool only_unsubmitted)
{
	return !task_is_terminal(t->status) &&
	    (!only_unsubmitted ||
	    (t->step < STEP_CREATING && t->submitted_at == 0));
}

/* What runs on waits for no writer. */
static enum err
is_to_cancel(struct store *st, const struct task_cancel_order *o, bool *out,
    struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc = task_load_row(st, o->row, a, &t, e);

	*out = rc == ERR_OK && may_cancel(&t, o->only_unsubmitted);
	arena_free(a);
	return rc;
}

/* In a transaction; a task that may not be cancelled is left. */
static enum err
cancel_one(struct store *st, const struct task_cancel_order *o,
    bool *cancelled, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	enum err rc = task_load_row(st, o->row, a, &t, e);

	if (rc == ERR_OK && may_cancel(&t, o->only_unsubmitted))
		rc = cancel(st, &t, o->reason, cancelled, e);
	arena_free(a);
	return rc;
}

enum err
task_cancel(struct store *st, int64_t row, bool only_unsubmitted,
    const char *reason, bool *cancelled, struct error *e)
{
	const struct task_cancel_order order = { .row = row,
	    .only_unsubmitted = only_unsubmitted, .reason = reason };
	bool wanted;
	enum err rc;

	*cancelled = false;
	if ((rc = is_to_cancel(st, &order, &wanted, e)) != ERR_OK || !wanted)
		return rc;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = cancel_one(st, &order, cancelled, e);
	return store_end(st, rc, e);
}

enum err
task_cancel_all(struct store *st, const struct task_cancel_order *orders,
    size_t n, struct error *e)
{
	bool cancelled, wanted = false;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n && !wanted; i++)
		if ((rc = is_to_cancel(st, &orders[i], &wanted, e)) !=
		    ERR_OK && rc != ERR_TASK_NOT_FOUND)
			return rc;
	if (!wanted)
		return ERR_OK;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		if ((rc = cancel_one(st, &orders[i], &cancelled, e)) ==
		    ERR_TASK_NOT_FOUND)
			rc = ERR_OK;
	return store_end(st, rc, e);
}

/* Its place among the others, for a client that goes on from it. */
static enum err
remember(struct store *st, int64_t row, struct error *e)
{
	struct query q = query(st, SQL_DECIDE_FORGET_DELETED);
	enum err rc;

	query_int(&q, 1, clock_now() - DELETED_KEPT_S);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_DECIDE_REMEMBER);
	query_int(&q, 1, row);
	query_int(&q, 2, clock_now());
	return query_run(&q, e);
}

enum err
task_delete(struct store *st, const char *task_id, struct error *e)
{
	struct arena *a = arena_new();
	struct task t;
	bool cancelled;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		goto out;
	if ((rc = task_load(st, task_id, a, &t, e)) == ERR_OK &&
	    t.kind != TASK_VIDEO)
		rc = error_set(e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	if (rc == ERR_OK)
		rc = cancel(st, &t, "Deleted by the client", &cancelled, e);
	if (rc == ERR_OK && (rc = remember(st, t.row, e)) == ERR_OK &&
	    (rc = run_for(st, SQL_DECIDE_STALE, t.row, e)) == ERR_OK)
		rc = run_for(st, SQL_DECIDE_DELETE, t.row, e);
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
}

enum err
task_forget(struct store *st, int64_t age, int limit, int *forgotten,
    struct error *e)
{
	struct query q;
	enum err rc;

	*forgotten = 0;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_DECIDE_FORGET_OLD);
	query_int(&q, 1, clock_now());
	query_int(&q, 2, limit);
	query_int(&q, 3, age);
	if ((rc = query_run(&q, e)) == ERR_OK)
		*forgotten = query_changes(&q);
	return store_end(st, rc, e);
}
