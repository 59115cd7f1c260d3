/* SPDX-License-Identifier: MIT */
/* token_server.h: a token that stands for a server, as the command line says. */
#ifndef CTL_TOKEN_SERVER_H
#define CTL_TOKEN_SERVER_H

#include "error.h"

struct arena;
struct token;

struct server_text {		/* of the command line; NULL: not given */
	const char	*base_url;	/* makes it a server */
	const char	*models;	/* "name,name=upstream name,..." */
	const char	*options;	/* JSON object */
	const char	*preset;
};

/*
 * Fills in what makes `t` a server, checked; nothing without base_url.
 * ERR_INVALID_VALUE, also when the rest is there without it, or what only
 * accounts have with it.
 */
MUST_CHECK enum err server_fill(const struct server_text *s, struct token *t, struct arena *a,
    struct error *e);

#endif
