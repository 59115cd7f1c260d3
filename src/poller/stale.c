/* SPDX-License-Identifier: MIT */
/* stale.c: results of deleted videos go from the cache at once, not with their time. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "conf.h"
#include "log.h"
#include "poller.h"
#include "stale.h"
#include "stale_file.h"

/* One that cannot be removed stays until the sweep finds it old. */
static void
remove_file(const struct poller *p, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", p->conf->cache_dir, name);
	if (unlink(path) != 0 && errno != ENOENT)
		log_warn("%s, the result of a deleted video, cannot be "
		    "removed: %s", path, strerror(errno));
}

void
stale_files_remove(struct poller *p)
{
	struct arena *a = arena_new();
	struct stale_file *files;
	struct error e;
	size_t n;
	enum err rc = stale_file_list(p->store, a, &files, &n, &e);

	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		if (!files[i].used)
			remove_file(p, files[i].name);
		rc = stale_file_done(p->store, files[i].name, &e);
	}
	if (rc != ERR_OK)
		log_warn("results of deleted videos: %s", e.text);
	arena_free(a);
}
