/* SPDX-License-Identifier: MIT */
/* cancels.c: the thread that cancels tasks whose clients have disconnected. */
#include "cancels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "store.h"
#include "task_store.h"
#include "xalloc.h"

#define AGAIN_S	1		/* after the database was busy or full */

struct orders {			/* a list that grows */
	struct task_cancel_order *list;
	size_t		 n, room;
};

struct cancels {
	struct store	*store;
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* of all below */
	pthread_cond_t	 changed;
	struct orders	 waiting;
	bool		 stopping;
};

static void
add(struct orders *o, const struct task_cancel_order *order)
{
	o->list = xgrow(o->list, o->n, &o->room, sizeof(*o->list));
	o->list[o->n++] = *order;
}

void
cancels_add(struct cancels *c, int64_t row, bool only_unsubmitted,
    const char *reason)
{
	const struct task_cancel_order order = { .row = row,
	    .only_unsubmitted = only_unsubmitted, .reason = reason };

	pthread_mutex_lock(&c->lock);
	add(&c->waiting, &order);
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

/* Moves all waiting orders into the empty `taken`; false: the thread is to stop. */
static bool
take(struct cancels *c, struct orders *taken)
{
	struct orders empty = *taken;
	bool any;

	pthread_mutex_lock(&c->lock);
	while (c->waiting.n == 0 && !c->stopping)
		pthread_cond_wait(&c->changed, &c->lock);
	*taken = c->waiting;
	c->waiting = empty;
	any = taken->n > 0;
	pthread_mutex_unlock(&c->lock);
	return any;
}

/* Sleeps before the next try; returns true, early, when the thread is to stop. */
static bool
pause_for_stop(struct cancels *c)
{
	struct timespec until;
	bool stopping;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += AGAIN_S;
	pthread_mutex_lock(&c->lock);
	while (!c->stopping && rc == 0)
		rc = pthread_cond_timedwait(&c->changed, &c->lock, &until);
	stopping = c->stopping;
	pthread_mutex_unlock(&c->lock);
	return stopping;
}

static void
write_all(struct cancels *c, const struct orders *taken)
{
	bool said = false;
	struct error e;
	enum err rc;

	while ((rc = task_cancel_all(c->store, taken->list, taken->n, &e)) ==
	    ERR_UNAVAILABLE) {
		if (!said)
			log_warn("cannot cancel %zu tasks whose clients "
			    "have gone; trying again until it works: %s",
			    taken->n, e.text);
		said = true;
		if (pause_for_stop(c))
			break;
	}
	if (rc != ERR_OK)
		log_error("%zu tasks whose clients have gone were not "
		    "cancelled and go on: %s", taken->n, e.text);
}

static void *
run(void *arg)
{
	struct cancels *c = arg;
	struct orders taken = { 0 };

	while (take(c, &taken)) {
		write_all(c, &taken);
		taken.n = 0;
	}
	free(taken.list);
	return NULL;
}

static void
init(struct cancels *c)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->changed, &attr);
	pthread_condattr_destroy(&attr);
}

static void
destroy(struct cancels *c)
{
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c->waiting.list);
	free(c);
}

enum err
cancels_new(struct store *store, struct cancels **out, struct error *e)
{
	struct cancels *c = xcalloc(1, sizeof(*c));
	int failure;

	c->store = store;
	init(c);
	if ((failure = pthread_create(&c->thread, NULL, run, c)) == 0) {
		*out = c;
		return ERR_OK;
	}
	destroy(c);
	return error_set(e, ERR_INTERNAL, NULL,
	    "cannot start the thread that cancels tasks: %s",
	    strerror(failure));
}

void
cancels_stop(struct cancels *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	destroy(c);
}
