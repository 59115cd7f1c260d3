/* SPDX-License-Identifier: MIT */
/*
 * character_row.h: for those who read characters, and those who write tasks.
 * Only src/store includes this.
 */
#ifndef CHARACTER_ROW_H
#define CHARACTER_ROW_H

#include "error.h"
#include "task.h"

struct character;
struct query;
struct store;

/* In the order in which character_from_row reads them. */
#define CHARACTER_COLUMNS \
	"id, cameo_id, character_id, token_id, username, display_name," \
	" profile_url, instruction_set, safety_instruction_set, visibility," \
	" status, created_at, updated_at"

void	character_from_row(struct query *q, struct arena *a, struct character *c);

/*
 * Writes the change of the character that the task makes: to be called inside a
 * transaction. A row that is gone is no failure.
 */
MUST_CHECK enum err character_apply(struct store *st, const struct task *t,
    const struct cameo_change *c, struct error *e);

#endif
