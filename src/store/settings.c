/* SPDX-License-Identifier: MIT */
/* settings.c: what the operator may change while the service runs. */
#include "settings_store.h"

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "digest.h"
#include "query.h"
#include "store_impl.h"

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
	struct query q = query(st, SQL_SETTINGS_LOAD);
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

	q = query(st, SQL_SETTINGS_NEW_KEY);
	query_secret(&q, 1, "api_keys.key", api_key, a);
	query_int(&q, 2, clock_now());
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	digest_password(hash, password);
	q = query(st, SQL_SETTINGS_NEW_ADMIN);
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

	q = query(st, SQL_SETTINGS_NEW_PROXY);
	query_int(&q, 1, conf->proxy_enabled);
	query_secret(&q, 2, "proxy_config.proxy_url", conf->proxy_url, a);
	query_int(&q, 3, conf->proxy_pool_enabled);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_SETTINGS_NEW_WATERMARK);
	query_int(&q, 1, conf->watermark_free_enabled);
	query_text(&q, 2, conf->watermark_parse_method);
	query_text(&q, 3, conf->watermark_parse_url);
	query_secret(&q, 4, "watermark_free_config.custom_parse_token",
	    conf->watermark_parse_token, a);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_SETTINGS_NEW_SOLVER);
	query_int(&q, 1, conf->cloudflare_enabled);
	query_text(&q, 2, conf->cloudflare_api_url);
	return query_run(&q, e);
}

static enum err
create_generation(struct store *st, const struct conf *conf, struct error *e)
{
	struct query q;
	enum err rc;

	q = query(st, SQL_SETTINGS_NEW_CACHE);
	query_int(&q, 1, conf->cache_enabled);
	query_int(&q, 2, conf->cache_timeout);
	query_text(&q, 3, conf->cache_base_url);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_SETTINGS_NEW_GENERATION);
	query_int(&q, 1, conf->image_timeout);
	query_int(&q, 2, conf->video_timeout);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_SETTINGS_NEW_REFRESH);
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
