/* SPDX-License-Identifier: MIT */
/* expire.h: tasks whose time is over. */
#ifndef POLLER_EXPIRE_H
#define POLLER_EXPIRE_H

struct job;
struct poller;

/* The job is as its row says now: its time is looked at when it may be over. */
void	expire_plan(struct job *job);
/* Once a second: ends what waited too long for a token, and jobs whose time is over. */
void	expire_run(struct poller *p);

#endif
