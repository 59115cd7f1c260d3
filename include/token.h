/* token.h: an account of the upstream, or a server, that does the work. Its row: token_store.h. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct backend;

struct token {			/* strings live in the arena given; NULL where absent */
	int64_t		 id;
	const char	*provider;	/* "sora", "openai" */
	const char	*base_url;	/* provider openai, as the next five, else NULL */
	const char	*models;	/* JSON text, see backend.h */
	const char	*options;	/* JSON text, see backend.h */
	const char	*found;		/* JSON text, see backend.h: what the server told of itself */
	int64_t		 found_at;	/* when */
	const struct backend *backend;	/* what they say; not NULL once loaded */
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
 * Checks what `t` says of its server, and fills t->backend and t->base_url as
 * they will be stored: see backend_load. Nothing for provider sora.
 */
MUST_CHECK enum err token_read_backend(struct token *t, struct arena *a, struct error *e);

#endif
