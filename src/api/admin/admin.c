/* SPDX-License-Identifier: MIT */
/* admin.c: sessions, and what the handlers below /api share. */
#include "admin.h"

#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "session.h"
#include "throttle.h"

cJSON *
admin_success(const char *message)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", true);
	json_add_string(root, "message", message);
	return root;
}

enum err
admin_get(struct req *rq, struct resp *rs, admin_put_fn *put, struct error *e)
{
	const struct settings *s;
	cJSON *root;
	enum err rc;

	if ((rc = api_settings_now(rq, &s, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	put(root, s, rq);
	resp_json(rs, 200, root);
	return ERR_OK;
}

enum err
admin_get_config(struct req *rq, struct resp *rs, admin_put_fn *put,
    struct error *e)
{
	const struct settings *s;
	cJSON *root;
	enum err rc;

	if ((rc = api_settings_now(rq, &s, e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", true);
	put(cJSON_AddObjectToObject(root, "config"), s, rq);
	resp_json(rs, 200, root);
	return ERR_OK;
}

struct switched {
	bool		 enabled;
};

enum err
admin_read_switch(struct req *rq, bool *enabled, struct error *e)
{
	static const struct field fields[] = {
		{ "enabled", FIELD_BOOLEAN, true, 0, 0,
		    offsetof(struct switched, enabled), NULL, false },
	};
	struct switched s = { 0 };
	enum err rc = ADMIN_READ(rq, fields, &s, e);

	*enabled = s.enabled;
	return rc;
}

void
admin_answer_switch(struct resp *rs, const char *what, bool enabled,
    const char *more)
{
	cJSON *root = admin_success(arena_printf(rs->arena, "%s %s%s", what,
	    enabled ? "enabled" : "disabled", more));

	json_add_bool(root, "enabled", enabled);
	resp_json(rs, 200, root);
}

struct login {
	const char	*username;
	const char	*password;
};

static const struct field login_fields[] = {
	{ "username", FIELD_STRING, true, 1, 4096,
	    offsetof(struct login, username), NULL, false },
	{ "password", FIELD_STRING, true, 1, 4096,
	    offsetof(struct login, password), NULL, false },
};

static enum err
too_many(int wait, struct error *e)
{
	error_set(e, ERR_RATE_LIMIT, NULL,
	    "Too many failed logins; try again in %d seconds", wait);
	e->retry_after = wait;
	return e->code;
}

/* Compares both in any case: the time taken must not tell which one was wrong. */
static bool
is_admin(const struct settings *settings, const char *username,
    const char *password)
{
	bool name = username == NULL ||
	    digest_equal(settings->admin_username, username);
	bool right = digest_password_check(settings->admin_password, password);

	return name && right;
}

enum err
admin_check_password(struct req *rq, const struct settings *settings,
    const char *username, const char *password, bool *right, struct error *e)
{
	const char *address = req_variable(rq, "REMOTE_ADDR");
	int wait = throttle_begin(address, clock_now_ms());

	*right = false;
	if (wait > 0)
		return too_many(wait, e);
	if ((*right = is_admin(settings, username, password)))
		throttle_succeeded(address, clock_now_ms());
	return ERR_OK;
}

static void
refuse_login(struct resp *rs)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", false);
	json_add_string(root, "token", NULL);
	json_add_string(root, "message", "Invalid credentials");
	json_add_string(root, "detail", "Invalid credentials");
	resp_json(rs, 401, root);
}

static void
answer_login(struct resp *rs, const char *token)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", true);
	json_add_string(root, "token", token);
	json_add_string(root, "message", "Login successful");
	resp_json(rs, 200, root);
}

/* POST /api/login: a session. 401 wrong name or password, 429 too many failed logins. */
enum err
handle_login(struct req *rq, struct resp *rs, struct error *e)
{
	const struct settings *settings;
	struct login login = { 0 };
	const char *token;
	bool right;
	enum err rc;

	if ((rc = api_read(rq, login_fields, NELEM(login_fields), &login, e))
	    != ERR_OK || (rc = api_settings_now(rq, &settings, e)) != ERR_OK ||
	    (rc = admin_check_password(rq, settings, login.username,
	    login.password, &right, e)) != ERR_OK)
		return rc;
	if (!right) {
		refuse_login(rs);
		return ERR_OK;
	}
	rc = session_open(api_of(rq)->store, settings->admin_password,
	    rq->arena, &token, e);
	if (rc == ERR_UNAUTHORIZED) {
		refuse_login(rs);
		return ERR_OK;
	}
	if (rc == ERR_OK)
		answer_login(rs, token);
	return rc;
}

/* POST /api/logout: ends the session. */
enum err
handle_logout(struct req *rq, struct resp *rs, struct error *e)
{
	enum err rc = session_close(api_of(rq)->store, api_session_token(rq), e);

	if (rc == ERR_OK)
		resp_json(rs, 200, admin_success("Logged out successfully"));
	return rc;
}
