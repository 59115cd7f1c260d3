/* SPDX-License-Identifier: MIT */
/* poll.h: asking for each job by itself, where there are no lists. */
#ifndef POLLER_POLL_H
#define POLLER_POLL_H

#include <stdint.h>

struct pool_token;
struct job;

/* When to ask for the job: after `hint_ms` (0: as its server's options say). */
void	poll_plan(struct job *job, int64_t hint_ms);
/* Asks for it as soon as it can be, whatever was planned. */
void	poll_now(struct job *job);
/* Asks for a job whose time has come. */
void	poll_take(struct job *job);
/* The server is well again: jobs that failed are asked for soon. */
void	polls_hasten(struct pool_token *pt);

#endif
