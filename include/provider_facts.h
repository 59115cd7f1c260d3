/* SPDX-License-Identifier: MIT */
/*
 * provider_facts.h: what a provider says of itself and of its tokens, for the
 * rooms that do not speak to it. Which providers there are is one table,
 * src/upstream/provider.c. Thread-safe.
 */
#ifndef PROVIDER_FACTS_H
#define PROVIDER_FACTS_H

#include <stdbool.h>

#include "error.h"

struct arena;
struct token;

struct provider_facts {
	const char	*name;		/* tokens.provider; printable ASCII, never changes */
	bool		 is_server;	/* a token is the address of a server and its key, else an account */
	bool		 catalogue;	/* makes all of model.h's catalogue, with all features; else see `offer` */
	bool		 by_job;	/* CALL_JOB tells of one task; else lists tell of all of a token:
					   CALL_PENDING, CALL_DRAFTS, CALL_RECENT */
	bool		 publishes;	/* CALL_PUBLISH and CALL_UNPUBLISH; links of finished tasks are public */
	bool		 has_quota;	/* CALL_QUOTA */
	/*
	 * Checks what the row says (base_url, models, options, found) and fills
	 * t->base_url as it will be stored, t->terms and t->own; ERR_INVALID_VALUE
	 * with the field as param. NULL: there is nothing to read.
	 */
	enum err	(*read)(struct token *t, struct arena *a, struct error *e);
	/* What a token that was read can do, as offer_print (capability.h); NULL with `catalogue`. */
	const char	*(*offer)(const struct token *t, struct arena *a);
};

/* Of the provider with that name; NULL: there is none. */
const struct provider_facts *provider_facts(const char *name);
/* Of who serves a token that names none. */
const struct provider_facts *provider_usual(void);
/* Of who serves a token that is told by the address of a server. */
const struct provider_facts *provider_of_servers(void);
/* The names of those that ship, NULL at the end. */
extern const char *const provider_names[];

#endif
