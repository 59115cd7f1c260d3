/* SPDX-License-Identifier: MIT */
/* publish.h: the file without watermark. */
#ifndef POLLER_PUBLISH_H
#define POLLER_PUBLISH_H

struct job;
struct parse_rest;

/* What is known of the parse service: that it works; to be freed with free(3). */
struct parse_rest *parse_rest_new(void);
/* Takes the step of a post that is due. */
void	publish_take(struct job *job);

#endif
