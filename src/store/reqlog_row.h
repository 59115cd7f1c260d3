/* SPDX-License-Identifier: MIT */
/*
 * reqlog_row.h: for those who accept tasks and end them. To be called inside a
 * transaction. Only src/store includes this.
 */
#ifndef REQLOG_ROW_H
#define REQLOG_ROW_H

#include "error.h"
#include "task.h"

struct store;

/* The row of a new task, which runs. */
MUST_CHECK enum err reqlog_begin(struct store *st, const struct task *t,
    const char *request_body, struct error *e);
/* What became of it, as it is stored. `now`: Unix milliseconds. A row that is gone is no failure. */
MUST_CHECK enum err reqlog_finish(struct store *st, const struct task *t,
    const struct task_change *c, int64_t now, struct error *e);

#endif
