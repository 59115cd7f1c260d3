/* character_row.h: for those who write tasks. Only src/store includes this. */
#ifndef CHARACTER_ROW_H
#define CHARACTER_ROW_H

#include "task.h"

/*
 * Writes the change of the character that the task makes: to be called inside a
 * transaction. A row that is gone is no failure.
 */
MUST_CHECK enum err character_apply(struct store *st, const struct task *t,
    const struct cameo_change *c, struct error *e);

#endif
