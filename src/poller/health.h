/* SPDX-License-Identifier: MIT */
/* health.h: servers that fail rest, longer each time. */
#ifndef POLLER_HEALTH_H
#define POLLER_HEALTH_H

#include <stdbool.h>

#include "provider.h"

struct pool_token;
struct job;
struct outcome;

/* An answer of the job's server came: it is well, or is to rest. */
void	health_note(struct job *job, enum call call, const struct outcome *o);
/* The same of an answer that is about no one job. */
void	health_note_list(struct pool_token *pt, const struct outcome *o);
/*
 * Whether it may be asked for the job now: after a rest one call at a time shows
 * whether it is well, and jobs that failed last time do not keep others from it.
 */
bool	health_allows(struct pool_token *pt, const struct job *job);
/* Where a look at the job counts. */
int	*health_asking(struct pool_token *pt, const struct job *job);
/* Whether nothing is to be sent there. */
bool	health_rests(const struct pool_token *pt);

#endif
