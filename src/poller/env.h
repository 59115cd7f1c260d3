/* SPDX-License-Identifier: MIT */
/* env.h: what the step machine needs to know of the world. */
#ifndef POLLER_ENV_H
#define POLLER_ENV_H

#include "step.h"

struct job;
struct poller;

/* What the step machine needs to know. */
struct step_env poller_env(struct poller *p);
/* The same for a task that has a token. */
struct step_env job_env(struct job *job);

#endif
