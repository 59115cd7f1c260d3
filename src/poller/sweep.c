/* sweep.c: what is old goes: cached results, and references nobody needs. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "log.h"
#include "meter.h"
#include "poller.h"
#include "site.h"
#include "solver.h"
#include "store.h"

#define UNFINISHED_AGE	3600	/* s: a temporary file of a request or process that is gone */
#define FORGET_AT_ONCE	200
#define SPOOL_AGE	600	/* s that a request may take from its file to its row */

typedef bool keep_fn(struct poller *p, const char *name, int64_t age);

static bool
is_temporary(const char *name)
{
	return name[0] == '.';
}

static bool
keep_cached(struct poller *p, const char *name, int64_t age)
{
	return age < (is_temporary(name) ? UNFINISHED_AGE
	    : p->settings.cache_timeout);
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

struct contents {		/* what stays in a folder */
	uint64_t	 bytes;
	uint64_t	 files;
};

static struct contents
sweep_folder(struct poller *p, const char *dir, keep_fn *keep)
{
	struct contents left = { 0 };
	DIR *d = opendir(dir);
	struct dirent *entry;
	int64_t now = clock_now();

	if (d == NULL) {
		log_error("cannot read folder %s", dir);
		return left;
	}
	while ((entry = readdir(d)) != NULL) {
		struct stat st;

		if (fstatat(dirfd(d), entry->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
			continue;
		if (keep(p, entry->d_name, now - (int64_t)st.st_mtime)) {
			left.bytes += (uint64_t)st.st_size;
			left.files++;
		} else {
			unlinkat(dirfd(d), entry->d_name, 0);
		}
	}
	closedir(d);
	return left;
}

/* In pieces, so that no request waits long for its turn to write. */
static void
forget_tasks(struct poller *p)
{
	int64_t before = clock_now() - p->conf->keep_tasks;
	int forgotten = FORGET_AT_ONCE;
	struct error e;

	while (forgotten == FORGET_AT_ONCE)
		if (task_forget(p->store, before, FORGET_AT_ONCE, &forgotten,
		    &e) != ERR_OK)
			log_warn("old tasks: %s", e.text);
}

void
sweep(struct poller *p)
{
	struct contents cache = sweep_folder(p, p->conf->cache_dir,
	    keep_cached);

	meter_set(METER_CACHE_BYTES, cache.bytes);
	meter_set(METER_CACHE_FILES, cache.files);
	sweep_folder(p, p->site->spool_dir, keep_spooled);
	forget_tasks(p);
	store_checkpoint(p->store);
}
