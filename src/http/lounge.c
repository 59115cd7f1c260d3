/*
 * lounge.c: the thread in which parked requests wait.
 *
 * Everything but `incoming`, `count` and the stop fields belongs to that
 * thread.
 */
#include "lounge.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "log.h"
#include "parked.h"
#include "store.h"
#include "task.h"

#define LOOK_MS		100	/* between two looks at the database */
#define TICK_MS		1000
#define RECHECK_MS	15000	/* a task is loaded at least that often: it may have been deleted */
#define CHANGES		256	/* read at once */
#define EVENTS		256
#define MAX_TEXT	((size_t)192 * 1024 * 1024)	/* of one callback */

struct lounge {
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* of incoming */
	struct parked	*incoming;
	_Atomic int	 count;		/* parked, arrived ones included */
	_Atomic bool	 stopping;
	_Atomic int64_t	 stop_ms;	/* clock_mono_ms at which parked requests are closed */
	bool		 ended;		/* of whoever stops */
	int		 max_waiting;
	int		 wake_fd, epoll_fd;
	struct store	*store;
	struct arena	*arena;
	struct buf	 text, records;	/* of the call at hand */
	struct parked	*all;
	struct parked	**chains;	/* hash of tasks.id, WAITING only */
	size_t		 mask;
	int64_t		 version;	/* data_version when last looked */
	int64_t		 since;		/* the last change read */
	bool		 look_again;
	int64_t		 next_look, next_tick, last_warning;
};

/* ---- the parked of a task ---- */

static struct parked **
chain_of(struct lounge *l, int64_t row)
{
	/* Fibonacci hashing: rows are consecutive, but not always */
	uint64_t h = (uint64_t)row * UINT64_C(0x9e3779b97f4a7c15);

	return &l->chains[(h >> 32) & l->mask];
}

static void
hash_remove(struct lounge *l, struct parked *p)
{
	struct parked **at = chain_of(l, p->waiter->task_row);

	while (*at != p)
		at = &(*at)->same;
	*at = p->same;
}

static void
hash_add(struct lounge *l, struct parked *p)
{
	struct parked **at = chain_of(l, p->waiter->task_row);

	p->same = *at;
	*at = p;
}

static void
remove_parked(struct lounge *l, struct parked *p)
{
	if (p->waiter != NULL)
		hash_remove(l, p);
	if (p->prev != NULL)
		p->prev->next = p->next;
	else
		l->all = p->next;
	if (p->next != NULL)
		p->next->prev = p->prev;
	parked_free(p);
	atomic_fetch_sub(&l->count, 1);
}

/* The client left: what on_gone does in our own connection shows in no data_version. */
static void
client_gone(struct lounge *l, struct parked *p)
{
	if (p->waiter != NULL) {
		p->waiter->ops->on_gone(p->waiter);
		l->look_again = true;
	}
	remove_parked(l, p);
}

static void
watch(struct lounge *l, struct parked *p, int op)
{
	struct epoll_event ev = { .events = EPOLLRDHUP, .data.ptr = p };

	if (p->out.len > 0)
		ev.events |= EPOLLOUT;
	if (p->state == PARKED_CLOSING)
		ev.events |= EPOLLIN;
	if (epoll_ctl(l->epoll_fd, op, p->fd, &ev) != 0)
		p->state = PARKED_GONE;
}

/* Does what the state asks for after something was written; p may be freed. */
static void
settle(struct lounge *l, struct parked *p, bool was_pending)
{
	if (p->state != PARKED_GONE &&
	    (p->state == PARKED_CLOSING || was_pending != (p->out.len > 0)))
		watch(l, p, EPOLL_CTL_MOD);
	if (p->state == PARKED_GONE)
		client_gone(l, p);
}

/* What a callback said, in l->text. p may be freed. */
static void
pass_on(struct lounge *l, struct parked *p, bool last)
{
	bool was_pending = p->out.len > 0;

	if (!last && l->text.len == 0)
		return;
	if (last)
		hash_remove(l, p);
	parked_send(p, &l->text, last, &l->records);
	settle(l, p, was_pending);
}

/* A slow reader gets the state that the task then has when it has read. */
static void
tell(struct lounge *l, struct parked *p, const struct task *task)
{
	bool last;

	if (p->out.len > 0) {
		p->dirty = true;
		return;
	}
	p->dirty = false;
	p->told = true;
	if (task != NULL)
		p->change = task->change;
	buf_reset(&l->text);
	last = p->waiter->ops->on_change(p->waiter, task, &l->text);
	pass_on(l, p, last);
}

/* At most one line a minute: what fails here fails for everybody who waits. */
static void
warn(struct lounge *l, const struct error *e)
{
	int64_t now = clock_mono_ms();

	if (l->last_warning != 0 && now - l->last_warning < 60000)
		return;
	l->last_warning = now;
	log_warn("waiting requests: %s", e->text);
}

static void
load_and_tell(struct lounge *l, struct parked *p)
{
	struct task task;
	struct error e;
	enum err rc;

	p->looked_ms = clock_mono_ms();
	rc = task_load_row(l->store, p->waiter->task_row, l->arena, &task, &e);
	if (rc == ERR_TASK_NOT_FOUND || rc == ERR_NOT_FOUND) {
		tell(l, p, NULL);
	} else if (rc != ERR_OK) {
		p->dirty = true;
		warn(l, &e);
	} else if (!p->told || task.change != p->change) {
		tell(l, p, &task);
	} else {
		p->dirty = false;
	}
	arena_reset(l->arena);
}

/* ---- arrivals ---- */

void
lounge_park(struct lounge *l, struct waiter *w, int fd, int request_id,
    char *headers)
{
	struct parked *p = parked_new(w, fd, request_id);

	w->store = l->store;
	w->headers = headers;
	atomic_fetch_add(&l->count, 1);
	pthread_mutex_lock(&l->lock);
	p->next = l->incoming;
	l->incoming = p;
	pthread_mutex_unlock(&l->lock);
	eventfd_write(l->wake_fd, 1);
}

/* Nobody waited until now: changes before this are in what is loaded next. */
static void
start_looking(struct lounge *l)
{
	struct error e;

	l->version = store_data_version(l->store);
	if (task_change_now(l->store, &l->since, &e) != ERR_OK)
		warn(l, &e);
	l->next_look = clock_mono_ms() + LOOK_MS;
	l->next_tick = clock_mono_ms() + TICK_MS;
}

static void
seat(struct lounge *l, struct parked *p)
{
	if (l->all == NULL)
		start_looking(l);
	p->prev = NULL;
	p->next = l->all;
	if (l->all != NULL)
		l->all->prev = p;
	l->all = p;
	hash_add(l, p);
	watch(l, p, EPOLL_CTL_ADD);
	if (p->state == PARKED_GONE)
		client_gone(l, p);
	else
		load_and_tell(l, p);
}

static void
seat_arrivals(struct lounge *l)
{
	struct parked *p, *next;

	pthread_mutex_lock(&l->lock);
	p = l->incoming;
	l->incoming = NULL;
	pthread_mutex_unlock(&l->lock);
	for (; p != NULL; p = next) {
		next = p->next;
		seat(l, p);
	}
}

/* ---- the database ---- */

static void
tell_all(struct lounge *l, const struct task *task)
{
	struct parked *p, *next;

	for (p = *chain_of(l, task->row); p != NULL; p = next) {
		next = p->same;
		if (p->waiter->task_row == task->row &&
		    (!p->told || task->change > p->change))
			tell(l, p, task);
	}
}

static void
read_changes(struct lounge *l)
{
	struct task_page page;
	struct error e;

	do {
		page = (struct task_page){ 0 };
		if (task_changes(l->store, l->since, CHANGES, l->arena, &page,
		    &e) != ERR_OK) {
			warn(l, &e);
			l->look_again = true;
			page.has_more = false;
		}
		for (size_t i = 0; i < page.n; i++) {
			l->since = page.tasks[i].change;
			tell_all(l, &page.tasks[i]);
		}
		arena_reset(l->arena);
	} while (page.has_more);
}

/* The version comes first: what changes after it is seen by the next look. */
static void
look(struct lounge *l)
{
	int64_t version = store_data_version(l->store);

	if (version == l->version && !l->look_again)
		return;
	l->version = version;
	l->look_again = false;
	read_changes(l);
}

static void
tick_one(struct lounge *l, struct parked *p, int64_t now)
{
	bool last;

	if (p->state == PARKED_CLOSING && now >= p->close_ms)
		p->state = PARKED_GONE;
	if (p->state == PARKED_GONE)
		client_gone(l, p);
	else if (p->state != PARKED_WAITING || p->out.len > 0)
		return;
	else if (p->dirty || now - p->looked_ms >= RECHECK_MS)
		load_and_tell(l, p);
	else if (p->told) {
		buf_reset(&l->text);
		last = p->waiter->ops->on_tick(p->waiter, now, &l->text);
		pass_on(l, p, last);
	}
}

static void
tick(struct lounge *l, int64_t now)
{
	struct parked *p, *next;

	for (p = l->all; p != NULL; p = next) {
		next = p->next;
		tick_one(l, p, now);
	}
	if (l->text.cap > 65536)
		buf_clear(&l->text);
	if (l->records.cap > 65536)
		buf_clear(&l->records);
}

/* ---- the loop ---- */

static void
on_event(struct lounge *l, struct parked *p, uint32_t events)
{
	bool was_pending = p->out.len > 0;

	if (p->state == PARKED_CLOSING) {
		parked_drain(p);
		if (p->state == PARKED_GONE)
			client_gone(l, p);
		return;
	}
	if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) {
		client_gone(l, p);
		return;
	}
	if (!was_pending)
		return;
	parked_flush(p);
	if (p->state == PARKED_WAITING && p->out.len == 0 && p->dirty) {
		watch(l, p, EPOLL_CTL_MOD);
		load_and_tell(l, p);
	} else {
		settle(l, p, was_pending);
	}
}

static int
wait_time(const struct lounge *l)
{
	int64_t now = clock_mono_ms(), until = INT64_MAX;

	if (l->all != NULL)
		until = l->next_look < l->next_tick ? l->next_look : l->next_tick;
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
	if (l->all == NULL)
		return;
	now = clock_mono_ms();
	if (now >= l->next_look) {
		look(l);
		l->next_look = now + LOOK_MS;
	}
	if (now >= l->next_tick) {
		tick(l, now);
		l->next_tick = now + TICK_MS;
	}
}

static void *
run(void *arg)
{
	struct lounge *l = arg;

	while (!l->stopping ||
	    (l->count > 0 && clock_mono_ms() < l->stop_ms))
		take_turn(l);
	seat_arrivals(l);
	while (l->all != NULL)
		remove_parked(l, l->all);
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
lounge_alloc(struct store *store, int max_waiting)
{
	struct lounge *l = calloc(1, sizeof(*l));
	size_t chains = 64;

	while (chains < (size_t)max_waiting)
		chains *= 2;
	if (l == NULL ||
	    (l->chains = calloc(chains, sizeof(struct parked *))) == NULL)
		fatal("out of memory");
	l->mask = chains - 1;
	l->store = store;
	l->max_waiting = max_waiting;
	l->arena = arena_new();
	buf_init(&l->text, MAX_TEXT);
	buf_init(&l->records, MAX_TEXT + MAX_TEXT / 1024);
	pthread_mutex_init(&l->lock, NULL);
	l->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return l;
}

enum err
lounge_new(struct store *store, int max_waiting, struct lounge **out,
    struct error *e)
{
	struct epoll_event wake = { .events = EPOLLIN, .data.ptr = NULL };
	struct lounge *l = lounge_alloc(store, max_waiting);
	int failure;

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
