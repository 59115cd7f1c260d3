/* SPDX-License-Identifier: MIT */
/* lounge_tell.c: tells parked requests what became of their tasks. */
#include <assert.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "lounge_impl.h"
#include "meter.h"

#define RECHECK_MS	15000	/* between loads of a task: no change tells of a deletion */
#define KEEP_OUTPUT	65536
#define CLIENT_LEFT	499	/* as nginx's log has it */

/* ---- the parked of a task ---- */

static struct parked_list *
chain_of(struct lounge *l, int64_t row)
{
	/* Fibonacci hashing: rows are consecutive, but not always */
	uint64_t h = (uint64_t)row * UINT64_C(0x9e3779b97f4a7c15);

	return &l->chains[(h >> 32) & l->mask];
}

void
lounge_hash_add(struct lounge *l, struct parked *p)
{
	LIST_INSERT_HEAD(chain_of(l, p->waiter->task_row), p, same);
}

void
lounge_remove(struct lounge *l, struct parked *p)
{
	if (p->waiter != NULL)
		LIST_REMOVE(p, same);
	LIST_REMOVE(p, link);
	parked_free(p);
	atomic_fetch_sub(&l->count, 1);
}

static void
count(struct parked *p, int status)
{
	const struct waiter *w = p->waiter;

	if (p->counted || w->operation == NULL)
		return;
	p->counted = true;
	meter_request(w->operation, status, clock_mono_us() - w->started_us);
}

/* An answer begins with its headers (RFC 3875 section 6.3.3): no Status is 200. */
static int
status_of(const struct buf *text)
{
	int status;

	return sscanf(text->data, "Status: %3d", &status) == 1 ? status : 200;
}

void
lounge_client_gone(struct lounge *l, struct parked *p)
{
	if (p->waiter != NULL) {
		count(p, CLIENT_LEFT);
		p->waiter->ops->on_gone(p->waiter);
	}
	lounge_remove(l, p);
}

void
lounge_watch(struct lounge *l, struct parked *p, int op)
{
	struct epoll_event ev = { .events = EPOLLRDHUP, .data.ptr = p };

	if (p->out.len > 0)
		ev.events |= EPOLLOUT;
	if (p->state == PARKED_CLOSING)
		ev.events |= EPOLLIN;
	if (epoll_ctl(l->epoll_fd, op, p->fd, &ev) != 0)
		p->state = PARKED_GONE;
}

void
lounge_settle(struct lounge *l, struct parked *p, bool was_pending)
{
	if (p->state != PARKED_GONE &&
	    (p->state == PARKED_CLOSING || was_pending != (p->out.len > 0)))
		lounge_watch(l, p, EPOLL_CTL_MOD);
	if (p->state == PARKED_GONE)
		lounge_client_gone(l, p);
}

/* Sends what a callback wrote into l->text. p may be freed. */
static void
pass_on(struct lounge *l, struct parked *p, bool last)
{
	bool was_pending = p->out.len > 0;

	assert(!p->waiter->more || p->waiter->ops->on_room != NULL);
	if (!last && l->text.len == 0)
		return;
	if (l->text.len > 0)
		count(p, status_of(&l->text));
	if (!last && p->waiter->more)
		l->feeding = l->hungry = true;
	if (last)
		LIST_REMOVE(p, same);
	parked_send(p, &l->text, last, &l->records);
	lounge_settle(l, p, was_pending);
}

/* A slow reader skips states: it gets the latest one when its socket has room. */
static void
tell(struct lounge *l, struct parked *p, const struct lounge_row *row)
{
	bool last;

	if (p->out.len > 0) {
		p->dirty = true;
		return;
	}
	p->dirty = false;
	p->told = true;
	if (row != NULL)
		p->change = row->change;
	buf_reset(&l->text);
	last = p->waiter->ops->on_change(p->waiter,
	    row != NULL ? row->task : NULL, &l->text);
	pass_on(l, p, last);
}

void
lounge_warn(struct lounge *l, const struct error *e)
{
	int64_t now = clock_mono_ms();

	if (l->last_warning != 0 && now - l->last_warning < 60000)
		return;
	l->last_warning = now;
	log_warn("cannot read tasks for waiting requests; trying again: %s", e->text);
}

void
lounge_load_and_tell(struct lounge *l, struct parked *p)
{
	struct lounge_row row;
	struct error e;
	enum err rc;

	p->looked_ms = clock_mono_ms();
	rc = l->source.load(l->source.arg, p->waiter->task_row, l->arena, &row,
	    &e);
	if (rc == ERR_TASK_NOT_FOUND || rc == ERR_NOT_FOUND) {
		tell(l, p, NULL);
	} else if (rc != ERR_OK) {
		p->dirty = true;
		lounge_warn(l, &e);
	} else if (!p->told || row.change != p->change) {
		tell(l, p, &row);
	} else {
		p->dirty = false;
	}
	arena_reset(l->arena);
}

/* ---- the source ---- */

static void
tell_all(struct lounge *l, const struct lounge_row *row)
{
	struct parked *p, *next;

	for (p = LIST_FIRST(chain_of(l, row->row)); p != NULL; p = next) {
		next = LIST_NEXT(p, same);
		if (p->waiter->task_row == row->row &&
		    (!p->told || row->change > p->change))
			tell(l, p, row);
	}
}

/* Whether there are more. */
static bool
read_some_changes(struct lounge *l)
{
	struct lounge_page page = { 0 };
	struct error e;

	if (l->source.changes(l->source.arg, l->since, l->arena, &page, &e)
	    != ERR_OK) {
		lounge_warn(l, &e);
		l->look_again = true;
		page = (struct lounge_page){ 0 };
	}
	for (size_t i = 0; i < page.n; i++) {
		l->since = page.rows[i].change;
		tell_all(l, &page.rows[i]);
	}
	arena_reset(l->arena);
	return page.has_more;
}

/* Read before the rows: a change after it is seen by the next look. */
void
lounge_look(struct lounge *l)
{
	int64_t version = l->source.version(l->source.arg);

	if (version == l->version && !l->look_again)
		return;
	l->version = version;
	l->look_again = false;
	while (read_some_changes(l))
		continue;
}

void
lounge_feed(struct lounge *l)
{
	struct parked *p, *next;

	l->feeding = l->hungry = false;
	for (p = LIST_FIRST(&l->all); p != NULL; p = next) {
		bool last;

		next = LIST_NEXT(p, link);
		if (p->state != PARKED_WAITING || !p->waiter->more)
			continue;
		l->feeding = true;
		if (p->out.len > 0)
			continue;
		buf_reset(&l->text);
		last = p->waiter->ops->on_room(p->waiter, &l->text);
		pass_on(l, p, last);
	}
}

static void
tick_one(struct lounge *l, struct parked *p, int64_t now)
{
	bool last;

	if (p->state == PARKED_CLOSING && now >= p->close_ms)
		p->state = PARKED_GONE;
	if (p->state == PARKED_GONE)
		lounge_client_gone(l, p);
	else if (p->state != PARKED_WAITING || p->out.len > 0)
		return;
	else if (p->dirty || now - p->looked_ms >= RECHECK_MS)
		lounge_load_and_tell(l, p);
	else if (p->told) {
		buf_reset(&l->text);
		last = p->waiter->ops->on_tick(p->waiter, now, &l->text);
		pass_on(l, p, last);
	}
}

/* Freed waiters lie between live allocations, so malloc would keep their memory. */
static void
give_back(struct lounge *l)
{
	int count = l->count;

	if (l->text.cap > KEEP_OUTPUT)
		buf_clear(&l->text);
	if (l->records.cap > KEEP_OUTPUT)
		buf_clear(&l->records);
	if (count > l->most)
		l->most = count;
	if (count > l->most / 2 || l->most - count < LOUNGE_MANY)
		return;
	l->most = count;
	malloc_trim(0);
}

/* Spread over a second: all heartbeats at once would hold up the FastCGI server. */
void
lounge_tick(struct lounge *l, int64_t now)
{
	struct parked *p, *next;

	l->slice = (l->slice + 1) % LOUNGE_SLICES;
	for (p = LIST_FIRST(&l->all); p != NULL; p = next) {
		next = LIST_NEXT(p, link);
		if (p->slice == l->slice)
			tick_one(l, p, now);
	}
	give_back(l);
}
