/*
 * accounts.h: who asks. Any well-formed access token that has not expired and
 * names an e-mail address or a user id makes an account on sight.
 */
#ifndef SANDBOX_ACCOUNTS_H
#define SANDBOX_ACCOUNTS_H

#include <cjson/cJSON.h>

#include "error.h"
#include "state.h"

struct arena;
struct claims;

struct account {
	char		*key;		/* the e-mail address, or the user id */
	char		*email;		/* NULL: unknown */
	char		*user_id;
	char		*name;
	char		*username;	/* NULL: has none yet */
	char		*plan_id;	/* NULL: no plan */
	char		*plan_title;
	char		*plan_end;	/* ISO 8601 */
	char		*invite_code;
	long		 redeemed_count;
	long		 total_count;
	bool		 known;		/* seen or set since the last reset */
	bool		 sora2;		/* may use it */
	double		 concurrency;	/* -1: as the limits say */
	double		 quota;
	long		 used;		/* of the quota, in this window */
	int64_t		 window_end_ms;	/* wall clock */
	struct job_list	 open;		/* in the pending list, oldest first */
	struct job_list	 done;		/* have, or will have, a draft; by its time */
	char		**tokens;	/* digests of the access tokens seen */
	size_t		 n_tokens, cap_tokens;
	long		 created;	/* tasks */
	struct endpoint_count calls[ENDPOINTS_MAX];
};

/*
 * The account of an Authorization header's value (NULL: none was sent). Refuses
 * as the service does.
 */
MUST_CHECK enum err account_authenticate(struct sandbox *sb, const char *header,
    struct arena *a, struct account **out, struct error *e);
/* The account of that e-mail address or user id, made when it is new. */
struct account	*account_get(struct sandbox *sb, const char *email, const char *user_id);
/* Refuses the access tokens seen so far from now on. */
void		 account_invalidate(struct sandbox *sb, struct account *ac);
void		 account_empty(struct account *ac);
void		 account_free(struct account *ac);	/* an emptied one */

/* Moves the tasks on to where they are at `now` (clock_mono_ms). */
void		 account_settle(struct account *ac, int64_t now);
long		 account_concurrency(const struct sandbox *sb, const struct account *ac);
/* Videos left in this window; begins a new one when it is over. */
long		 account_remaining(const struct sandbox *sb, struct account *ac);
/* Seconds until a new window. */
int64_t		 account_resets_in(const struct account *ac);
/* The object rate_limit_and_credit_balance. */
cJSON		*account_balance(const struct sandbox *sb, struct account *ac);

#endif
