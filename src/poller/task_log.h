/* SPDX-License-Identifier: MIT */
/* task_log.h: log lines about a task. */
#ifndef POLLER_TASK_LOG_H
#define POLLER_TASK_LOG_H

#include "attr.h"
#include "log.h"

struct task;

/* "task ID: ...", with the id of the request that made the task in front. */
void	task_log(const struct task *t, enum log_level level, const char *fmt, ...)
	    PRINTF_LIKE(3, 4);

#endif
