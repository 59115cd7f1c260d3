/* SPDX-License-Identifier: MIT */
/*
 * clearance.h: the challenge that may stand before the service, and the helper
 * service that solves it. Called with the lock held.
 */
#ifndef SANDBOX_CLEARANCE_H
#define SANDBOX_CLEARANCE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "error.h"

struct req;
struct sandbox;

struct clearance {		/* all owned */
	bool		 required;	/* of every call below /backend */
	char		*good;		/* the value of cf_clearance that passes */
	char		*cached;	/* the one that the solver gives out; NULL: it has none */
	char		*user_agent;	/* that goes with it; NULL: the solver gives none */
	char		*key;		/* of the solver; NULL: needs none */
	cJSON		*cookies;	/* that the solver gives out */
};

void	clearance_init(struct clearance *c);
void	clearance_clear(struct clearance *c);
/* From the control path. */
MUST_CHECK enum err clearance_set(struct sandbox *sb, const cJSON *body, struct error *e);
/* Refuses a request that has not passed the challenge, if it has to. */
MUST_CHECK enum err clearance_check(const struct sandbox *sb, const struct req *rq, struct error *e);

#endif
