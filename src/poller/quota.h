/* quota.h: how many videos an account has left. */
#ifndef POLLER_QUOTA_H
#define POLLER_QUOTA_H

struct account;
struct poller;

/* Once a second: reads those that are due. */
void	quota_start(struct poller *p);
/* A video came, or its quota ran out: it is read soon. */
void	quota_want(struct account *acc);
/* The account is about to go. */
void	quota_cancel(struct account *acc);

#endif
