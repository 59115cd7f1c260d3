/* SPDX-License-Identifier: MIT */
/* admin_settings.c: administrator, API key, debug, timeouts, token refresh. */
#include <stdio.h>
#include <string.h>

#include "admin.h"
#include "arena.h"
#include "conf.h"
#include "log.h"

#define MAX_STRING	4096
#define ANY_MIN		INT32_MIN	/* checked below, with a message of its own */
#define ANY_MAX		INT32_MAX

struct body {			/* the fields of all requests here; each uses a few */
	int64_t		 threshold;
	int64_t		 image_timeout;
	int64_t		 video_timeout;
	const char	*new_api_key;
	const char	*old_password;
	const char	*new_password;
	const char	*username;
};

#define AT(member)	offsetof(struct body, member)

static void
put_admin_config(cJSON *json, const struct settings *s, struct req *rq)
{
	json_add_int(json, "error_ban_threshold", s->error_ban_threshold);
	json_add_string(json, "api_key", s->api_key);
	json_add_string(json, "admin_username", s->admin_username);
	json_add_bool(json, "debug_enabled", settings_debug(s,
	    api_of(rq)->conf, api_of(rq)->app->started_ms));
}

/* GET /api/admin/config: the administrator's settings. */
enum err
handle_admin_config_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get(rq, rs, put_admin_config, e);
}

/* POST /api/admin/config: 400 error_ban_threshold. */
enum err
handle_admin_config_set(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "error_ban_threshold", FIELD_INTEGER, true, 1, 1000,
		    AT(threshold), NULL, false },
	};
	struct body b = { 0 };
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK ||
	    (rc = settings_set_ban_threshold(api_of(rq)->store,
	    (int)b.threshold, e)) != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success("Configuration updated"));
	return ERR_OK;
}

static enum err
check_username(const char *name, struct error *e)
{
	if (name != NULL && name[strcspn(name, " \t\r\n\v\f")] != '\0')
		return error_set(e, ERR_INVALID_VALUE, "username",
		    "'username' must not hold blanks");
	return ERR_OK;
}

/*
 * POST /api/admin/password: changes password and name, ends all sessions. 400 a field,
 * or a wrong password; 429 too many failed ones.
 */
enum err
handle_admin_password(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "old_password", FIELD_STRING, true, 1, MAX_STRING,
		    AT(old_password), NULL, false },
		{ "new_password", FIELD_STRING, true, 6, 128,
		    AT(new_password), NULL, false },
		{ "username", FIELD_STRING, false, 1, 64, AT(username), NULL,
		    false },
	};
	const struct settings *s;
	struct body b = { 0 };
	bool right;
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK ||
	    (rc = check_username(b.username, e)) != ERR_OK ||
	    (rc = api_settings_now(rq, &s, e)) != ERR_OK ||
	    (rc = admin_check_password(rq, s, NULL, b.old_password, &right, e))
	    != ERR_OK)
		return rc;
	if (!right)
		return error_set(e, ERR_INVALID_VALUE, "old_password",
		    "Old password is incorrect");
	if ((rc = settings_set_password(api_of(rq)->store, s->admin_password,
	    b.new_password, b.username, e)) != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success(
	    "Password updated successfully. Please login again."));
	return ERR_OK;
}

static enum err
check_api_key(const char *key, struct error *e)
{
	for (const char *p = key; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return error_set(e, ERR_INVALID_VALUE, "new_api_key",
			    "'new_api_key' must be printable ASCII without "
			    "blanks");
	return ERR_OK;
}

/* POST /api/admin/apikey: changes the API key. 400 new_api_key. */
enum err
handle_admin_apikey(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "new_api_key", FIELD_STRING, true, 1, 256, AT(new_api_key),
		    NULL, false },
	};
	struct body b = { 0 };
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK ||
	    (rc = check_api_key(b.new_api_key, e)) != ERR_OK ||
	    (rc = settings_set_api_key(api_of(rq)->store, b.new_api_key, e))
	    != ERR_OK)
		return rc;
	resp_json(rs, 200, admin_success("API key updated successfully"));
	return ERR_OK;
}

/* POST /api/admin/debug: debug log, until the next start. 400 enabled. */
enum err
handle_admin_debug(struct req *rq, struct resp *rs, struct error *e)
{
	bool enabled;
	enum err rc;

	if ((rc = admin_read_switch(rq, &enabled, e)) != ERR_OK ||
	    (rc = settings_set_debug(api_of(rq)->store, enabled, e))
	    != ERR_OK)
		return rc;
	admin_answer_switch(rs, "Debug mode", enabled, "");
	return ERR_OK;
}

static void
put_token_refresh(cJSON *json, const struct settings *s, struct req *rq UNUSED)
{
	json_add_bool(json, "at_auto_refresh_enabled", s->at_auto_refresh);
}

/* GET /api/token-refresh/config: whether access tokens are renewed. */
enum err
handle_token_refresh_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get_config(rq, rs, put_token_refresh, e);
}

/* POST /api/token-refresh/enabled: switches that. 400 enabled. */
enum err
handle_token_refresh_set(struct req *rq, struct resp *rs, struct error *e)
{
	bool enabled;
	enum err rc;

	if ((rc = admin_read_switch(rq, &enabled, e)) != ERR_OK ||
	    (rc = settings_set_auto_refresh(api_of(rq)->store, enabled, e))
	    != ERR_OK)
		return rc;
	admin_answer_switch(rs, "AT auto refresh", enabled, " successfully");
	return ERR_OK;
}

static void
put_timeouts(cJSON *json, const struct settings *s, struct req *rq UNUSED)
{
	json_add_int(json, "image_timeout", s->image_timeout);
	json_add_int(json, "video_timeout", s->video_timeout);
}

/* GET /api/generation/timeout: how long a generation may take. */
enum err
handle_timeout_get(struct req *rq, struct resp *rs, struct error *e)
{
	return admin_get_config(rq, rs, put_timeouts, e);
}

static enum err
check_timeout(const char *field, const char *name, int64_t seconds,
    int64_t most, const char *most_text, struct error *e)
{
	if (seconds != 0 && seconds < 60)
		return error_set(e, ERR_INVALID_VALUE, field,
		    "%s timeout must be at least 60 seconds", name);
	if (seconds > most)
		return error_set(e, ERR_INVALID_VALUE, field,
		    "%s timeout cannot exceed %s", name, most_text);
	return ERR_OK;
}

/* POST /api/generation/timeout: 400 image_timeout, video_timeout. */
enum err
handle_timeout_set(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "image_timeout", FIELD_INTEGER, false, ANY_MIN, ANY_MAX,
		    AT(image_timeout), NULL, false },
		{ "video_timeout", FIELD_INTEGER, false, ANY_MIN, ANY_MAX,
		    AT(video_timeout), NULL, false },
	};
	/*
	 * 0 means "not given" from here on, so "not given" starts as a value that no client can
	 * send
	 */
	struct body b = { .image_timeout = INT64_MIN,
	    .video_timeout = INT64_MIN };
	const struct settings *s;
	cJSON *root;
	enum err rc;

	if ((rc = ADMIN_READ(rq, fields, &b, e)) != ERR_OK)
		return rc;
	b.image_timeout = b.image_timeout == INT64_MIN ? 0
	    : b.image_timeout == 0 ? 1 : b.image_timeout;
	b.video_timeout = b.video_timeout == INT64_MIN ? 0
	    : b.video_timeout == 0 ? 1 : b.video_timeout;
	if ((rc = check_timeout("image_timeout", "Image", b.image_timeout,
	    3600, "1 hour (3600 seconds)", e)) != ERR_OK ||
	    (rc = check_timeout("video_timeout", "Video", b.video_timeout,
	    7200, "2 hours (7200 seconds)", e)) != ERR_OK ||
	    (rc = settings_set_timeouts(api_of(rq)->store,
	    (int)b.image_timeout, (int)b.video_timeout, e)) != ERR_OK ||
	    (rc = api_settings_now(rq, &s, e)) != ERR_OK)
		return rc;
	root = admin_success("Generation timeout configuration updated");
	put_timeouts(cJSON_AddObjectToObject(root, "config"), s, rq);
	resp_json(rs, 200, root);
	return ERR_OK;
}
