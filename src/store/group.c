/* group.c: threads that write at the same time share a transaction. */
#include "group.h"

#include <pthread.h>
#include <stdlib.h>

#include "log.h"
#include "store_impl.h"

struct entry {			/* on the stack of the thread that waits for it */
	struct entry	*next;
	group_fn	*work;
	void		*arg;
	struct error	*e;
	enum err	 rc;
	bool		 done;
};

struct group {
	pthread_mutex_t	 lock;
	pthread_cond_t	 finished;
	struct entry	*first, **last;	/* came since the leader began */
	bool		 led;		/* some thread is at work */
};

struct group *
group_new(void)
{
	struct group *g = calloc(1, sizeof(*g));

	if (g == NULL)
		fatal("out of memory");
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->finished, NULL);
	g->last = &g->first;
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

static bool
in_transaction(const struct store *st)
{
	return sqlite3_get_autocommit(st->db) == 0;
}

/* One piece of work, in a savepoint of its own. */
static enum err
run(struct store *st, const struct entry *entry)
{
	struct error ignored;
	enum err rc;

	if ((rc = store_savepoint(st, entry->e)) != ERR_OK)
		return rc;
	if ((rc = entry->work(st, entry->arg, entry->e)) == ERR_OK)
		return store_release(st, entry->e);
	if (in_transaction(st))
		(void)!store_undo(st, &ignored);
	return rc;
}

/*
 * All of them in one transaction. What ends it, such as a full disk, fails for
 * all that had succeeded before and all that come after.
 */
static void
run_all(struct store *st, struct entry *first)
{
	struct error e;
	enum err rc = store_begin(st, &e);

	for (struct entry *p = first; p != NULL && rc == ERR_OK; p = p->next) {
		p->rc = run(st, p);
		if (!in_transaction(st)) {
			rc = p->rc;
			e = *p->e;
		}
	}
	if (rc == ERR_OK)
		rc = store_end(st, ERR_OK, &e);
	for (struct entry *p = first; p != NULL && rc != ERR_OK; p = p->next)
		if (p->rc == ERR_OK) {
			p->rc = rc;
			*p->e = e;
		}
}

static void
lead(struct group *g, struct store *st)
{
	struct entry *first = g->first;

	g->first = NULL;
	g->last = &g->first;
	g->led = true;
	pthread_mutex_unlock(&g->lock);
	run_all(st, first);
	pthread_mutex_lock(&g->lock);
	for (struct entry *p = first; p != NULL; p = p->next)
		p->done = true;
	g->led = false;
	pthread_cond_broadcast(&g->finished);
}

enum err
group_run(struct group *g, struct store *st, group_fn *work, void *arg,
    struct error *e)
{
	struct entry entry = { .work = work, .arg = arg, .e = e };

	pthread_mutex_lock(&g->lock);
	*g->last = &entry;
	g->last = &entry.next;
	while (!entry.done) {
		if (g->led)
			pthread_cond_wait(&g->finished, &g->lock);
		else
			lead(g, st);
	}
	pthread_mutex_unlock(&g->lock);
	return entry.rc;
}
