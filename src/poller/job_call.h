/* SPDX-License-Identifier: MIT */
/* job_call.h: calls of an upstream for a job; those of no job: call.h. */
#ifndef POLLER_JOB_CALL_H
#define POLLER_JOB_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "client.h"
#include "error.h"
#include "provider.h"

struct call_request;
struct call_response;
struct job;
struct outcome;
struct task;

/* The first reference that the token does not have yet, or their number. */
size_t	job_next_media(const struct task *t);
/* The answer as the provider reads it; a token that is gone in between answers like a lost one. */
void	job_answer(struct job *job, enum call call, const struct call_response *r,
	    struct outcome *out);
/* Whether the token was refused and is being renewed: the task keeps it. */
bool	job_refused(struct job *job, const struct outcome *o);
/* Starts a call of the job's token, which counts in `*counter` until job_end; why there can be none. */
MUST_CHECK enum err job_ask(struct job *job, enum call call, int *counter, transfer_fn *done,
	    struct error *e);
/* The same; it counts as sending. */
MUST_CHECK enum err job_call(struct job *job, enum call call, transfer_fn *done, struct error *e);
/* Fetches a file for it, through its token's proxy. */
void	job_fetch(struct job *job, struct call_request *rq, int *counter, transfer_fn *done);

#endif
