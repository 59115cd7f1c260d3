/* settings_write.c: what the administrator changes while the service runs. */
#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "query.h"
#include "settings_store.h"
#include "settings_row.h"
#include "store_impl.h"

enum {
	SQL_THRESHOLD, SQL_KEY, SQL_DEBUG, SQL_PROXY, SQL_CACHE_TIMEOUT,
	SQL_CACHE_URL, SQL_CACHE_ENABLED, SQL_TIMEOUTS, SQL_WATERMARK,
	SQL_SOLVER, SQL_REFRESH, SQL_PASSWORD, SQL_END_SESSIONS,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	[SQL_THRESHOLD] = "UPDATE admin_config SET error_ban_threshold = ?1,"
	    " updated_at = ?2",
	[SQL_KEY] = "UPDATE api_keys SET key = ?1, updated_at = ?2"
	    " WHERE id = (SELECT min(id) FROM api_keys)",
	[SQL_DEBUG] = "UPDATE admin_config SET debug_enabled = ?1,"
	    " debug_set_ms = ?2",
	[SQL_PROXY] = "UPDATE proxy_config SET proxy_enabled = ?1,"
	    " proxy_url = CASE WHEN ?2 THEN ?3 ELSE proxy_url END,"
	    " proxy_pool_enabled = coalesce(?4, proxy_pool_enabled)"
	    " WHERE NOT (?1 AND NOT coalesce(?4, proxy_pool_enabled) AND"
	    "   CASE WHEN ?2 THEN ?3 ELSE proxy_url END IS NULL)",
	[SQL_CACHE_TIMEOUT] = "UPDATE cache_config SET cache_timeout = ?1",
	[SQL_CACHE_URL] = "UPDATE cache_config SET cache_base_url = ?1",
	[SQL_CACHE_ENABLED] = "UPDATE cache_config SET cache_enabled = ?1",
	[SQL_TIMEOUTS] = "UPDATE generation_config SET"
	    " image_timeout = coalesce(nullif(?1, 0), image_timeout),"
	    " video_timeout = coalesce(nullif(?2, 0), video_timeout)",
	[SQL_WATERMARK] = "UPDATE watermark_free_config SET"
	    " watermark_free_enabled = ?1,"
	    " parse_method = coalesce(?2, parse_method),"
	    " custom_parse_url = CASE WHEN ?3 IS NULL THEN custom_parse_url"
	    "   ELSE nullif(?3, '') END,"
	    " custom_parse_token = CASE WHEN ?4 THEN ?5"
	    "   ELSE custom_parse_token END"
	    " WHERE NOT (?1 AND coalesce(?2, parse_method) = 'custom' AND"
	    "   CASE WHEN ?3 IS NULL THEN coalesce(custom_parse_url, '')"
	    "   ELSE ?3 END = '')",
	[SQL_SOLVER] = "UPDATE cloudflare_solver_config SET"
	    " solver_enabled = ?1,"
	    " solver_api_url = CASE WHEN ?2 IS NULL THEN solver_api_url"
	    "   ELSE nullif(?2, '') END",
	[SQL_REFRESH] = "UPDATE token_refresh_config SET"
	    " at_auto_refresh_enabled = ?1",
	[SQL_PASSWORD] = "UPDATE admin_config SET admin_password = ?1,"
	    " admin_username = coalesce(?2, admin_username), updated_at = ?3"
	    " WHERE ?4 IS NULL OR admin_password = ?4",
	[SQL_END_SESSIONS] = "DELETE FROM admin_sessions",
};

const struct statements settings_write_statements = { sql, SQL__MAX };

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
set_ints(struct store *st, int statement, int64_t first, int64_t second,
    struct error *e)
{
	struct query q = query_start(st, st->settings_write[statement]);

	query_int(&q, 1, first);
	if (sqlite3_bind_parameter_count(q.stmt) > 1)
		query_int(&q, 2, second);
	return query_run(&q, e);
}

enum err
settings_set_ban_threshold(struct store *st, int threshold, struct error *e)
{
	return set_ints(st, SQL_THRESHOLD, threshold, clock_now(), e);
}

enum err
settings_set_debug(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_DEBUG, enabled, clock_now_ms(), e);
}

enum err
settings_set_cache_timeout(struct store *st, int seconds, struct error *e)
{
	return set_ints(st, SQL_CACHE_TIMEOUT, seconds, 0, e);
}

enum err
settings_set_cache_enabled(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_CACHE_ENABLED, enabled, 0, e);
}

enum err
settings_set_timeouts(struct store *st, int image, int video, struct error *e)
{
	return set_ints(st, SQL_TIMEOUTS, image, video, e);
}

enum err
settings_set_auto_refresh(struct store *st, bool enabled, struct error *e)
{
	return set_ints(st, SQL_REFRESH, enabled, 0, e);
}

enum err
settings_set_api_key(struct store *st, const char *key, struct error *e)
{
	struct query q = query_start(st, st->settings_write[SQL_KEY]);
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
	struct query q = query_start(st, st->settings_write[SQL_PROXY]);
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
	struct query q = query_start(st, st->settings_write[SQL_CACHE_URL]);

	query_text(&q, 1, url);
	return query_run(&q, e);
}

enum err
settings_set_watermark_free(struct store *st, bool enabled,
    const char *method, const char *url, const char *token, struct error *e)
{
	struct query q = query_start(st, st->settings_write[SQL_WATERMARK]);
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
	struct query q = query_start(st, st->settings_write[SQL_SOLVER]);

	query_int(&q, 1, enabled);
	query_text(&q, 2, url);
	return query_run(&q, e);
}

/* Replaces the hash `old`; NULL: whatever is stored. */
static enum err
write_hash(struct store *st, const char *old, const char *hash,
    const char *username, struct error *e)
{
	struct query q = query_start(st, st->settings_write[SQL_PASSWORD]);
	enum err rc;

	query_text(&q, 1, hash);
	query_text(&q, 2, username);
	query_int(&q, 3, clock_now());
	query_text(&q, 4, old);
	if ((rc = run_checked(&q, "old_password", "Old password is incorrect",
	    e)) != ERR_OK)
		return rc;
	q = query_start(st, st->settings_write[SQL_END_SESSIONS]);
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
