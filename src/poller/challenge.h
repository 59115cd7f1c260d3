/* SPDX-License-Identifier: MIT */
/* challenge.h: new credentials from the operator's solver. */
#ifndef POLLER_CHALLENGE_H
#define POLLER_CHALLENGE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct challenge;
struct site;
struct job;
struct poller;
struct solver_credentials;

struct challenge *challenge_new(const struct site *site);
void	challenge_free(struct challenge *c);
/* What goes with a request to the upstream now; NULL: nothing. */
const struct solver_credentials *poller_solver(struct poller *p, struct arena *a);
/* A request that was sent then met a challenge: the solver is asked. */
void	challenge_seen(struct poller *p, int64_t sent_ms);
/* Whether the job waits for what the solver says. */
bool	challenge_holds(const struct job *job);
/* Asks the solver when new credentials are wanted. */
void	challenge_continue(struct poller *p);

#endif
