/* SPDX-License-Identifier: MIT */
/*
 * sweep.c: deletes cached results that expired, references that no task needs, and
 * tasks that ended long ago. Each turn of the loop does a slice, and the next one
 * waits at least as long as it took, so that the loop is never held up.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aged.h"
#include "attr.h"
#include "clock.h"
#include "conf.h"
#include "log.h"
#include "meter.h"
#include "poller.h"
#include "site.h"
#include "solver.h"
#include "store.h"
#include "sweep.h"
#include "task_store.h"
#include "xalloc.h"

#define UNFINISHED_AGE	3600	/* s: a temporary file of a request or process that is gone */
#define SLICE_TASKS	100	/* no request waits longer for its turn to write */
#define SLICE_FILES	100
#define ROWS_MS		10000	/* between looks at rows that have had their time */
#define ROWS_MORE_MS	100	/* while there are more of them */
#define SPOOL_AGE	600	/* s that a request may take from its file to its row */

struct sweep {			/* how far it is */
	size_t		 part;		/* of what is swept */
	DIR		*dir;		/* being read; NULL: none */
	uint64_t	 bytes, files;	/* that stay in it */
	int64_t		 next_ms;	/* when the next slice is due, clock_mono_ms */
	int64_t		 rows_ms;	/* and when rows that have had their time are looked for */
};

typedef bool keep_fn(struct poller *p, const char *name, int64_t age);

static bool
is_temporary(const char *name)
{
	return name[0] == '.';
}

static bool
keep_cached(struct poller *p, const char *name, int64_t age)
{
	bool young = true;
	struct error e;

	if (is_temporary(name))
		return age < UNFINISHED_AGE;
	if (age < p->settings.cache_timeout)
		return true;
	/* or the clock was set forward */
	if (task_file_young(p->store, name, p->settings.cache_timeout, &young,
	    &e) != ERR_OK)
		log_error("%s", e.text);
	return young;
}

static bool
keep_spooled(struct poller *p, const char *name, int64_t age)
{
	bool needed = true;
	struct error e;

	if (solver_needs_file(name, age))
		return true;
	if (is_temporary(name))
		return age < UNFINISHED_AGE;
	if (age < SPOOL_AGE)
		return true;
	if (task_media_needed(p->store, name, &needed, &e) != ERR_OK)
		log_error("%s", e.text);
	return needed;
}

/* The next files of the folder; true: there are more. */
static bool
sweep_files(struct poller *p, keep_fn *keep)
{
	struct sweep *s = p->sweep;
	int64_t now = clock_now();
	struct dirent *entry;

	for (int n = 0; n < SLICE_FILES; n++) {
		struct stat st;

		if ((entry = readdir(s->dir)) == NULL)
			return false;
		if (fstatat(dirfd(s->dir), entry->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (keep(p, entry->d_name, now - (int64_t)st.st_mtime)) {
			s->bytes += (uint64_t)st.st_size;
			s->files++;
		} else {
			unlinkat(dirfd(s->dir), entry->d_name, 0);
		}
	}
	return true;
}

static bool
sweep_folder(struct poller *p, const char *path, keep_fn *keep)
{
	struct sweep *s = p->sweep;

	if (s->dir == NULL) {
		s->bytes = s->files = 0;
		s->dir = opendir(path);
	}
	if (s->dir == NULL) {
		log_error("cannot read folder %s", path);
		return false;
	}
	if (sweep_files(p, keep))
		return true;
	closedir(s->dir);
	s->dir = NULL;
	return false;
}

static bool
sweep_cache(struct poller *p)
{
	if (sweep_folder(p, p->conf->cache_dir, keep_cached))
		return true;
	meter_set(METER_CACHE_BYTES, p->sweep->bytes);
	meter_set(METER_CACHE_FILES, p->sweep->files);
	return false;
}

static bool
sweep_spool(struct poller *p)
{
	return sweep_folder(p, p->site->spool_dir, keep_spooled);
}

static bool
sweep_tasks(struct poller *p)
{
	int forgotten;
	struct error e;

	if (task_forget(p->store, p->conf->keep_tasks, SLICE_TASKS,
	    &forgotten, &e) != ERR_OK) {
		log_warn("old tasks: %s", e.text);
		return false;
	}
	return forgotten == SLICE_TASKS;
}

static bool
sweep_log(struct poller *p)
{
	store_checkpoint(p->store);
	return false;
}

/* More often than the rest: the request log would outgrow its bound in between. */
static void
sweep_rows(struct poller *p)
{
	int64_t now = clock_mono_ms();
	bool more = false;
	struct error e;

	if (now < p->sweep->rows_ms)
		return;
	if (aged_forget(p->store, &more, &e) != ERR_OK)
		log_warn("old rows: %s", e.text);
	p->sweep->rows_ms = now + (more ? ROWS_MORE_MS : ROWS_MS);
}

void
sweep_run(struct poller *p)
{
	static bool (*const parts[])(struct poller *) = {
		sweep_cache, sweep_spool, sweep_tasks, sweep_log,
	};
	struct sweep *s = p->sweep;
	int64_t began = clock_mono_ms(), now;

	sweep_rows(p);
	if (began < s->next_ms)
		return;
	if (!parts[s->part](p))
		s->part++;
	now = clock_mono_ms();
	s->next_ms = now + (now - began) + 1;
	if (s->part < NELEM(parts))
		return;
	s->part = 0;
	s->next_ms = now + p->conf->sweep_interval * 1000;
}

int64_t
sweep_next(const struct sweep *s)
{
	return s->next_ms;
}

struct sweep *
sweep_new(void)
{
	return xcalloc(1, sizeof(struct sweep));
}

void
sweep_free(struct sweep *s)
{
	if (s->dir != NULL)
		closedir(s->dir);
	free(s);
}
