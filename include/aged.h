/* SPDX-License-Identifier: MIT */
/*
 * aged.h: rows that have had their time: old rows of the request log, Idempotency-Keys
 * and sessions that have ended. Whoever reads them looks at their time itself; no
 * request pays for the removal of others' rows.
 */
#ifndef AGED_H
#define AGED_H

#include <stdbool.h>

#include "error.h"

struct store;

#define AGED_LOG_ROWS	10000	/* the newest that stay */

/* Removes some of each kind, in one short transaction; `*more`: it was not all. */
MUST_CHECK enum err aged_forget(struct store *st, bool *more, struct error *e);

#endif
