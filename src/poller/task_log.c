/* SPDX-License-Identifier: MIT */
/* task_log.c: log lines about a task. */
#include "task_log.h"

#include <stdarg.h>
#include <stdio.h>

#include "task.h"

#define MAX_LINE	2048	/* a longer one is cut, as log.c does */

void
task_log(const struct task *t, enum log_level level, const char *fmt, ...)
{
	static void (*const logs[])(const char *, ...) = {
		[LOG_LEVEL_ERROR] = log_error, [LOG_LEVEL_WARN] = log_warn,
		[LOG_LEVEL_INFO] = log_info, [LOG_LEVEL_DEBUG] = log_debug,
	};
	char text[MAX_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_id_set(t->request_id);
	logs[level]("task %s: %s", t->task_id, text);
	log_id_set(NULL);
}
