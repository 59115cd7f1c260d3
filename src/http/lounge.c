/* SPDX-License-Identifier: MIT */
/* lounge.c: the thread in which parked requests wait, and its life. */
#include "lounge.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "lounge_impl.h"
#include "meter.h"
#include "xalloc.h"

#define EVENTS		256
#define MAX_TEXT	((size_t)192 * 1024 * 1024)	/* of one callback */

/* ---- arrivals ---- */

void
lounge_park(struct lounge *l, struct waiter *w, int fd, int request_id,
    char *headers)
{
	struct parked *p = parked_new(w, fd, request_id);

	assert(w->ops != NULL && w->task_row > 0 && headers != NULL);
	w->headers = headers;
	atomic_fetch_add(&l->count, 1);
	pthread_mutex_lock(&l->lock);
	LIST_INSERT_HEAD(&l->incoming, p, link);
	pthread_mutex_unlock(&l->lock);
	eventfd_write(l->wake_fd, 1);
}

/* The first waiter: earlier changes are in the row that it loads first. */
static void
start_looking(struct lounge *l)
{
	struct error e;

	l->version = l->source.version(l->source.arg);
	if (l->source.change_now(l->source.arg, &l->since, &e) != ERR_OK)
		lounge_warn(l, &e);
	l->next_look = clock_mono_ms() + LOUNGE_LOOK_MS;
}

static void
seat(struct lounge *l, struct parked *p)
{
	if (LIST_EMPTY(&l->all))
		start_looking(l);
	p->slice = l->seated++ % LOUNGE_SLICES;
	LIST_INSERT_HEAD(&l->all, p, link);
	lounge_hash_add(l, p);
	lounge_watch(l, p, EPOLL_CTL_ADD);
	if (p->state == PARKED_GONE)
		lounge_client_gone(l, p);
	else
		lounge_load_and_tell(l, p);
}

static void
seat_arrivals(struct lounge *l)
{
	struct parked *p, *next;

	pthread_mutex_lock(&l->lock);
	p = LIST_FIRST(&l->incoming);
	LIST_INIT(&l->incoming);
	pthread_mutex_unlock(&l->lock);
	for (; p != NULL; p = next) {
		next = LIST_NEXT(p, link);
		seat(l, p);
	}
}

/* ---- the loop ---- */

static void
on_event(struct lounge *l, struct parked *p, uint32_t events)
{
	bool was_pending = p->out.len > 0;

	if (p->state == PARKED_CLOSING) {
		parked_drain(p);
		if (p->state == PARKED_GONE)
			lounge_client_gone(l, p);
		return;
	}
	if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
		lounge_client_gone(l, p);
		return;
	}
	if (!was_pending)
		return;
	parked_flush(p);
	if (p->state == PARKED_WAITING && p->out.len == 0 && p->dirty) {
		lounge_watch(l, p, EPOLL_CTL_MOD);
		lounge_load_and_tell(l, p);
	} else {
		lounge_settle(l, p, was_pending);
	}
}

/* Nobody waits: gives their memory back to the system. */
static bool
is_idle(const struct lounge *l)
{
	return LIST_EMPTY(&l->all) && l->most < LOUNGE_MANY;
}

static int
wait_time(const struct lounge *l)
{
	int64_t now = clock_mono_ms(), until = INT64_MAX;

	if (l->hungry)
		return 0;
	if (!is_idle(l))
		until = l->next_look;
	if (l->stopping && l->stop_ms < until)
		until = l->stop_ms;
	if (until == INT64_MAX)
		return -1;
	return until <= now ? 0 : (int)(until - now);
}

static void
wait_for_events(struct lounge *l)
{
	struct epoll_event events[EVENTS];
	eventfd_t ignored;
	int n;

	n = epoll_wait(l->epoll_fd, events, EVENTS, wait_time(l));
	if (n < 0 && errno != EINTR)
		fatal("epoll_wait: %s", strerror(errno));
	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == NULL)
			eventfd_read(l->wake_fd, &ignored);
		else
			on_event(l, events[i].data.ptr, events[i].events);
	}
}

static void
take_turn(struct lounge *l)
{
	int64_t now;

	wait_for_events(l);
	seat_arrivals(l);
	meter_waiting(l->count);
	if (l->feeding)
		lounge_feed(l);
	if (is_idle(l))
		return;
	now = clock_mono_ms();
	if (now < l->next_look)
		return;
	lounge_look(l);
	lounge_tick(l, now);
	l->next_look = now + LOUNGE_LOOK_MS;
}

static void *
run(void *arg)
{
	struct lounge *l = arg;

	while (!l->stopping ||
	    (l->count > 0 && clock_mono_ms() < l->stop_ms))
		take_turn(l);
	seat_arrivals(l);
	while (!LIST_EMPTY(&l->all))
		lounge_remove(l, LIST_FIRST(&l->all));
	return NULL;
}

/* ---- life ---- */

bool
lounge_has_room(struct lounge *l)
{
	return !l->stopping && l->count < l->max_waiting;
}

int
lounge_count(struct lounge *l)
{
	return l->count;
}

static void
lounge_free(struct lounge *l)
{
	if (l->wake_fd >= 0)
		close(l->wake_fd);
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	pthread_mutex_destroy(&l->lock);
	buf_clear(&l->text);
	buf_clear(&l->records);
	arena_free(l->arena);
	free(l->chains);
	free(l);
}

static struct lounge *
lounge_alloc(struct lounge_source source, int max_waiting)
{
	struct lounge *l = xcalloc(1, sizeof(*l));
	size_t chains = 64;

	while (chains < (size_t)max_waiting)
		chains *= 2;
	l->chains = xcalloc(chains, sizeof(*l->chains));
	l->mask = chains - 1;
	l->source = source;
	l->max_waiting = max_waiting;
	LIST_INIT(&l->incoming);
	LIST_INIT(&l->all);
	l->arena = arena_new();
	buf_init(&l->text, MAX_TEXT);
	buf_init(&l->records, MAX_TEXT + MAX_TEXT / 1024);
	pthread_mutex_init(&l->lock, NULL);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return l;
}

enum err
lounge_new(struct lounge_source source, int max_waiting,
    struct lounge **out, struct error *e)
{
	struct epoll_event wake = { .events = EPOLLIN, .data.ptr = NULL };
	struct lounge *l = lounge_alloc(source, max_waiting);
	int failure;

	assert(source.version != NULL && source.change_now != NULL &&
	    source.load != NULL && source.changes != NULL && max_waiting > 0);
	if (l->wake_fd < 0 || l->epoll_fd < 0 ||
	    epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->wake_fd, &wake) != 0)
		failure = errno;
	else
		failure = pthread_create(&l->thread, NULL, run, l);
	if (failure != 0) {
		lounge_free(l);
		return error_set(e, ERR_INTERNAL, NULL,
		    "cannot start the thread of waiting requests: %s",
		    strerror(failure));
	}
	*out = l;
	return ERR_OK;
}

void
lounge_end(struct lounge *l, int grace_ms)
{
	if (l->ended)
		return;
	l->ended = true;
	l->stop_ms = clock_mono_ms() + grace_ms;
	l->stopping = true;
	eventfd_write(l->wake_fd, 1);
	pthread_join(l->thread, NULL);
}

void
lounge_stop(struct lounge *l, int grace_ms)
{
	if (l == NULL)
		return;
	lounge_end(l, grace_ms);
	lounge_free(l);
}
