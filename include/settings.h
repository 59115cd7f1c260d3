/*
 * settings.h: what the operator may change while the service runs.
 *
 * The rows are made from the configuration file when the database is created;
 * from then on the database rules. The exception is the API key: the file's
 * counts until one is stored.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct conf;
struct store;

struct settings {		/* strings live in the arena given; NULL where unset */
	const char	*api_key;
	int64_t		 api_key_id;	/* of its row in api_keys */
	const char	*admin_username;
	int		 error_ban_threshold;
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

MUST_CHECK enum err settings_load(struct store *st, const struct conf *conf, struct arena *a,
    struct settings *out, struct error *e);

/*
 * The first rows, from the configuration: called once, by "sora2apictl init".
 * `api_key` NULL: the file's counts. `password` is stored as a hash.
 */
MUST_CHECK enum err settings_create(struct store *st, const struct conf *conf, const char *api_key,
    const char *password, struct error *e);

/* Stores a new admin password (and user name, unless NULL), and ends every session. */
MUST_CHECK enum err settings_set_password(struct store *st, const char *password,
    const char *username, struct error *e);

#endif
