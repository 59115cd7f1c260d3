/* SPDX-License-Identifier: MIT */
/* servers.h: servers are asked what they are and which models they have. */
#ifndef POLLER_SERVERS_H
#define POLLER_SERVERS_H

struct poller;

/* Asks servers what they are and which models they have, now and then. */
void	servers_ask(struct poller *p);
void	servers_free(struct poller *p);

#endif
