/* SPDX-License-Identifier: MIT */
/*
 * outbox.h: what is still to be said to somebody after its task has ended: that a
 * job, or a character that was made for one video, is to be deleted. Each is a
 * row of the database until it was said, or was given up after some tries.
 */
#ifndef POLLER_OUTBOX_H
#define POLLER_OUTBOX_H

#include "task.h"

struct job;
struct outbox;
struct poller;

struct outbox *outbox_new(struct poller *p);
/* Cancels what is on its way: it is said after the next start. */
void	outbox_free(struct outbox *box);
/* Once a second: begins to say what is due. */
void	outbox_run(struct outbox *box);
/* Whether the upstream's job is to be deleted once its task has ended so. */
bool	outbox_wants_job(struct job *job, enum task_status status);

#endif
