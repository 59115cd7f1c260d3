/* SPDX-License-Identifier: MIT */
/* token_store.h: the rows of the tokens. */
#ifndef TOKEN_STORE_H
#define TOKEN_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "token.h"

struct account_facts;
struct arena;
struct pool;
struct quota;
struct store;
struct token_change;

/*
 * Adds a token; its id goes to t->id. ERR_CONFLICT when the same access token,
 * or one with the same non-empty e-mail, is stored; of a server, when it is
 * stored with the same key. A server without a name gets that of its host.
 */
MUST_CHECK enum err token_add(struct store *st, struct token *t, struct error *e);
/* ERR_NOT_FOUND "Token not found". */
MUST_CHECK enum err token_load(struct store *st, int64_t id, struct arena *a, struct token *out,
    struct error *e);
/* The same, also of one that was deleted and whose tasks run on. */
MUST_CHECK enum err token_load_any(struct store *st, int64_t id, struct arena *a,
    struct token *out, struct error *e);
/* All, newest first. */
MUST_CHECK enum err token_list(struct store *st, struct arena *a, struct token **out, size_t *n,
    struct error *e);
/* Calls `row` with each, newest first; its strings live until it returns. */
MUST_CHECK enum err token_each(struct store *st, void (*row)(void *arg, const struct token *t),
    void *arg, struct error *e);
/* Enabling also clears consecutive errors and cooled_until. ERR_NOT_FOUND. */
MUST_CHECK enum err token_set_active(struct store *st, int64_t id, bool active, struct error *e);
/*
 * Removes row and counters; logs, tasks and characters keep the number. While
 * tasks run on it, the row stays for them, and only token_load_any and token_edit
 * find it; whoever adds the same credentials meanwhile gets that row.
 * ERR_NOT_FOUND.
 */
MUST_CHECK enum err token_delete(struct store *st, int64_t id, struct error *e);
/* Removes it at once, also one that was deleted before: its tasks fail. ERR_NOT_FOUND. */
MUST_CHECK enum err token_delete_now(struct store *st, int64_t id, struct error *e);
/* Removes those that were deleted, and on which nothing runs any more; `*count` is how many. */
MUST_CHECK enum err token_drained(struct store *st, int *count, struct error *e);

/* What to change of a token; zeroed, but for the switches: nothing. */
struct token_edit {
	const char	*token;		/* NULL: unchanged, as the next five; these are cleared by "" */
	const char	*st;
	const char	*rt;
	const char	*client_id;
	const char	*proxy_url;
	const char	*remark;
	int64_t		 expiry_time;	/* goes with `token`; 0: it has none */
	int		 is_active;	/* -1: unchanged, as the next two */
	int		 image_enabled;
	int		 video_enabled;
	int		 image_concurrency;	/* 0: unchanged */
	int		 video_concurrency;
	const char	*base_url;	/* provider openai; NULL: unchanged, as the next two */
	const char	*models;
	const char	*options;
};
/*
 * ERR_NOT_FOUND; ERR_CONFLICT when another row has that access token, or that
 * server with that key; ERR_INVALID_VALUE, as token_read_terms, when what is then
 * said of the server cannot be. A server that is another one now, or has
 * another preset, is to be asked anew.
 */
MUST_CHECK enum err token_edit(struct store *st, int64_t id, const struct token_edit *edit,
    struct error *e);
/* What the upstream told about the account; what it did not say stays. */
MUST_CHECK enum err token_set_facts(struct store *st, int64_t id, const struct account_facts *f,
    const struct quota *q, struct error *e);
#define SERVER_ASKED_S	3600	/* until a server that answered is asked again what it has */
#define SERVER_SILENT_S	300	/* one that did not */

/*
 * What a server told of itself, JSON text as its provider reads it, NULL: nothing that
 * can be used, and what was known stays. It is not TOKENS_TO_ASK for `again` s.
 */
MUST_CHECK enum err token_set_found(struct store *st, int64_t id, const char *found, int again,
    struct error *e);
/* The token with that e-mail, in any case; 0: none. */
MUST_CHECK enum err token_find_email(struct store *st, const char *email, int64_t *id,
    struct error *e);
/* The token with that access token, or of that server and key; 0: none. */
MUST_CHECK enum err token_find_same(struct store *st, const struct token *t, int64_t *id,
    struct error *e);

/*
 * What the tokens offer all together, enabled or not (capability.h): cheap, for it
 * is read anew only when it has changed. Borrowed until the next call with this
 * store that looks for it: this one, task_submit and task_assign_queued.
 */
MUST_CHECK enum err token_pool(struct store *st, const struct pool **out, struct error *e);

enum token_set {
	TOKENS_ALL, TOKENS_ENABLED, TOKENS_DISABLED,
	TOKENS_WITHOUT_SORA2,	/* enabled, and not known to have it */
	TOKENS_TO_REFRESH,	/* enabled, with a session or refresh token, expired or within a day of it */
	TOKENS_TO_ASK,		/* enabled servers: what they are and serve has not been asked, or long ago */
	TOKENS_SORA_ENABLED,	/* enabled accounts of sora */
};
/* Their ids, oldest first. */
MUST_CHECK enum err token_ids(struct store *st, enum token_set set, struct arena *a,
    int64_t **ids, size_t *n, struct error *e);
/* TOKENS_TO_REFRESH leaves the token out until then. */
MUST_CHECK enum err token_refresh_after(struct store *st, int64_t id, int64_t when,
    struct error *e);
/* Each at once, for all that it concerns; `*count` is how many. */
MUST_CHECK enum err token_enable_all(struct store *st, int *count, struct error *e);
MUST_CHECK enum err token_disable_all(struct store *st, int *count, struct error *e);
MUST_CHECK enum err token_delete_disabled(struct store *st, int *count, struct error *e);

/* ---- for calls that are no generation ---- */

/*
 * Any one that is enabled, neither resting nor expired, and of that provider;
 * ERR_NO_TOKEN when there is none.
 */
MUST_CHECK enum err token_pick(struct store *st, const char *provider, struct arena *a,
    struct token *out, struct error *e);
/* Any enabled one with an invite code that is not used up; false in `*found` when there is none. */
MUST_CHECK enum err token_pick_inviting(struct store *st, struct arena *a, struct token *out,
    bool *found, struct error *e);
/*
 * What an answer to a request with t->token means for its row; nothing when the
 * row has another access token by now. With `renew`, one that was refused and
 * has a session or refresh token counts as expired until the poller has renewed
 * it, and is not disabled.
 */
MUST_CHECK enum err token_answered(struct store *st, const struct token *t,
    const struct token_change *c, bool renew, int ban_threshold, struct error *e);

#endif
