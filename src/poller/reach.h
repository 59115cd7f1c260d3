/* reach.h: upstreams that cannot be reached: such time does not count. */
#ifndef POLLER_REACH_H
#define POLLER_REACH_H

struct account;
struct call_response;
struct poller;

/* An answer of the account's upstream came, or there was none. */
void	reach_note(struct account *acc, const struct call_response *r);
/* The account is about to go. */
void	reach_forget(struct account *acc);
/* Once a second: how long upstreams have been out of reach is stored with their tasks. */
void	reach_store(struct poller *p);

#endif
