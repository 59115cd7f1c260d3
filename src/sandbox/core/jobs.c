/* SPDX-License-Identifier: MIT */
/* jobs.c: the life of a task's object. */
#include "jobs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "ids.h"
#include "sandbox/sora/accounts.h"
#include "xalloc.h"

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	free(job->id);
	free(job->gen_id);
	free(job->uuid);
	free(job->prompt);
	free(job->style);
	free(job->remix_target);
	free(job->model);
	free(job->fields);
	free(job->input_sha256);
	free(job->prompt_json);
	free(job->config_json);
	free(job);
}

void
job_list_append(struct job_list *list, struct job *job)
{
	list->at = xgrow(list->at, list->n, &list->cap, sizeof(struct job *));
	list->at[list->n++] = job;
}

void
job_list_insert(struct job_list *list, struct job *job)
{
	size_t i;

	job_list_append(list, job);
	for (i = list->n - 1; i > 0; i--) {
		if (job_visible_mono(list->at[i - 1]) <= job_visible_mono(job))
			break;
		list->at[i] = list->at[i - 1];
	}
	list->at[i] = job;
}

void
job_add(struct sandbox *sb, struct job *job)
{
	if (job->id == NULL)
		job->id = new_ulid("task_");
	job->gen_id = new_ulid("gen_");
	job->uuid = new_file_uuid();
	job->created_ms = clock_now_ms();
	job->created_mono = timeline_now();
	job_list_append(&sb->jobs, job);
	job_list_append(job->image ? &job->account->images
	    : &job->account->open, job);
	job->account->created++;
	index_put(sb, INDEX_JOB, job->id, job);
	if (!job->image)	/* of which there are no drafts and posts */
		index_put(sb, INDEX_GENERATION, job->gen_id, job);
	index_put(sb, INDEX_FILE_JOB, job->uuid, job);
}

void
job_abort(struct job *job)
{
	job->gone = true;
	job->timeline = (struct timeline){ .ending = END_VANISH };
}

int64_t
job_visible_mono(const struct job *job)
{
	int64_t age = timeline_visible(&job->timeline);

	return age == TIMELINE_NEVER ? age : job->created_mono + age;
}

int64_t
job_visible_ms(const struct job *job)
{
	int64_t age = timeline_visible(&job->timeline);

	return age == TIMELINE_NEVER ? age : job->created_ms + age;
}

struct moment
job_moment(const struct job *job, int64_t now)
{
	return timeline_at(&job->timeline, now - job->created_mono);
}

double
job_seconds(const struct job *job)
{
	return job->n_frames / 30.0;
}

void
write_time(char out[32], int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, 32 - n, ".%03d000Z", (int)(ms % 1000));
}
