/* SPDX-License-Identifier: MIT */
/* app.c: what each accept thread has, and who may ask. */
#include "api.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "digest.h"
#include "log.h"
#include "session.h"
#include "xalloc.h"

#define SETTINGS_AGE_MS	500

struct api *
api_of(const struct req *rq)
{
	return rq->ctx;
}

static void
thread_close(void *ctx)
{
	struct api *api = ctx;

	store_close(api->store);
	arena_free(api->settings_arena);
	free(api);
}

static void *
thread_open(void *arg)
{
	struct app *app = arg;
	const struct store_conf conf = {
		.path = app->conf->database_path,
		.seal = app->seal,
		.busy_timeout = app->conf->database_busy_timeout,
		.group = app->group,
	};
	struct api *api = xcalloc(1, sizeof(*api));
	struct error e;

	api->app = app;
	api->conf = app->conf;
	api->settings_arena = arena_new();
	if (store_open(&conf, &api->store, &e) == ERR_OK)
		return api;
	log_error("%s", e.text);
	thread_close(api);
	return NULL;
}

enum err
api_settings(struct api *api, const struct settings **out, struct error *e)
{
	int64_t now = clock_mono_ms();
	struct arena *fresh;
	enum err rc;

	*out = &api->settings;
	if (api->settings_ms != 0 && now < api->settings_ms + SETTINGS_AGE_MS)
		return ERR_OK;
	fresh = arena_new();
	if ((rc = settings_load(api->store, api->conf, fresh, &api->settings,
	    e)) != ERR_OK) {
		arena_free(fresh);
		api->settings_ms = 0;
		return rc;
	}
	arena_free(api->settings_arena);
	api->settings_arena = fresh;
	api->settings_ms = now;
	log_level_set(settings_debug(&api->settings, api->conf,
	    api->app->started_ms) ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	return ERR_OK;
}

enum err
api_settings_now(struct req *rq, const struct settings **out, struct error *e)
{
	api_of(rq)->settings_ms = 0;
	return api_settings(api_of(rq), out, e);
}

/* The token of "Bearer <token>" without the blanks around it; NULL: another scheme, or none. */
static const char *
bearer(const struct req *rq)
{
	const char *value = req_header(rq, "Authorization");
	size_t len;

	if (value == NULL)
		return NULL;
	value += strspn(value, " \t");
	if (strncasecmp(value, "Bearer", 6) != 0 ||
	    !isspace((unsigned char)value[6]))
		return NULL;
	value += 6 + strspn(value + 6, " \t\r\n");
	len = strlen(value);
	while (len > 0 && isspace((unsigned char)value[len - 1]))
		len--;
	return len == 0 ? NULL : arena_strndup(rq->arena, value, len);
}

const char *
api_session_token(const struct req *rq)
{
	const char *value = req_header(rq, "Authorization");
	size_t len;

	if (value == NULL)
		return NULL;
	value += strspn(value, " \t");
	if (strncasecmp(value, "Bearer ", 7) == 0)
		value += 7;
	value += strspn(value, " \t");
	len = strlen(value);
	while (len > 0 && isspace((unsigned char)value[len - 1]))
		len--;
	return arena_strndup(rq->arena, value, len);
}

static enum err
check_key(struct req *rq, struct error *e)
{
	const char *key = bearer(rq);
	const struct settings *settings;
	enum err rc;

	if (key == NULL)
		return error_set(e, ERR_UNAUTHORIZED, NULL, "Missing API key");
	if ((rc = api_settings(api_of(rq), &settings, e)) != ERR_OK)
		return rc;
	if (*settings->api_key == '\0' ||
	    !digest_equal(settings->api_key, key))
		return error_set(e, ERR_UNAUTHORIZED, NULL, "Invalid API key");
	rq->auth_id = settings->api_key_id;
	return ERR_OK;
}

static enum err
check_session(struct req *rq, struct error *e)
{
	const char *token = api_session_token(rq);
	const struct settings *settings;
	bool valid;
	enum err rc;

	if (token == NULL)
		return error_set(e, ERR_UNAUTHORIZED, NULL,
		    "Missing authorization header");
	if ((rc = session_check(api_of(rq)->store, token, &valid, e))
	    != ERR_OK)
		return rc;
	if (!valid)
		return error_set(e, ERR_UNAUTHORIZED, NULL,
		    "Invalid or expired token");
	/* administrators see each change at once, not after half a second */
	return api_settings_now(rq, &settings, e);
}

static enum err
auth(struct req *rq, int who, struct error *e)
{
	return who == WHO_KEY ? check_key(rq, e) : check_session(rq, e);
}

const struct server_ops api_ops = {
	.thread_open = thread_open,
	.thread_close = thread_close,
	.auth = auth,
	.error = api_render_error,
	.finish = api_finish,
	.limits = api_limits,
};
