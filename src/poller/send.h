/* SPDX-License-Identifier: MIT */
/* send.h: uploads and creates. */
#ifndef POLLER_SEND_H
#define POLLER_SEND_H

struct job;

/* Takes a step that is due: an upload at once, a create after its mark was written. */
void	send_take(struct job *job);
/* Sends the create whose mark was written. */
void	send_marked(struct job *job);

#endif
