/* SPDX-License-Identifier: MIT */
/* task_names.c: what the kinds, statuses and steps of a task are called. */
#include "task.h"

#include <assert.h>
#include <string.h>

#include "attr.h"

static const char *const kinds[] = {
	[TASK_VIDEO] = "video",
	[TASK_IMAGE] = "image",
	[TASK_CHARACTER] = "character",
};

static const char *const statuses[] = {
	[TASK_QUEUED] = "queued",
	[TASK_PROCESSING] = "processing",
	[TASK_COMPLETED] = "completed",
	[TASK_FAILED] = "failed",
	[TASK_CANCELLED] = "cancelled",
};

static const char *const steps[] = {
	[STEP_ASSIGN] = "assign",
	[STEP_CLIP] = "clip",
	[STEP_UPLOAD] = "upload",
	[STEP_CREATE] = "create",
	[STEP_CREATING] = "creating",
	[STEP_RECONCILE] = "reconcile",
	[STEP_POLL] = "poll",
	[STEP_RESOLVE] = "resolve",
	[STEP_PUBLISH] = "publish",
	[STEP_PARSE] = "parse",
	[STEP_DOWNLOAD] = "download",
	[STEP_UNPUBLISH] = "unpublish",
	[STEP_CLIP_SENDING] = "clip_sending",
	[STEP_CAMEO] = "cameo",
	[STEP_ASSET] = "asset",
	[STEP_PICTURE] = "picture",
	[STEP_NAME] = "name",
	[STEP_FINALIZE] = "finalize",
	[STEP_FINALIZING] = "finalizing",
	[STEP_FINALIZE_LOST] = "finalize_lost",
	[STEP_SHOW] = "show",
	[STEP_DONE] = "done",
};

const char *
task_status_name(enum task_status s)
{
	assert(s < NELEM(statuses));
	return statuses[s];
}

const char *
task_status_shown(enum task_status s)
{
	return s == TASK_PROCESSING ? "in_progress" : task_status_name(s);
}

const char *
task_step_name(enum task_step s)
{
	assert(s < NELEM(steps));
	return steps[s];
}

const char *
task_kind_name(enum task_kind k)
{
	assert(k < NELEM(kinds));
	return kinds[k];
}

bool
task_is_terminal(enum task_status s)
{
	return s != TASK_QUEUED && s != TASK_PROCESSING;
}

static int
find(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

int
task_kind_find(const char *name)
{
	return find(name, kinds, NELEM(kinds));
}

int
task_status_find(const char *name)
{
	return find(name, statuses, NELEM(statuses));
}

int
task_step_find(const char *name)
{
	return find(name, steps, NELEM(steps));
}
