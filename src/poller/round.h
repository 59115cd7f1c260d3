/* SPDX-License-Identifier: MIT */
/*
 * round.h: reading a token's lists, for all its jobs at once; and finding
 * jobs in them whose create was interrupted.
 */
#ifndef POLLER_ROUND_H
#define POLLER_ROUND_H

#include <stdbool.h>
#include <stdint.h>

struct pool_token;
struct job;
struct poller;

/* Whether a list tells of the job: it is with an upstream that has lists. */
bool	round_lists(const struct job *job);
/* A token got a job to look for: its round comes when it is due, or at once. */
void	round_wake(struct pool_token *pt);
/* The next round is at that time, clock_mono_ms. */
void	round_at(struct pool_token *pt, int64_t when);
/* Ends the one that is on; there may be none. */
void	round_drop(struct pool_token *pt);
/* Starts the rounds that are due, as far as there is room; true: more are due now. */
bool	rounds_run(struct poller *p);
/* When the next one is due, clock_mono_ms; INT64_MAX: none, or there is no room. */
int64_t	rounds_next(const struct poller *p);
/* Whether a create must wait because a task with the same prompt is being looked for. */
bool	reconcile_blocks(const struct job *job);

#endif
