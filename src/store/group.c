/* SPDX-License-Identifier: MIT */
/* group.c: threads that write at the same time share a transaction. */
#include "group.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "xalloc.h"

#define PATIENCE_MS	300	/* an ordinary wait: any number of threads */

struct entry {			/* on the stack of the thread that waits for it */
	struct entry	*next;
	group_fn	*work;
	void		*arg;
	struct error	*e;
	enum err	 rc;
	bool		 taken;		/* a leader is at work on it */
	bool		 done;
};

struct group {
	pthread_mutex_t	 lock;
	pthread_cond_t	 finished;
	struct entry	*first, **last;	/* that no leader has taken yet */
	bool		 led;		/* some thread is at work */
	int		 most;		/* of the patient */
	int		 patient;	/* threads that wait for longer than is ordinary */
};

struct group *
group_new(int most)
{
	struct group *g = xcalloc(1, sizeof(*g));
	pthread_condattr_t attr;

	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->finished, &attr);
	pthread_condattr_destroy(&attr);
	g->last = &g->first;
	g->most = most;
	return g;
}

void
group_free(struct group *g)
{
	if (g == NULL)
		return;
	pthread_cond_destroy(&g->finished);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

/* ---- who may wait while somebody else holds the database ---- */

static bool
may_wait(struct group *g, int64_t waited_ms, bool *patient)
{
	if (*patient)
		return true;
	if (g->patient >= g->most)
		return false;
	if (waited_ms >= PATIENCE_MS) {
		*patient = true;
		g->patient++;
	}
	return true;
}

bool
group_may_wait(struct group *g, int64_t waited_ms, bool *patient)
{
	bool may;

	pthread_mutex_lock(&g->lock);
	may = may_wait(g, waited_ms, patient);
	pthread_mutex_unlock(&g->lock);
	return may;
}

static void
waited(struct group *g, bool *patient)
{
	g->patient -= *patient;
	*patient = false;
}

void
group_waited(struct group *g, bool *patient)
{
	pthread_mutex_lock(&g->lock);
	waited(g, patient);
	pthread_mutex_unlock(&g->lock);
}

/* ---- the work ---- */

/* One piece of work, in a savepoint of its own. */
static enum err
run(struct store *st, const struct entry *entry)
{
	struct error ignored;
	enum err rc;

	if ((rc = st->engine->savepoint(st, entry->e)) != ERR_OK)
		return rc;
	if ((rc = entry->work(st, entry->arg, entry->e)) == ERR_OK)
		return st->engine->release(st, entry->e);
	if (st->engine->in_transaction(st))
		(void)!st->engine->undo(st, &ignored);
	return rc;
}

/*
 * Does all entries in one transaction. A failure that ends the transaction, such as a
 * full disk, fails every entry, also those that had succeeded.
 */
static void
run_all(struct store *st, struct entry *first, enum err rc, struct error *e)
{
	for (struct entry *p = first; p != NULL && rc == ERR_OK; p = p->next) {
		p->rc = run(st, p);
		if (!st->engine->in_transaction(st)) {
			rc = p->rc;
			*e = *p->e;
		}
	}
	if (rc == ERR_OK)
		rc = store_end(st, ERR_OK, e);
	for (struct entry *p = first; p != NULL && rc != ERR_OK; p = p->next)
		if (p->rc == ERR_OK) {
			p->rc = rc;
			*p->e = *e;
		}
}

static struct entry *
take_all(struct group *g)
{
	struct entry *first = g->first;

	g->first = NULL;
	g->last = &g->first;
	for (struct entry *p = first; p != NULL; p = p->next)
		p->taken = true;
	return first;
}

static void
append(struct group *g, struct entry *entry)
{
	*g->last = entry;
	g->last = &entry->next;
}

static void
leave(struct group *g, struct entry *entry)
{
	struct entry **p = &g->first;

	while (*p != entry)
		p = &(*p)->next;
	*p = entry->next;
	if (g->last == &entry->next)
		g->last = p;
}

/* Its begin ended before its time: too many wait already, and it was not among them. */
static bool
was_refused(const struct store *st, enum err rc)
{
	return rc == ERR_UNAVAILABLE &&
	    clock_mono_ms() - st->busy_since_ms <= st->busy_timeout;
}

/*
 * Entries that arrive while BEGIN waits join the transaction; when it cannot begin in
 * time they fail with it instead of waiting as long again. When the leader alone may
 * not wait, another of them leads.
 */
static void
lead(struct group *g, struct store *st, struct entry *own, bool *patient)
{
	struct entry *first;
	struct error e;
	enum err rc;

	g->led = true;
	st->patient = *patient;		/* it goes on waiting, as the leader */
	*patient = false;
	pthread_mutex_unlock(&g->lock);
	rc = store_begin(st, &e);
	pthread_mutex_lock(&g->lock);
	if (was_refused(st, rc)) {
		leave(g, own);
		own->next = NULL;
		first = own;
	} else {
		first = take_all(g);
	}
	pthread_mutex_unlock(&g->lock);
	run_all(st, first, rc, &e);
	pthread_mutex_lock(&g->lock);
	for (struct entry *p = first; p != NULL; p = p->next)
		p->done = true;
	g->led = false;
	pthread_cond_broadcast(&g->finished);
}

/* ---- those who follow ---- */

static void
wait_until(struct group *g, int64_t ms)
{
	const struct timespec until = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000,
	};

	pthread_cond_timedwait(&g->finished, &g->lock, &until);
}

/*
 * Waits for the result; false when too many threads wait already, and the entry has been
 * taken back.
 */
static bool
follow(struct group *g, struct entry *entry, int64_t since_ms, bool *patient)
{
	if (entry->taken || *patient) {
		pthread_cond_wait(&g->finished, &g->lock);
		return true;
	}
	if (!may_wait(g, clock_mono_ms() - since_ms, patient)) {
		leave(g, entry);
		return false;
	}
	wait_until(g, since_ms + PATIENCE_MS);
	return true;
}

enum err
group_run(struct group *g, struct store *st, group_fn *work, void *arg,
    struct error *e)
{
	struct entry entry = { .work = work, .arg = arg, .e = e };
	int64_t since_ms = clock_mono_ms();
	bool patient = false;

	pthread_mutex_lock(&g->lock);
	append(g, &entry);
	while (!entry.done) {
		if (!g->led) {
			lead(g, st, &entry, &patient);
		} else if (!follow(g, &entry, since_ms, &patient)) {
			entry.rc = store_busy(st->path, e);
			break;
		}
	}
	waited(g, &patient);
	pthread_mutex_unlock(&g->lock);
	return entry.rc;
}
