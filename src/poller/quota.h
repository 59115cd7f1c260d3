/* SPDX-License-Identifier: MIT */
/* quota.h: how many videos a token has left. */
#ifndef POLLER_QUOTA_H
#define POLLER_QUOTA_H

struct pool_token;
struct poller;

/* Once a second: reads those that are due. */
void	quota_start(struct poller *p);
/* A video came, or its quota ran out: it is read soon. */
void	quota_want(struct pool_token *pt);
/* The token is about to go. */
void	quota_cancel(struct pool_token *pt);

#endif
