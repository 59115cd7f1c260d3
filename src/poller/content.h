/* SPDX-License-Identifier: MIT */
/* content.h: results, from a server that is asked for each job. */
#ifndef POLLER_CONTENT_H
#define POLLER_CONTENT_H

struct call_response;
struct job;

/* Fetches the job's file. */
void	content_fetch(struct job *job);
/* Takes a file that came with an answer into the cache, and returns its name; or NULL, and why not. */
const char *content_keep(struct job *job, const struct call_response *r, const char **why);
/* What nobody took. */
void	content_drop(const struct call_response *r);

#endif
