/* SPDX-License-Identifier: MIT */
/* accept.c: storing a new task. */
#include "arena.h"
#include "clock.h"
#include "group.h"
#include "idem.h"
#include "idem_row.h"
#include "offer_row.h"
#include "query.h"
#include "reqlog_row.h"
#include "store_impl.h"
#include "task_row.h"
#include "task_store.h"
#include "token_store.h"

#define QUEUE_RETRY_AFTER	5

struct queue {			/* of waiting tasks */
	int64_t		 all;
	int64_t		 before;	/* that want the same kind of slot */
};

static enum err
count_queued(struct store *st, enum task_kind kind, struct queue *out,
    struct error *e)
{
	struct query q = query(st, SQL_ACCEPT_QUEUED);

	query_int(&q, 1, kind == TASK_IMAGE);
	if (query_next(&q)) {
		out->all = query_get_int(&q);
		out->before = query_get_int(&q);
	}
	return query_end(&q, e);
}

static enum err
insert_task(struct store *st, struct task *t, struct error *e)
{
	struct query q = query(st, SQL_ACCEPT_INSERT);

	t->created_at = clock_now();
	query_text(&q, 1, t->task_id);
	query_int(&q, 2, t->api_key_id);
	query_text(&q, 3, task_kind_name(t->kind));
	query_text(&q, 4, t->operation);
	query_text(&q, 5, t->model);
	query_text(&q, 6, t->public_model);
	query_text(&q, 7, t->prompt);
	query_text(&q, 8, t->size);
	query_int(&q, 9, t->seconds);
	query_text(&q, 10, t->style_id);
	query_text(&q, 11, t->remixed_from);
	query_text(&q, 12, t->remix_target);
	query_text(&q, 13, t->metadata);
	query_int(&q, 14, t->is_async);
	query_text(&q, 15, t->base_url);
	query_int(&q, 16, t->bound_token);
	query_int(&q, 17, t->created_at);
	query_text(&q, 18, t->request_id);
	query_text(&q, 19, t->needs == NULL ? "" : t->needs);
	query_text(&q, 20, t->character_options);
	query_text(&q, 21, task_status_name(t->status));
	query_text(&q, 22, task_step_name(t->step));
	query_int_or_null(&q, 23, t->token_id);
	return query_new_id(&q, &t->row, e);
}

static enum err
insert_file(struct store *st, const struct task *t, size_t position,
    const struct task_media *m, struct error *e)
{
	struct query q = query(st, SQL_ACCEPT_INSERT_MEDIA);

	query_int(&q, 1, t->row);
	query_int(&q, 2, (int64_t)position);
	query_text(&q, 3, m->file);
	query_text(&q, 4, m->mime);
	return query_run(&q, e);
}

/* The clip comes last: the position of an image is its index. */
static enum err
insert_media(struct store *st, const struct task *t, struct error *e)
{
	enum err rc;

	for (size_t i = 0; i < t->n_media; i++)
		if ((rc = insert_file(st, t, i, &t->media[i], e)) != ERR_OK)
			return rc;
	return t->clip == NULL ? ERR_OK
	    : insert_file(st, t, t->n_media, t->clip, e);
}

static enum err
queue_full(int max_queue, struct error *e)
{
	error_set(e, ERR_RATE_LIMIT, NULL,
	    "The queue is full: %d tasks wait already; try again later",
	    max_queue);
	e->retry_after = QUEUE_RETRY_AFTER;
	return e->code;
}

/*
 * Whether a queued task competes with this one for a slot. When all tokens offer the
 * same, each task of its kind does; else only those whose needs match an offer in
 * common.
 */
static enum err
somebody_waits(struct store *st, const struct task *t,
    const struct queue *queue, bool *waits, struct error *e)
{
	const struct pool *pool;
	struct query q;
	enum err rc;

	*waits = queue->before > 0;
	if (!*waits || (rc = token_pool(st, &pool, e)) != ERR_OK)
		return *waits ? rc : ERR_OK;
	if (pool->n <= 1)
		return ERR_OK;
	q = query(st, SQL_ACCEPT_QUEUED_ALIKE);
	query_text(&q, 1, t->needs == NULL ? "" : t->needs);
	*waits = query_next(&q);
	return query_end(&q, e);
}

/* The task where its place is, with its media and its slot. */
static enum err
insert(struct store *st, struct task *t, struct error *e)
{
	enum err rc;

	if ((rc = insert_task(st, t, e)) != ERR_OK ||
	    (rc = insert_media(st, t, e)) != ERR_OK)
		return rc;
	return t->token_id == 0 ? ERR_OK
	    : task_take_slot(st, t->row, t->kind, t->token_id, e);
}

/* Reserves a slot at once if no competing task waits; else checks whether it may be queued. */
static enum err
place(struct store *st, struct task *t, const struct queue *queue,
    int max_queue, struct arena *a, struct error *e)
{
	struct offers offers;
	struct wanted w = { .kind = t->kind, .bound_token = t->bound_token };
	bool waits;
	enum err rc;

	t->token_id = 0;
	if ((rc = offer_find(st, t->needs == NULL ? "" : t->needs, t->kind, a,
	    &offers, e)) != ERR_OK ||
	    (rc = somebody_waits(st, t, queue, &waits, e)) != ERR_OK)
		return rc;
	w.offers = offers.json;
	if (!waits && (rc = task_choose(st, &w, &t->token_id, e)) != ERR_OK)
		return rc;
	if (t->token_id != 0) {
		t->status = TASK_PROCESSING;
		t->step = t->character_options != NULL ? STEP_CLIP
		    : t->n_media > 0 ? STEP_UPLOAD : STEP_CREATE;
		return ERR_OK;
	}
	t->status = TASK_QUEUED;
	t->step = STEP_ASSIGN;
	if ((rc = task_reserve_outlook(st, &w, e)) != ERR_OK)
		return rc;
	return queue->all >= max_queue ? queue_full(max_queue, e) : ERR_OK;
}

struct submission {
	struct task	*task;
	const char	*request_body;
	int		 max_queue;
	const struct idem *idem;
};

/* Inside a transaction. */
static enum err
submit(struct store *st, void *arg, struct error *e)
{
	const struct submission *s = arg;
	struct arena *a = arena_new();
	struct queue queue;
	enum err rc;

	if ((rc = count_queued(st, s->task->kind, &queue, e)) == ERR_OK &&
	    (rc = place(st, s->task, &queue, s->max_queue, a, e)) == ERR_OK &&
	    (rc = insert(st, s->task, e)) == ERR_OK &&
	    (rc = reqlog_begin(st, s->task, s->request_body, e)) == ERR_OK &&
	    s->idem != NULL)
		rc = idem_store(st, s->idem, s->task, e);
	arena_free(a);
	return rc;
}

enum err
task_submit(struct store *st, struct task *t, const char *request_body,
    int max_queue, const struct idem *idem, struct error *e)
{
	struct submission s = { t, request_body, max_queue, idem };
	enum err rc;

	if (st->group != NULL)
		return group_run(st->group, st, submit, &s, e);
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = submit(st, &s, e);
	return store_end(st, rc, e);
}
