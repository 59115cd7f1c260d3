/* SPDX-License-Identifier: MIT */
/* tokens.h: what the handlers of tokens share. Private to src/api. */
#ifndef API_TOKENS_H
#define API_TOKENS_H

#include "account.h"
#include "admin.h"
#include "token_store.h"

struct token_body {		/* a token as a client describes it; NULL: not given */
	const char	*token;
	const char	*st;
	const char	*rt;
	const char	*client_id;
	const char	*proxy_url;
	const char	*remark;
	const char	*email;		/* imports only */
	const char	*provider;
	const char	*base_url;	/* provider openai, as the next three */
	const cJSON	*models;
	const cJSON	*options;
	const char	*preset;	/* options.preset, for short */
	bool		 is_active;
	bool		 image_enabled;
	bool		 video_enabled;
	int64_t		 image_concurrency;
	int64_t		 video_concurrency;
};

/* Nothing given yet: switches on, no limits. */
struct token_body token_body_defaults(void);
/*
 * The row for the body, with the claims of its access token; ERR_INVALID_VALUE "Invalid
 * JWT token".
 */
MUST_CHECK enum err token_body_row(const struct token_body *b, struct arena *a, struct token *out,
    struct error *e);
/* ERR_INVALID_VALUE when the token cannot be added at all: it has expired, or the country is not served. */
MUST_CHECK enum err token_probe_check(const struct account_result *r, struct error *e);

/* ---- asking the upstream ---- */

/* An order about this token, with the next proxy of the pool. */
struct account_order token_order(struct req *rq, const struct token *t, enum account_work work);
/* account_run between upstream_enter and upstream_leave. */
MUST_CHECK enum err token_ask(struct req *rq, const struct account_order *o,
    struct account_result *out, struct error *e);
/* ERR_OK when the upstream answered, else 502 or 504. */
MUST_CHECK enum err token_no_answer(const struct account_result *r, struct error *e);
/*
 * Checks for a conflict before the upstream is asked; ERR_CONFLICT names the e-mail or
 * the server.
 */
MUST_CHECK enum err token_check_new(struct req *rq, const struct token *t, struct error *e);
/* Stores a new token with the facts that the upstream gave. */
MUST_CHECK enum err token_store_new(struct req *rq, struct token *t, const struct account_result *r,
    struct error *e);
/* Stores the facts that the upstream gave about a stored token. */
MUST_CHECK enum err token_store_told(struct req *rq, const struct token *t,
    const struct account_result *r, struct error *e);

/* ---- tokens_fields.c ---- */

enum token_form { TOKEN_ADDED, TOKEN_CHANGED, TOKEN_IMPORTED };

/*
 * Reads a token as it is added, changed or imported; `now` is the row that is
 * changed, else NULL. What a token has depends on its provider: a field of
 * another one is ERR_INVALID_VALUE.
 */
MUST_CHECK enum err token_body_read(const cJSON *json, enum token_form form,
    const struct token *now, struct arena *a, struct token_body *out, struct error *e);
/* Checks only the types of its fields, as fields_check_types. */
MUST_CHECK enum err token_body_types(const cJSON *json, enum token_form form, struct error *e);
/*
 * What an edit of a token by this body writes; borrows from *body. `now` as in
 * token_body_read.
 */
MUST_CHECK enum err token_body_edit(const struct token_body *b, const cJSON *json,
    const struct token *now, struct arena *a, struct token_edit *out, struct error *e);
/* Whether the token is described as a server. */
bool	token_body_is_server(const struct token_body *b);

/* Exactly six letters and digits. */
bool	invite_code_valid(const char *code);

#endif
