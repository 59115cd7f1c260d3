/* SPDX-License-Identifier: MIT */
/*
 * accounts.h: who asks. Any well-formed access token that has not expired and
 * names an e-mail address or a user id makes an account on sight.
 */
#ifndef SANDBOX_ACCOUNTS_H
#define SANDBOX_ACCOUNTS_H

#include <cjson/cJSON.h>

#include "error.h"
#include "http.h"
#include "sandbox/core/state.h"

struct arena;
struct claims;

struct account {
	char		*key;		/* the e-mail address, or the user id */
	char		*email;		/* NULL: unknown */
	char		*me_email;	/* that GET /me tells instead; NULL: the same */
	char		*user_id;
	char		*name;
	char		*username;	/* NULL: has none yet */
	char		*plan_id;	/* NULL: no plan */
	char		*plan_title;
	char		*plan_end;	/* JSON: a date, a number, a number as text */
	char		*invite_code;
	long		 redeemed_count;
	long		 total_count;
	bool		 known;		/* seen or set since the last reset */
	bool		 sora2;		/* may use it */
	bool		 bootstrap;	/* GET /m/bootstrap is enough to get it */
	bool		 onboarded;	/* has gone through the newer onboarding */
	bool		 newer;		/* gets its username by POST /me alone */
	char		*country;	/* not NULL: refused there */
	long		 failed_invites;
	double		 concurrency;	/* -1: as the limits say */
	double		 quota;
	long		 used;		/* of the quota, in this window */
	int64_t		 window_end_ms;	/* wall clock */
	struct job_list	 open;		/* in the pending list, oldest first */
	struct job_list	 done;		/* have, or will have, a draft; by its time */
	struct job_list	 images;	/* all, oldest first */
	char		**tokens;	/* digests of the access tokens seen */
	size_t		 n_tokens, cap_tokens;
	long		 created;	/* tasks */
	struct endpoint_count calls[ENDPOINTS_MAX];
};

/*
 * The account of an Authorization header's value (NULL: none was sent). Refuses
 * as the service does. `digest` is that of the token, or "".
 */
MUST_CHECK enum err account_authenticate(struct sandbox *sb, const char *header,
    struct arena *a, char digest[65], struct account **out, struct error *e);
/* A new access token, good for so many seconds; `client_id` may be NULL. In the arena. */
const char	*account_new_token(struct account *ac, double life,
		    const char *client_id, struct arena *a);
/* The account of that e-mail address or user id, made when it is new. */
struct account	*account_get(struct sandbox *sb, const char *email, const char *user_id);
/* Refuses the access tokens seen or made so far from now on: INDEX_DEAD_TOKEN, INDEX_LATE_TOKEN. */
void		 account_end_tokens(struct sandbox *sb, struct account *ac, enum index_kind kind);
/* Refuses an account from an unsupported country, and by that row one without Sora2. */
MUST_CHECK enum err account_may_use(const struct account *ac, const char *refusal, struct error *e);
void		 account_empty(struct account *ac);
void		 account_free(struct account *ac);	/* an emptied one */

/* Moves the tasks on to where they are at `now` (timeline_now). */
void		 account_settle(struct account *ac, int64_t now);
long		 account_concurrency(const struct sandbox *sb, const struct account *ac);
/* Videos left in this window; begins a new one when it is over. */
long		 account_remaining(const struct sandbox *sb, struct account *ac);
/* Seconds until a new window. */
int64_t		 account_resets_in(const struct account *ac);
/* The object rate_limit_and_credit_balance. */
cJSON		*account_balance(const struct sandbox *sb, struct account *ac);
/* What others may see of it. */
cJSON		*account_profile(const struct sandbox *sb, const struct req *rq, const struct account *ac);

#endif
