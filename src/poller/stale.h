/* SPDX-License-Identifier: MIT */
/* stale.h: results of deleted videos leave the cache. */
#ifndef POLLER_STALE_H
#define POLLER_STALE_H

struct poller;

/* Removes those that were noted since. */
void	stale_files_remove(struct poller *p);

#endif
