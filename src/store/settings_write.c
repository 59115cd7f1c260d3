/* SPDX-License-Identifier: MIT */
/* settings_write.c: what the administrator changes while the service runs. */
#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "query.h"
#include "settings_store.h"
#include "settings_row.h"
#include "store_impl.h"

/*
 * Runs an UPDATE whose WHERE holds the check, so that the checked row is the written
 * one, whoever else writes.
 */
static enum err
run_checked(struct query *q, const char *param, const char *text,
    struct error *e)
{
	enum err rc = query_run(q, e);

	if (rc == ERR_OK && query_changes(q) == 0)
		rc = error_set(e, ERR_INVALID_VALUE, param, "%s", text);
	return rc;
}

static enum err
set_ints(struct store *st, enum statement statement, int64_t first,
    int64_t second, struct error *e)
{
	struct query q = query(st, statement);

	query_int(&q, 1, first);
	if (query_takes(&q, 2))
		query_int(&q, 2, second);
	return query_run(&q, e);
}

enum err
settings_set_ban_threshold(struct store *st, int threshold, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_THRESHOLD, threshold, clock_now(), e);
}

enum err
settings_set_debug(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_DEBUG, enabled, clock_now_ms(), e);
}

enum err
settings_set_cache_timeout(struct store *st, int seconds, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_CACHE_TIMEOUT, seconds, 0, e);
}

enum err
settings_set_cache_enabled(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_CACHE_ENABLED, enabled, 0, e);
}

enum err
settings_set_timeouts(struct store *st, int image, int video, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_TIMEOUTS, image, video, e);
}

enum err
settings_set_auto_refresh(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_SETTINGS_REFRESH, enabled, 0, e);
}

enum err
settings_set_api_key(struct store *st, const char *key, struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_KEY);
	struct arena *a = arena_new();
	enum err rc;

	query_secret(&q, 1, "api_keys.key", key, a);
	query_int(&q, 2, clock_now());
	rc = query_run(&q, e);
	arena_free(a);
	return rc;
}

enum err
settings_set_proxy(struct store *st, bool enabled, const char *url, int pool,
    struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_PROXY);
	struct arena *a = arena_new();
	enum err rc;

	query_int(&q, 1, enabled);
	query_int(&q, 2, url != NULL);
	query_secret(&q, 3, "proxy_config.proxy_url", url, a);
	if (pool >= 0)
		query_int(&q, 4, pool);
	rc = run_checked(&q, "proxy_enabled",
	    "A proxy needs proxy_url, or proxy_pool_enabled", e);
	arena_free(a);
	return rc;
}

enum err
settings_set_cache_base_url(struct store *st, const char *url,
    struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_CACHE_URL);

	query_text(&q, 1, url);
	return query_run(&q, e);
}

enum err
settings_set_watermark_free(struct store *st, bool enabled,
    const char *method, const char *url, const char *token, struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_WATERMARK);
	struct arena *a = arena_new();
	enum err rc;

	query_int(&q, 1, enabled);
	query_text(&q, 2, method);
	query_text(&q, 3, url);
	query_int(&q, 4, token != NULL);
	query_secret(&q, 5, "watermark_free_config.custom_parse_token", token,
	    a);
	rc = run_checked(&q, "custom_parse_url",
	    "The parse method custom needs custom_parse_url", e);
	arena_free(a);
	return rc;
}

enum err
settings_set_solver(struct store *st, bool enabled, const char *url,
    struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_SOLVER);

	query_int(&q, 1, enabled);
	query_text(&q, 2, url);
	return query_run(&q, e);
}

/* Replaces the hash `old`; NULL: whatever is stored. */
static enum err
write_hash(struct store *st, const char *old, const char *hash,
    const char *username, struct error *e)
{
	struct query q = query(st, SQL_SETTINGS_PASSWORD);
	enum err rc;

	query_text(&q, 1, hash);
	query_text(&q, 2, username);
	query_int(&q, 3, clock_now());
	query_text(&q, 4, old);
	if ((rc = run_checked(&q, "old_password", "Old password is incorrect",
	    e)) != ERR_OK)
		return rc;
	q = query(st, SQL_SETTINGS_END_SESSIONS);
	return query_run(&q, e);
}

enum err
settings_write_password(struct store *st, const char *password,
    const char *username, struct error *e)
{
	char hash[160];

	digest_password(hash, password);
	return write_hash(st, NULL, hash, username, e);
}

enum err
settings_set_password(struct store *st, const char *old,
    const char *password, const char *username, struct error *e)
{
	char hash[160];
	enum err rc;

	digest_password(hash, password);	/* scrypt is slow: computed before the transaction */
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = write_hash(st, old, hash, username, e);
	return store_end(st, rc, e);
}
