/* SPDX-License-Identifier: MIT */
/* report.h: the sandbox's memory as JSON, for tests. */
#ifndef SANDBOX_REPORT_H
#define SANDBOX_REPORT_H

#include <cjson/cJSON.h>
#include <stdbool.h>

struct sandbox;

/* Limits, counters, accounts, faults and, if wanted, tasks and prompts. With the lock held. */
cJSON	*report_json(struct sandbox *sb, bool with_tasks);

#endif
