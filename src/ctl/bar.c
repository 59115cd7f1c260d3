/* SPDX-License-Identifier: MIT */
/* bar.c: tasks as lines of a terminal. */
#include "ctl/bar.h"

#include <stdio.h>
#include <string.h>

#include "task.h"

#define BAR_WIDTH	20

void
bar_draw(char *out, size_t size, double percent, int width)
{
	double within = percent > 0 ? percent < 100 ? percent : 100 : 0;
	int done = (int)(within * width / 100);
	size_t n = 0;

	if (size == 0)
		return;
	for (int i = -1; i <= width && n + 1 < size; i++)
		out[n++] = i < 0 ? '[' : i == width ? ']' : i < done ? '#'
		    : i == done ? '>' : ' ';
	out[n] = '\0';
	snprintf(out + n, size - n, " %3d %%", (int)within);
}

void
bar_age(char *out, size_t size, int64_t seconds)
{
	long long s = seconds < 0 ? 0 : seconds;

	if (s >= 3600)
		snprintf(out, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(out, size, "%lldm%02llds", s / 60, s % 60);
	else
		snprintf(out, size, "%llds", s);
}

/* What is behind the bar: of a task that ended how long it took, and why it failed. */
static void
describe(char *out, size_t size, const struct task *t, int64_t now)
{
	char age[32];
	int64_t end = t->completed_at != 0 ? t->completed_at : now;

	bar_age(age, sizeof(age), end - t->created_at);
	if (t->status == TASK_FAILED && t->error_code != NULL)
		snprintf(out, size, "%s %s", age, t->error_code);
	else if (t->token_id != 0)
		snprintf(out, size, "%s token %lld %s", age,
		    (long long)t->token_id, task_step_name(t->step));
	else
		snprintf(out, size, "%s", age);
}

void
bar_task(char *out, size_t size, const struct task *t, int64_t now,
    int columns)
{
	char bar[64], rest[128];

	if (size == 0)
		return;
	bar_draw(bar, sizeof(bar), t->progress, BAR_WIDTH);
	describe(rest, sizeof(rest), t, now);
	snprintf(out, size, "%-28s %-10s %s %s", t->task_id,
	    task_status_name(t->status), bar, rest);
	if (columns >= 0 && (size_t)columns < strlen(out))
		out[columns] = '\0';
}
