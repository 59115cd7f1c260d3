/* SPDX-License-Identifier: MIT */
/* token.h: an account of the upstream, or a server, that does the work. Its row: token_store.h. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;

enum token_tidy { TIDY_NEVER, TIDY_FINISHED, TIDY_ALWAYS };

/*
 * How the jobs of a token are worked with, as its provider reads it out of the
 * row; of one that tells of all jobs at once (see provider_facts.h) all is zero.
 */
struct token_terms {
	const char	*preset;	/* whose habits a server has; NULL: there are no such names */
	bool		 can_list;	/* a lost create can be looked for */
	bool		 resubmit_ambiguous;	/* a create of unknown fate is sent again */
	int		 resubmit_lost;	/* times that a job is sent again that the upstream lost */
	int		 poll_interval;	/* s */
	int		 job_age;	/* s; a job older than this has failed */
	bool		 remix;		/* the id of a job is what a remix of it names */
	enum token_tidy delete_upstream;	/* CALL_DELETE, when the task here ends: of a finished one,
					   or also of one that runs, which cancels it there */
};

struct token {			/* strings live in the arena given; NULL where absent */
	int64_t		 id;
	const char	*provider;	/* a name of provider_facts.h */
	const char	*base_url;	/* of a server, as the next four, else NULL */
	const char	*models;	/* JSON text, as its provider reads it, as the next two */
	const char	*options;
	const char	*found;		/* what the server told of itself */
	int64_t		 found_at;	/* when */
	const struct token_terms *terms;	/* what they say; not NULL once loaded */
	const void	*own;		/* the same for the provider alone */
	const char	*token;		/* access token, or the server's key ("": none), in clear */
	const char	*st;		/* session token */
	const char	*rt;		/* refresh token */
	const char	*client_id;	/* OAuth client of rt */
	const char	*proxy_url;
	const char	*email;		/* "" when unknown */
	const char	*username;
	const char	*name;
	const char	*remark;
	int64_t		 expiry_time;	/* all times: Unix seconds, 0: none */
	bool		 is_active;
	int64_t		 cooled_until;
	int64_t		 created_at;
	int64_t		 last_used_at;
	int64_t		 use_count;
	const char	*plan_type;
	const char	*plan_title;
	int64_t		 subscription_end;
	int		 sora2_supported;	/* 1 yes, 0 no, -1 not known */
	const char	*sora2_invite_code;
	int		 sora2_redeemed_count;
	int		 sora2_total_count;
	int		 sora2_remaining_count;
	int64_t		 sora2_cooldown_until;
	bool		 image_enabled;
	bool		 video_enabled;
	int		 image_concurrency;	/* -1: no limit */
	int		 video_concurrency;
	int		 image_running;
	int		 video_running;
	int64_t		 image_count;
	int64_t		 video_count;
	int64_t		 error_count;
};

/*
 * Checks what `t` says as its provider does, and fills t->terms, t->own and
 * t->base_url as it will be stored: see provider_facts.read. ERR_INVALID_VALUE.
 */
MUST_CHECK enum err token_read_terms(struct token *t, struct arena *a, struct error *e);
/* Whether it stands for a server and its key, not for an account. */
bool	token_is_server(const struct token *t);

#endif
