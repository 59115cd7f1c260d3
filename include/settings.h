/* SPDX-License-Identifier: MIT */
/*
 * settings.h: what the operator may change while the service runs. Their rows:
 * settings_store.h.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct conf;

struct settings {		/* strings live in the arena given; NULL where unset */
	const char	*api_key;
	int64_t		 api_key_id;	/* of its row in api_keys */
	const char	*admin_username;
	const char	*admin_password;	/* scrypt, see digest.h */
	int		 error_ban_threshold;
	int		 debug;		/* as the admin set it: 1, 0; -1: never set */
	int64_t		 debug_set_ms;	/* when, Unix ms */
	bool		 proxy_enabled;
	const char	*proxy_url;
	bool		 proxy_pool_enabled;
	bool		 watermark_free_enabled;
	const char	*parse_method;
	const char	*custom_parse_url;
	const char	*custom_parse_token;
	bool		 cache_enabled;
	int		 cache_timeout;
	const char	*cache_base_url;	/* never NULL */
	int		 image_timeout;
	int		 video_timeout;
	bool		 at_auto_refresh;
	bool		 solver_enabled;
	const char	*solver_api_url;
};

/*
 * Whether debug mode is on for a process that started at `started_ms`: what the
 * administrator set since, else what the configuration file says.
 */
bool	settings_debug(const struct settings *s, const struct conf *conf, int64_t started_ms);

#endif
