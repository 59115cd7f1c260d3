/* SPDX-License-Identifier: MIT */
/*
 * visit.h: what all requests share: who asks, counters, faults, and the shape of
 * answers to errors.
 */
#ifndef SANDBOX_VISIT_H
#define SANDBOX_VISIT_H

#include "faults.h"
#include "http.h"
#include "state.h"

struct visit {			/* of an accept thread: req.ctx */
	struct sandbox		*sb;
	struct account		*account;	/* who asks; NULL on public routes */
	struct aftermath	 after;
	struct manners		 manners;	/* a dialect's, at the start of this request */
	char			 credential[65];	/* SHA-256 of what was shown; "": nothing */
};

/* For server_conf; its app is the struct sandbox. */
extern const struct server_ops sandbox_ops;

/* The request's visit. */
struct visit	*visit_get(const struct req *rq);
/*
 * On a public route: who asks after all (NULL: somebody unknown) and what he
 * showed (NULL: nothing). With the lock held.
 */
void		 visit_identify(const struct req *rq, struct account *ac, const char *secret);

#endif
