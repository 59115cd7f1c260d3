/* SPDX-License-Identifier: MIT */
/* watch.c: the tasks of which the lounge tells those who wait for them. */
#include "app.h"
#include "arena.h"
#include "store.h"
#include "task_store.h"

#define CHANGES		256	/* read at once */

static struct lounge_row
row_of(const struct task *t)
{
	return (struct lounge_row){ t->row, t->change, t };
}

static int64_t
version(void *arg)
{
	return store_data_version(arg);
}

static enum err
change_now(void *arg, int64_t *out, struct error *e)
{
	return task_change_now(arg, out, e);
}

static enum err
load(void *arg, int64_t row, struct arena *a, struct lounge_row *out,
    struct error *e)
{
	struct task *t = arena_alloc(a, sizeof(*t));
	enum err rc = task_load_row(arg, row, a, t, e);

	if (rc == ERR_OK)
		*out = row_of(t);
	return rc;
}

static enum err
changes(void *arg, int64_t since, struct arena *a, struct lounge_page *out,
    struct error *e)
{
	struct task_page page = { 0 };
	enum err rc = task_changes(arg, since, CHANGES, a, &page, e);

	if (rc != ERR_OK)
		return rc;
	out->rows = arena_array(a, page.n, sizeof(*out->rows));
	out->n = page.n;
	out->has_more = page.has_more;
	for (size_t i = 0; i < page.n; i++)
		out->rows[i] = row_of(&page.tasks[i]);
	return ERR_OK;
}

struct lounge_source
app_watch(struct store *st)
{
	return (struct lounge_source){ st, version, change_now, load, changes };
}
