/* settings.c: what the operator may change while the service runs. */
#include "settings_store.h"

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "digest.h"
#include "query.h"
#include "store_impl.h"

enum {
	SQL_LOAD, SQL_NEW_KEY, SQL_NEW_ADMIN, SQL_NEW_PROXY, SQL_NEW_WATERMARK,
	SQL_NEW_CACHE, SQL_NEW_GENERATION, SQL_NEW_REFRESH, SQL_NEW_SOLVER,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	[SQL_LOAD] = "SELECT k.id, k.key, a.admin_username,"
	    " a.admin_password, a.error_ban_threshold, a.debug_enabled,"
	    " a.debug_set_ms, p.proxy_enabled, p.proxy_url,"
	    " p.proxy_pool_enabled, w.watermark_free_enabled, w.parse_method,"
	    " w.custom_parse_url, w.custom_parse_token, c.cache_enabled,"
	    " c.cache_timeout, c.cache_base_url, g.image_timeout,"
	    " g.video_timeout, r.at_auto_refresh_enabled, s.solver_enabled,"
	    " s.solver_api_url"
	    " FROM (SELECT id, key FROM api_keys ORDER BY id LIMIT 1) k,"
	    " admin_config a, proxy_config p, watermark_free_config w,"
	    " cache_config c, generation_config g, token_refresh_config r,"
	    " cloudflare_solver_config s",
	[SQL_NEW_KEY] = "INSERT INTO api_keys (id, name, key, created_at,"
	    " updated_at) VALUES (1, 'default', ?1, ?2, ?2)",
	[SQL_NEW_ADMIN] = "INSERT INTO admin_config (id, admin_username,"
	    " admin_password, error_ban_threshold, updated_at)"
	    " VALUES (1, ?1, ?2, ?3, ?4)",
	[SQL_NEW_PROXY] = "INSERT INTO proxy_config (id, proxy_enabled,"
	    " proxy_url, proxy_pool_enabled) VALUES (1, ?1, ?2, ?3)",
	[SQL_NEW_WATERMARK] = "INSERT INTO watermark_free_config (id,"
	    " watermark_free_enabled, parse_method, custom_parse_url,"
	    " custom_parse_token) VALUES (1, ?1, ?2, nullif(?3, ''), ?4)",
	[SQL_NEW_CACHE] = "INSERT INTO cache_config (id, cache_enabled,"
	    " cache_timeout, cache_base_url) VALUES (1, ?1, ?2, ?3)",
	[SQL_NEW_GENERATION] = "INSERT INTO generation_config (id,"
	    " image_timeout, video_timeout) VALUES (1, ?1, ?2)",
	[SQL_NEW_REFRESH] = "INSERT INTO token_refresh_config (id,"
	    " at_auto_refresh_enabled) VALUES (1, ?1)",
	[SQL_NEW_SOLVER] = "INSERT INTO cloudflare_solver_config (id,"
	    " solver_enabled, solver_api_url) VALUES (1, ?1, ?2)",
};

const struct statements settings_statements = { sql, SQL__MAX };

static void
from_row(struct query *q, struct arena *a, struct settings *s)
{
	*s = (struct settings){ .api_key_id = query_get_int(q) };
	s->api_key = query_get_secret(q, "api_keys.key", a);
	s->admin_username = query_get_text(q, a);
	s->admin_password = query_get_text(q, a);
	s->error_ban_threshold = (int)query_get_int(q);
	s->debug = (int)query_get_int_or(q, -1);
	s->debug_set_ms = query_get_int(q);
	s->proxy_enabled = query_get_int(q) != 0;
	s->proxy_url = query_get_secret(q, "proxy_config.proxy_url", a);
	s->proxy_pool_enabled = query_get_int(q) != 0;
	s->watermark_free_enabled = query_get_int(q) != 0;
	s->parse_method = query_get_text(q, a);
	s->custom_parse_url = query_get_text(q, a);
	s->custom_parse_token = query_get_secret(q,
	    "watermark_free_config.custom_parse_token", a);
	s->cache_enabled = query_get_int(q) != 0;
	s->cache_timeout = (int)query_get_int(q);
	s->cache_base_url = query_get_text(q, a);
	s->image_timeout = (int)query_get_int(q);
	s->video_timeout = (int)query_get_int(q);
	s->at_auto_refresh = query_get_int(q) != 0;
	s->solver_enabled = query_get_int(q) != 0;
	s->solver_api_url = query_get_text(q, a);
}

enum err
settings_load(struct store *st, const struct conf *conf, struct arena *a,
    struct settings *out, struct error *e)
{
	struct query q = query_start(st, st->settings[SQL_LOAD]);
	enum err rc;

	if (query_next(&q))
		from_row(&q, a, out);
	else
		query_fail(&q, ERR_INTERNAL, NULL, "the database has no"
		    " settings; remove it and run \"sora2apictl init\"");
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	if (out->api_key == NULL)
		out->api_key = arena_strdup(a, conf->api_key);
	if (out->cache_base_url == NULL)
		out->cache_base_url = "";
	return ERR_OK;
}

static enum err
create_key_and_admin(struct store *st, const struct conf *conf,
    const char *api_key, const char *password, struct arena *a,
    struct error *e)
{
	char hash[160];
	struct query q;
	enum err rc;

	q = query_start(st, st->settings[SQL_NEW_KEY]);
	query_secret(&q, 1, "api_keys.key", api_key, a);
	query_int(&q, 2, clock_now());
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	digest_password(hash, password);
	q = query_start(st, st->settings[SQL_NEW_ADMIN]);
	query_text(&q, 1, conf->admin_username);
	query_text(&q, 2, hash);
	query_int(&q, 3, conf->error_ban_threshold);
	query_int(&q, 4, clock_now());
	return query_run(&q, e);
}

static enum err
create_services(struct store *st, const struct conf *conf, struct arena *a,
    struct error *e)
{
	struct query q;
	enum err rc;

	q = query_start(st, st->settings[SQL_NEW_PROXY]);
	query_int(&q, 1, conf->proxy_enabled);
	query_secret(&q, 2, "proxy_config.proxy_url", conf->proxy_url, a);
	query_int(&q, 3, conf->proxy_pool_enabled);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->settings[SQL_NEW_WATERMARK]);
	query_int(&q, 1, conf->watermark_free_enabled);
	query_text(&q, 2, conf->watermark_parse_method);
	query_text(&q, 3, conf->watermark_parse_url);
	query_secret(&q, 4, "watermark_free_config.custom_parse_token",
	    conf->watermark_parse_token, a);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->settings[SQL_NEW_SOLVER]);
	query_int(&q, 1, conf->cloudflare_enabled);
	query_text(&q, 2, conf->cloudflare_api_url);
	return query_run(&q, e);
}

static enum err
create_generation(struct store *st, const struct conf *conf, struct error *e)
{
	struct query q;
	enum err rc;

	q = query_start(st, st->settings[SQL_NEW_CACHE]);
	query_int(&q, 1, conf->cache_enabled);
	query_int(&q, 2, conf->cache_timeout);
	query_text(&q, 3, conf->cache_base_url);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->settings[SQL_NEW_GENERATION]);
	query_int(&q, 1, conf->image_timeout);
	query_int(&q, 2, conf->video_timeout);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->settings[SQL_NEW_REFRESH]);
	query_int(&q, 1, conf->at_auto_refresh);
	return query_run(&q, e);
}

enum err
settings_create(struct store *st, const struct conf *conf,
    const char *api_key, const char *password, struct error *e)
{
	struct arena *a = arena_new();
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		goto out;
	if ((rc = create_key_and_admin(st, conf, api_key, password, a, e))
	    == ERR_OK && (rc = create_services(st, conf, a, e)) == ERR_OK)
		rc = create_generation(st, conf, e);
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
}
