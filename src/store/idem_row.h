/* SPDX-License-Identifier: MIT */
/* idem_row.h: for task_submit. Only src/store includes this. */
#ifndef IDEM_ROW_H
#define IDEM_ROW_H

#include "error.h"

struct idem;
struct store;
struct task;

/* Ties a claimed key to its task and answer: to be called inside a transaction. */
MUST_CHECK enum err idem_store(struct store *st, const struct idem *idem, const struct task *t,
    struct error *e);

#endif
