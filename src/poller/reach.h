/* SPDX-License-Identifier: MIT */
/* reach.h: upstreams that cannot be reached: such time does not count. */
#ifndef POLLER_REACH_H
#define POLLER_REACH_H

struct pool_token;
struct call_response;
struct poller;

/* An answer of the token's upstream came, or there was none. */
void	reach_note(struct pool_token *pt, const struct call_response *r);
/* The token is about to go. */
void	reach_forget(struct pool_token *pt);
/* Once a second: how long upstreams have been out of reach is stored with their tasks. */
void	reach_store(struct poller *p);

#endif
