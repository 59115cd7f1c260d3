/* SPDX-License-Identifier: MIT */
/*
 * server_ask.h: finding out what an OpenAI-compatible server is and which models
 * it has, by questions that change nothing there. Pure.
 */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "provider.h"

struct arena;
struct openai_options;

enum server_question {		/* each a GET; in this order */
	ASK_MODELS,		/* {base}/models */
	ASK_OPENAPI,		/* /openapi.json: only to find out what it is, as the next */
	ASK_UNKNOWN,		/* {base}/videos/{an id that nobody gave} */
};

/* The question as a request; `key` goes along as the options say. */
void	server_build(enum server_question q, const struct openai_options *b, const char *key, struct arena *a,
	    struct call_request *out);
/* Adds what an answer tells; one that cannot be read tells nothing. */
void	server_read(enum server_question q, const struct openai_options *b, const struct call_response *r,
	    struct arena *a, struct server_findings *f);
/* As JSON text for tokens.found, see options.h; a server that is not known counts as openai. */
const char *server_found(const struct server_findings *f, struct arena *a);

extern const struct server_facet openai_server;

#endif
