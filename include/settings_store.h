/* SPDX-License-Identifier: MIT */
/*
 * settings_store.h: the rows of the settings.
 *
 * They are made from the configuration file when the database is created; from
 * then on the database rules. The exception is the API key: the file's counts
 * until one is stored.
 */
#ifndef SETTINGS_STORE_H
#define SETTINGS_STORE_H

#include <stdbool.h>

#include "error.h"
#include "settings.h"

struct arena;
struct conf;
struct store;

MUST_CHECK enum err settings_load(struct store *st, const struct conf *conf, struct arena *a,
    struct settings *out, struct error *e);

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
