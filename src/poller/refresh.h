/* SPDX-License-Identifier: MIT */
/* refresh.h: renewing access tokens. */
#ifndef POLLER_REFRESH_H
#define POLLER_REFRESH_H

#include <stdbool.h>

struct pool_token;
struct account_result;
struct poller;

/*
 * The upstream refused the access token. True when it is being renewed, or
 * will be: its jobs wait. False when it cannot be, or just was.
 */
bool	refresh_begin(struct pool_token *pt);
/* Whether the token's jobs wait for a new token. */
bool	refresh_waits(const struct pool_token *pt);
/* Once a second: what has to be stored or tried again. */
void	refresh_continue(struct poller *p);
/* The token is about to go. */
void	refresh_cancel(struct pool_token *pt);
/* Tokens that end soon. */
void	refresh_due(struct poller *p);
/* What came of renewing the access token of the pool_token `arg`. */
void	refresh_told(void *arg, const struct account_result *r);

#endif
