/* SPDX-License-Identifier: MIT */
/*
 * account_play.h: a client that is played, for the tests of account.h.
 *
 * Each test is a script of the requests that must come, in their order, and of
 * their answers. A program with account_play.c has this client in place of ours.
 */
#ifndef ACCOUNT_PLAY_H
#define ACCOUNT_PLAY_H

#include "account.h"
#include "client.h"
#include "sora_data.h"

#define SAYS(code, message) \
	"{\"error\":{\"message\":\"" message "\",\"code\":" code "}}"
#define EXPIRED	SAYS("\"token_expired\"", "Your authentication token has expired.")
#define UNAUTHORIZED SAYS("null", "Unauthorized")
#define COUNTRY	"{\"error\":{\"message\":\"not here\",\"param\":\"XX\"," \
		"\"code\":\"unsupported_country_code\"}}"
#define ME	"{\"id\":\"user-1\",\"email\":\"lina@example.com\",\"name\":" \
		"\"Lina\",\"username\":\"lina\"}"
#define NAMELESS "{\"id\":\"user-1\",\"email\":\"lina@example.com\"}"
#define PLAN	"{\"data\":[{\"plan\":{\"id\":\"chatgpt_plus\",\"title\":" \
		"\"ChatGPT Plus\"},\"end_ts\":1776099501}]}"
#define MINE	"{\"invite_code\":\"7KQ2ZD\",\"redeemed_count\":1,\"total_count\":4}"
#define QUOTA	"{\"rate_limit_and_credit_balance\":{" \
		"\"estimated_num_videos_remaining\":27,\"rate_limit_reached\":false}}"
#define FREE	"{\"available\":true}"
#define TAKEN	"{\"available\":false}"

#define GET_ME		"GET up/me"
#define GET_PLAN	"GET up/billing/subscriptions"
#define GET_MINE	"GET up/project_y/invite/mine"
#define GET_BOOTSTRAP	"GET up/m/bootstrap"
#define GET_QUOTA	"GET up/nf/check"
#define POST_ACCEPT	"POST up/project_y/invite/accept"
#define POST_CHECK	"POST up/project_y/profile/username/check"
#define POST_SET	"POST up/project_y/profile/username/set"
#define POST_ME		"POST up/me"
#define GET_SESSION	"GET session"
#define POST_OAUTH	"POST oauth"

#define LOST	(-1)		/* as a status: no answer */
#define LATE	(-2)		/* none in time */

struct line {			/* of a script */
	const char	*request;	/* NULL: the end */
	long		 status;
	const char	*body;
};

struct client {
	const struct line *next;	/* of the script */
	struct transfer	*running;
	int		 sent;
	char		 proxy[64];
	char		 names[10][24];	/* that were asked for */
	int		 n_names;
};

struct fixture {
	struct sora_data *d;
	struct client	 client;
	struct account_order order;
	struct account_result r;	/* strings are copied to d->a */
	int		 calls;
	const char	*warning;	/* the first */
};

/* For cmocka: *state is a struct fixture. */
int	 play_open(void **state);
int	 play_close(void **state);
/* Has the script played to its end, with f->order; fails the test where it leaves it. */
void	 play(struct fixture *f, enum account_work work, const struct line *script);
/* What play has account_start call: keeps the result in the fixture. */
void	 play_result(void *arg, const struct account_result *r);

#endif
