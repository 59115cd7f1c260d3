/* SPDX-License-Identifier: MIT */
/* download.h: results into the cache. */
#ifndef POLLER_DOWNLOAD_H
#define POLLER_DOWNLOAD_H

#include "client.h"

struct call_response;
struct file;
struct job;

/* Fetches a file for the job; `done` begins with job_end. */
void	download_fetch(struct job *job, const char *url, transfer_fn *done);
/* As the next; `seed` is what the file's name is made of. */
const char *download_commit(struct job *job, struct file *f, const char *seed, const char **why);
/* Takes the file that came from `url` into the cache: its name, or NULL, and why not. */
const char *download_keep(struct job *job, const struct call_response *r, const char *url,
	    const char **why);
/* As clients are told where it is. */
const char *download_url(const struct job *job, const char *file);
/* Fetches the result of a job whose time has come. */
void	download_take(struct job *job);

#endif
