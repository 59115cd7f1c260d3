/* SPDX-License-Identifier: MIT */
/* credential.h: with what a call was made, and whether an answer to it is about the present. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

struct pool_token;
struct outcome;
struct poller;
struct token;

struct credential {		/* two are the same when both members are; no secret can be had from them */
	uint64_t	 secrets;	/* access, session and refresh token, or the server's key, and whose they are */
	uint64_t	 way;		/* the proxy, and the server's options */
};

/* What a call with this token is made with now. */
struct credential credential_of(const struct poller *p, const struct token *t);
/* The same of the token's, as it is stored; false when that cannot be read. */
bool	credential_now(struct pool_token *pt, struct credential *out);
/*
 * Whether an answer to a call made so says something of the token as it is
 * now. If not, what it said of token and server is taken out of `o`, and what
 * was refused for their sake is to be sent again at once.
 */
bool	credential_judges(struct pool_token *pt, const struct credential *with, struct outcome *o);
/* Whether the token has the secrets still with which a call was made. */
bool	credential_is_kept(struct pool_token *pt, const struct credential *with);

#endif
