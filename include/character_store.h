/* SPDX-License-Identifier: MIT */
/* character_store.h: the rows of the characters. */
#ifndef CHARACTER_STORE_H
#define CHARACTER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "character.h"
#include "error.h"

struct arena;
struct store;
struct task;

/* Newest first; of one token, or of all when it is 0. */
MUST_CHECK enum err character_list(struct store *st, int64_t token_id, struct arena *a,
    struct character **out, size_t *n, struct error *e);
/* ERR_NOT_FOUND "Character not found". */
MUST_CHECK enum err character_load(struct store *st, const char *cameo_id, struct arena *a,
    struct character *out, struct error *e);
/* Its id goes to c->id, its times are set. ERR_CONFLICT when the cameo id is stored already. */
MUST_CHECK enum err character_add(struct store *st, struct character *c, struct error *e);
/* NULL leaves what is stored, "" clears an instruction set; updated_at becomes now. ERR_NOT_FOUND. */
MUST_CHECK enum err character_change(struct store *st, const char *cameo_id,
    const char *instruction_set, const char *safety_instruction_set, const char *visibility,
    struct error *e);
/* Here only. ERR_NOT_FOUND. */
MUST_CHECK enum err character_delete(struct store *st, const char *cameo_id, struct error *e);

/*
 * Fills t->character with the one that the task makes or made, all of it, or
 * leaves it NULL: there is none.
 */
MUST_CHECK enum err character_load_of_task(struct store *st, struct task *t, struct arena *a,
    struct error *e);
/*
 * The token that alone knows a character mentioned in the prompt, for it is
 * private; 0: there is none. ERR_INVALID_VALUE on `param` when there are several
 * such tokens.
 */
MUST_CHECK enum err character_bound_token(struct store *st, const char *prompt, const char *param,
    struct arena *a, int64_t *token_id, struct error *e);

/*
 * Temporary ones whose task has ended, or is gone, and that are due to be
 * deleted by `now_ms`, oldest first: at most 64.
 */
MUST_CHECK enum err character_to_delete(struct store *st, int64_t now_ms, struct arena *a,
    struct character **out, size_t *n, struct error *e);
/*
 * The upstream made the character of that task (its row), which had ended by
 * then: it is temporary from now on, so that it is deleted there.
 */
MUST_CHECK enum err character_unwanted(struct store *st, int64_t task, const char *character_id,
    struct error *e);
/* It was deleted upstream. One that is gone here is no failure, nor below. */
MUST_CHECK enum err character_deleted(struct store *st, int64_t id, struct error *e);
/* It was not: again at that time, or, when it is 0, never. */
MUST_CHECK enum err character_delete_again(struct store *st, int64_t id, int64_t due_ms,
    struct error *e);

#endif
