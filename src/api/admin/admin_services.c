/* SPDX-License-Identifier: MIT */
/* admin_services.c: settings of cache, proxy, watermark-free mode and solver. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "arena.h"
#include "conf.h"
#include "proxy.h"

#define MAX_STRING	4096
#define MAX_SECRET	16384

struct body {			/* the fields of all requests here; each uses a few */
	bool		 enabled;
	bool		 pool;
	int64_t		 timeout;
	const char	*url;
	const char	*method;
	const char	*token;
};

#define AT(member)	offsetof(struct body, member)

static bool
is_http_url(const char *url)
{
	return strncmp(url, "http://", 7) == 0 ||
	    strncmp(url, "https://", 8) == 0;
}

/* The URL of a setting, which may be left out, or empty. */
static enum err
take_url(const char **url, const char *key, const char *field,
    struct arena *a, struct error *e)
{
	if (*url != NULL)
		*url = conf_clean(key, *url, a);
	if (*url == NULL || **url == '\0' || is_http_url(*url))
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, field,
	    "'%s' must start with http:// or https://", field);
}

/* ---- cache ---- */

static void
put_cache(cJSON *json, const struct settings *s, struct req *rq)
{
	json_add_bool(json, "enabled", s->cache_enabled);
	json_add_int(json, "timeout", s->cache_timeout);
	json_add_string(json, "base_url", s->cache_base_url);
	json_add_string(json, "effective_base_url",
	    *s->cache_base_url != '\0' ? s->cache_base_url
	    : req_base_url(rq));
}

/* GET /api/cache/config: the settings of the cache. */
enum err
handle_cache_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get_config(rq, rs, put_cache, e);
}

/* POST /api/cache/config: how long results are kept. 400 timeout. */
enum err
handle_cache_timeout(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "timeout", FIELD_INTEGER, true, INT32_MIN, INT32_MAX,
		    AT(timeout), NULL, false },
	};
	struct body b = { 0 };
	cJSON *root;
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK)
		return rc;
	if (b.timeout < 60)
		return error_set(e, ERR_INVALID_VALUE, "timeout",
		    "Cache timeout must be at least 60 seconds");
	if (b.timeout > 86400)
		return error_set(e, ERR_INVALID_VALUE, "timeout",
		    "Cache timeout cannot exceed 24 hours (86400 seconds)");
	if ((rc = settings_set_cache_timeout(api_of(rq)->store, (int)b.timeout,
	    e)) != ERR_OK)
		return rc;
	root = admin_success(arena_printf(rq->arena,
	    "Cache timeout updated to %d seconds", (int)b.timeout));
	json_add_int(root, "timeout", b.timeout);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* POST /api/cache/base-url: the address in front of results. 400 base_url. */
enum err
handle_cache_base_url(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "base_url", FIELD_STRING, false, 0, MAX_STRING, AT(url),
		    NULL, false },
	};
	struct body b = { 0 };
	cJSON *root;
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK)
		return rc;
	if (b.url == NULL)	/* required, but may be empty */
		return error_set(e, ERR_MISSING, "base_url",
		    "Missing required field: base_url");
	b.url = conf_clean("cache.base_url", b.url, rq->arena);
	if (*b.url != '\0' && !is_http_url(b.url))
		return error_set(e, ERR_INVALID_VALUE, "base_url",
		    "Base URL must start with http:// or https://");
	if ((rc = settings_set_cache_base_url(api_of(rq)->store, b.url, e))
	    != ERR_OK)
		return rc;
	root = admin_success(arena_printf(rq->arena,
	    "Cache base URL updated to: %s",
	    *b.url != '\0' ? b.url : "server address"));
	json_add_string(root, "base_url", b.url);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* POST /api/cache/enabled: switches the cache. 400 enabled. */
enum err
handle_cache_enabled(struct req *rq, struct resp *rs, struct error *e)
{
	bool enabled;
	enum err rc;

	if ((rc = admin_read_switch(rq, &enabled, e)) != ERR_OK ||
	    (rc = settings_set_cache_enabled(api_of(rq)->store, enabled, e))
	    != ERR_OK)
		return rc;
	admin_answer_switch(rs, "Cache", enabled, " successfully");
	return ERR_OK;
}

/* ---- proxy ---- */

static void
put_proxy(cJSON *json, const struct settings *s, struct req *rq)
{
	json_add_bool(json, "proxy_enabled", s->proxy_enabled);
	json_add_string(json, "proxy_url", s->proxy_url);
	json_add_bool(json, "proxy_pool_enabled", s->proxy_pool_enabled);
	json_add_int(json, "proxy_pool_count", (int64_t)proxy_pool_count(
	    api_of(rq)->app->proxies));
}

/* GET /api/proxy/config: the proxy settings. */
enum err
handle_proxy_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get(rq, rs, put_proxy, e);
}

/* POST /api/proxy/config: 400 proxy_enabled, proxy_url. */
enum err
handle_proxy_set(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "proxy_enabled", FIELD_BOOLEAN, true, 0, 0, AT(enabled),
		    NULL, false },
		{ "proxy_url", FIELD_STRING, false, 0, MAX_STRING, AT(url),
		    NULL, false },
		{ "proxy_pool_enabled", FIELD_BOOLEAN, false, 0, 0, AT(pool),
		    NULL, false },
	};
	const cJSON *json = NULL, *pool;
	struct body b = { 0 };
	enum err rc;

	if ((rc = api_json(rq, &json, e)) != ERR_OK ||
	    (rc = fields_read(fields, NELEM(fields), json, false, rq->arena,
	    &b, e)) != ERR_OK)
		return rc;
	pool = json_get(json, "proxy_pool_enabled");
	if (b.url != NULL && *b.url != '\0' &&
	    (rc = proxy_parse(b.url, "proxy_url", rq->arena, &b.url, e))
	    != ERR_OK)
		return rc;
	if ((rc = settings_set_proxy(api_of(rq)->store, b.enabled, b.url,
	    pool == NULL || cJSON_IsNull(pool) ? -1 : b.pool, e)) != ERR_OK)
		return rc;
	proxy_pool_rewind(api_of(rq)->app->proxies);
	resp_json(rs, 200, admin_success("Proxy configuration updated"));
	return ERR_OK;
}

/* ---- watermark-free mode ---- */

static void
put_watermark(cJSON *json, const struct settings *s, struct req *rq UNUSED)
{
	json_add_bool(json, "watermark_free_enabled",
	    s->watermark_free_enabled);
	json_add_string(json, "parse_method", s->parse_method);
	json_add_string(json, "custom_parse_url", s->custom_parse_url);
	json_add_string(json, "custom_parse_token", s->custom_parse_token);
}

/* GET /api/watermark-free/config: the settings of the parse service. */
enum err
handle_watermark_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get(rq, rs, put_watermark, e);
}

/* POST /api/watermark-free/config: 400 parse_method, custom_parse_url. */
enum err
handle_watermark_set(struct req *rq, struct resp *rs, struct error *e)
{
	static const char *const methods[] = { "third_party", "custom", NULL };
	static const struct field fields[] = {
		{ "watermark_free_enabled", FIELD_BOOLEAN, true, 0, 0,
		    AT(enabled), NULL, false },
		{ "parse_method", FIELD_STRING, false, 1, MAX_STRING,
		    AT(method), methods, false },
		{ "custom_parse_url", FIELD_STRING, false, 0, MAX_STRING,
		    AT(url), NULL, false },
		{ "custom_parse_token", FIELD_STRING, false, 0, MAX_SECRET,
		    AT(token), NULL, false },
	};
	struct body b = { 0 };
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK ||
	    (rc = take_url(&b.url, "watermark_free.custom_parse_url",
	    "custom_parse_url", rq->arena, e)) != ERR_OK ||
	    (rc = settings_set_watermark_free(api_of(rq)->store, b.enabled,
	    b.method, b.url, b.token, e)) != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success(
	    "Watermark-free mode configuration updated"));
	return ERR_OK;
}

/* ---- solver ---- */

static void
put_solver(cJSON *json, const struct settings *s, struct req *rq UNUSED)
{
	json_add_bool(json, "solver_enabled", s->solver_enabled);
	json_add_string(json, "solver_api_url", s->solver_api_url);
}

/* GET /api/cloudflare/config: the settings of the solver. */
enum err
handle_solver_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get_config(rq, rs, put_solver, e);
}

/* POST /api/cloudflare/config: 400 solver_enabled, solver_api_url. */
enum err
handle_solver_set(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "solver_enabled", FIELD_BOOLEAN, true, 0, 0, AT(enabled),
		    NULL, false },
		{ "solver_api_url", FIELD_STRING, false, 0, MAX_STRING,
		    AT(url), NULL, false },
	};
	struct body b = { 0 };
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK ||
	    (rc = take_url(&b.url, "cloudflare.api_url", "solver_api_url",
	    rq->arena, e)) != ERR_OK ||
	    (rc = settings_set_solver(api_of(rq)->store, b.enabled, b.url, e))
	    != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success(
	    "Cloudflare Solver configuration updated"));
	return ERR_OK;
}
