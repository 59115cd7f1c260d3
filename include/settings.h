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

MUST_CHECK enum err settings_load(struct store *st, const struct conf *conf, struct arena *a,
    struct settings *out, struct error *e);

/*
 * Whether debug mode is on for a process that started at `started_ms`: what the
 * administrator set since, else what the configuration file says.
 */
bool	settings_debug(const struct settings *s, const struct conf *conf, int64_t started_ms);

/*
 * The first rows, from the configuration: called once, by "sora2apictl init".
 * `api_key` NULL: the file's counts. `password` is stored as a hash.
 */
MUST_CHECK enum err settings_create(struct store *st, const struct conf *conf, const char *api_key,
    const char *password, struct error *e);

/*
 * Each stores what it names, for all processes and for good. A NULL string
 * leaves the stored one, "" clears it; -1 leaves a switch, 0 a number.
 */
MUST_CHECK enum err settings_set_ban_threshold(struct store *st, int threshold, struct error *e);
MUST_CHECK enum err settings_set_api_key(struct store *st, const char *key, struct error *e);
/* Until the process is started again. */
MUST_CHECK enum err settings_set_debug(struct store *st, bool enabled, struct error *e);
/* ERR_INVALID_VALUE, and nothing is changed, when a proxy is enabled and there is none. */
MUST_CHECK enum err settings_set_proxy(struct store *st, bool enabled, const char *url, int pool,
    struct error *e);
MUST_CHECK enum err settings_set_cache_timeout(struct store *st, int seconds, struct error *e);
MUST_CHECK enum err settings_set_cache_base_url(struct store *st, const char *url, struct error *e);
MUST_CHECK enum err settings_set_cache_enabled(struct store *st, bool enabled, struct error *e);
MUST_CHECK enum err settings_set_timeouts(struct store *st, int image, int video, struct error *e);
/* The same for the method custom without the address of its service. */
MUST_CHECK enum err settings_set_watermark_free(struct store *st, bool enabled, const char *method,
    const char *url, const char *token, struct error *e);
MUST_CHECK enum err settings_set_solver(struct store *st, bool enabled, const char *url,
    struct error *e);
MUST_CHECK enum err settings_set_auto_refresh(struct store *st, bool enabled, struct error *e);

/*
 * Stores a new admin password (and user name, unless NULL), and ends every session.
 * `old` is the hash that was checked, admin_password of the settings: when it is not
 * the stored one any more, ERR_INVALID_VALUE, and nothing is changed. NULL: whatever
 * it is.
 */
MUST_CHECK enum err settings_set_password(struct store *st, const char *old,
    const char *password, const char *username, struct error *e);

#endif
