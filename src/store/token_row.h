/* token_row.h: what the files that write tokens share. Only src/store includes this. */
#ifndef TOKEN_ROW_H
#define TOKEN_ROW_H

#include "task.h"
#include "token.h"

/*
 * Writes what an answer said about a token: to be called inside a transaction.
 * A token that is gone is no failure.
 */
MUST_CHECK enum err token_apply(struct store *st, int64_t id, enum task_kind kind,
    const struct token_change *c, int ban_threshold, struct error *e);

/*
 * token_add without a transaction of its own: to be called inside one. A
 * created_at that is set stays.
 */
MUST_CHECK enum err token_insert(struct store *st, struct token *t, struct error *e);

#endif
