/* SPDX-License-Identifier: MIT */
/* token_row.h: what the files that write tokens share. Only src/store includes this. */
#ifndef TOKEN_ROW_H
#define TOKEN_ROW_H

#include "digest.h"
#include "task.h"
#include "token_store.h"

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
/* What makes a token unique: its access token, or its server and key. */
void	token_identity(const struct token *t, unsigned char hash[DIGEST_SHA256_LEN]);
/*
 * The offer of a token that was read, stored if it is new: to be called
 * inside the transaction that gives it to the token.
 */
MUST_CHECK enum err offer_of_token(struct store *st, const struct token *t, struct arena *a,
    int64_t *offer, struct error *e);

/* What the edit makes of a loaded token's server; nothing is written. ERR_INVALID_VALUE. */
MUST_CHECK enum err token_change_server(struct token *t, const struct token_edit *edit,
    struct arena *a, struct error *e);
MUST_CHECK enum err token_write_server(struct store *st, const struct token *t, struct arena *a,
    struct error *e);

/* What a server is called: its host. */
const char	*token_server_name(const struct token *t, struct arena *a);

#endif
