/* SPDX-License-Identifier: MIT */
/* import_settings.c: taking over the settings of an older edition. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "import.h"
#include "import_impl.h"
#include "settings_store.h"
#include "settings_row.h"

/*
 * Whether a setting is there and one that its key accepts. What is not is left
 * out and told: the service works without it.
 */
static bool
usable(struct work *w, const char *column, const char *key,
    const char *literal)
{
	struct error e;

	if (!old_has(&w->old, column))
		return false;
	if (conf_check_value(key, literal, w->old.table, 1, w->arena, &e)
	    == ERR_OK)
		return true;
	import_note(w, arena_printf(w->arena, "%s: left out: %s", column,
	    strstr(e.text, key) != NULL ? strstr(e.text, key) : e.text));
	return false;
}

/* The number, or 0 when it is to be left as it is. */
static int
number(struct work *w, const char *column, const char *key)
{
	int64_t value = old_int(&w->old, column, 0);

	return usable(w, column, key, arena_printf(w->arena, "%lld",
	    (long long)value)) ? (int)value : 0;
}

/* The text, as the API would store it; NULL when it is to be left as it is. */
static const char *
text(struct work *w, const char *column, const char *key)
{
	const char *value = old_text(&w->old, column, NULL);
	struct error e;

	if (value == NULL)
		return NULL;
	value = conf_clean(key, value, w->arena);
	if (conf_check_string(key, value, w->old.table, w->arena, &e)
	    == ERR_OK)
		return value;
	import_note(w, arena_printf(w->arena, "%s: left out: %s", column,
	    strstr(e.text, key) != NULL ? strstr(e.text, key) : e.text));
	return NULL;
}

static bool
truth(struct work *w, const char *column)
{
	return old_int(&w->old, column, 0) != 0;
}

/* Editions store the password as it is, or as a hash that is not ours. */
static enum err
take_password(struct work *w, const char *username, struct error *e)
{
	const char *password = old_text(&w->old, "admin_password", NULL);

	if (password != NULL && *password == '$') {
		import_note(w, "admin_password: left out: a hash that cannot be "
		    "checked here; see \"sora2apictl admin reset-password\"");
		password = NULL;
	} else {
		password = text(w, "admin_password", "global.admin_password");
	}
	if (password == NULL || *password == '\0')
		return ERR_OK;
	return settings_write_password(w->st, password, username, e);
}

static enum err
take_admin(struct work *w, struct error *e)
{
	const char *username = text(w, "admin_username",
	    "global.admin_username");
	const char *key = text(w, "api_key", "global.api_key");
	int threshold = number(w, "error_ban_threshold",
	    "admin.error_ban_threshold");
	enum err rc;

	if ((rc = take_password(w, username, e)) != ERR_OK)
		return rc;
	if (key != NULL && *key != '\0' &&
	    (rc = settings_set_api_key(w->st, key, e)) != ERR_OK)
		return rc;
	return threshold != 0 ? settings_set_ban_threshold(w->st, threshold,
	    e) : ERR_OK;
}

static enum err
take_proxy(struct work *w, struct error *e)
{
	const char *url = text(w, "proxy_url", "proxy.url");
	bool enabled = truth(w, "proxy_enabled");
	bool pool = truth(w, "proxy_pool_enabled");

	if (enabled && !pool && (url == NULL || *url == '\0')) {
		import_note(w, "proxy_enabled: left out: there is no proxy");
		enabled = false;
	}
	return settings_set_proxy(w->st, enabled, url, pool, e);
}

static enum err
take_watermark(struct work *w, struct error *e)
{
	const char *method = text(w, "parse_method",
	    "watermark_free.parse_method");
	const char *url = text(w, "custom_parse_url",
	    "watermark_free.custom_parse_url");
	bool enabled = truth(w, "watermark_free_enabled");

	if (enabled && method != NULL && strcmp(method, "custom") == 0 &&
	    (url == NULL || *url == '\0')) {
		import_note(w, "watermark_free_enabled: left out: there is no "
		    "custom_parse_url");
		enabled = false;
	}
	return settings_set_watermark_free(w->st, enabled, method, url,
	    text(w, "custom_parse_token",
	    "watermark_free.custom_parse_token"), e);
}

static enum err
take_cache(struct work *w, struct error *e)
{
	const char *url = text(w, "cache_base_url", "cache.base_url");
	int timeout = number(w, "cache_timeout", "cache.timeout");
	enum err rc = ERR_OK;

	if (old_has(&w->old, "cache_enabled"))
		rc = settings_set_cache_enabled(w->st,
		    truth(w, "cache_enabled"), e);
	if (rc == ERR_OK && timeout != 0)
		rc = settings_set_cache_timeout(w->st, timeout, e);
	if (rc == ERR_OK && url != NULL)
		rc = settings_set_cache_base_url(w->st, url, e);
	return rc;
}

static enum err
take_generation(struct work *w, struct error *e)
{
	int image = number(w, "image_timeout", "generation.image_timeout");
	int video = number(w, "video_timeout", "generation.video_timeout");

	return settings_set_timeouts(w->st, image, video, e);
}

static enum err
take_refresh(struct work *w, struct error *e)
{
	return settings_set_auto_refresh(w->st,
	    truth(w, "at_auto_refresh_enabled"), e);
}

static enum err
take_solver(struct work *w, struct error *e)
{
	return settings_set_solver(w->st, truth(w, "solver_enabled"),
	    text(w, "solver_api_url", "cloudflare.api_url"), e);
}

static const struct {
	const char	*table;
	enum err	(*take)(struct work *w, struct error *e);
} settings_tables[] = {
	{ "admin_config", take_admin },
	{ "proxy_config", take_proxy },
	{ "watermark_free_config", take_watermark },
	{ "cache_config", take_cache },
	{ "generation_config", take_generation },
	{ "token_refresh_config", take_refresh },
	{ "cloudflare_solver_config", take_solver },
};

/* Each has one row; of more, the first counts. */
static enum err
take_settings(struct work *w, size_t i, struct error *e)
{
	struct error ignored;
	enum err rc = ERR_OK;

	if (!old_start(&w->old, settings_tables[i].table))
		return ERR_OK;
	if (old_next(&w->old)) {
		rc = settings_tables[i].take(w, e);
		w->out->settings++;
	}
	if (rc == ERR_OK)
		return old_end(&w->old, e);
	(void)!old_end(&w->old, &ignored);
	return rc;
}

enum err
import_settings(struct work *w, struct error *e)
{
	enum err rc = ERR_OK;

	for (size_t i = 0; i < NELEM(settings_tables) && rc == ERR_OK; i++)
		rc = take_settings(w, i, e);
	return rc;
}
