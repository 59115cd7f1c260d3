/* SPDX-License-Identifier: MIT */
/* commit.h: decisions about jobs, written together. */
#ifndef POLLER_COMMIT_H
#define POLLER_COMMIT_H

#include <stdint.h>

struct job;
struct poller;
struct task_change;

/*
 * Notes what is to be written about a job; strings are copied. The job must not
 * be decided, nor have a transfer on its way: see job_abandon.
 */
void	decide(struct job *job, const struct task_change *change);
/* The job is as its row says, or is about to be freed. */
void	decision_forget(struct job *job);
/*
 * Writes all decisions in one transaction, and reads what came of them; those
 * that the database could not take, for it is busy or full, wait.
 */
void	decisions_write(struct poller *p);
/* When the next is to be written, clock_mono_ms; INT64_MAX: none waits. */
int64_t	decisions_next(const struct poller *p);

#endif
