/* SPDX-License-Identifier: MIT */
/* jobs.h: tasks and the lists they are in. Called with the lock held. */
#ifndef SANDBOX_JOBS_H
#define SANDBOX_JOBS_H

#include <cjson/cJSON.h>

#include "state.h"

void		 job_free(struct job *job);
/* Gives the task ids, but not one that it has, and times and takes it into the state and its account. */
void		 job_add(struct sandbox *sb, struct job *job);
/* Ends it where it is, and nobody knows it any more. */
void		 job_abort(struct job *job);
void		 job_list_append(struct job_list *list, struct job *job);
/* Keeps the list in the order in which the drafts become visible. */
void		 job_list_insert(struct job_list *list, struct job *job);
/* When its draft becomes visible: timeline_now, and wall clock; TIMELINE_NEVER. */
int64_t		 job_visible_mono(const struct job *job);
int64_t		 job_visible_ms(const struct job *job);
struct moment	 job_moment(const struct job *job, int64_t now);
double		 job_seconds(const struct job *job);
/* ISO 8601 with microseconds and Z, as the service writes it; out has 32 bytes. */
void		 write_time(char out[32], int64_t ms);

#endif
