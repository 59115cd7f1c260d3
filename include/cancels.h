/* SPDX-License-Identifier: MIT */
/*
 * cancels.h: tasks that are to be cancelled because nobody waits for them any more.
 *
 * Who notices that, the lounge's thread, has all other waiting requests to see to
 * and waits for no writer. So it only says so here; a thread with a connection of
 * its own writes what has come together, in one transaction, and tries again
 * while the database is busy or full.
 */
#ifndef CANCELS_H
#define CANCELS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct cancels;
struct store;

/*
 * Starts the thread; until cancels_stop returned, `store` is for it alone, then the
 * caller closes it. All signals should be blocked in the caller: the thread
 * inherits that.
 */
MUST_CHECK enum err cancels_new(struct store *store, struct cancels **out, struct error *e);
/*
 * Cancels the task soon, as task_cancel would; one that has ended or is gone by then
 * is left. `reason` is borrowed for good: a literal. Any thread; does not wait.
 */
void	cancels_add(struct cancels *c, int64_t row, bool only_unsubmitted, const char *reason);
/* Writes what is left, unless the database is busy; ends the thread and frees. NULL is fine. */
void	cancels_stop(struct cancels *c);

#endif
