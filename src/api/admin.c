/* admin.c: sessions, and what the handlers below /api share. */
#include "admin.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "log.h"
#include "session.h"

#define ADDRESS_WAIT	300	/* s, the longest after failed logins */
#define ACCOUNT_WAIT	10

static void
delete_json(void *json)
{
	cJSON_Delete(json);
}

enum err
admin_json(struct req *rq, const cJSON **out, struct error *e)
{
	cJSON *body = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	arena_own(rq->arena, body, delete_json);
	*out = body;
	return ERR_OK;
}

enum err
admin_read(struct req *rq, const struct field *fields, size_t n, void *out,
    struct error *e)
{
	const cJSON *body = NULL;
	enum err rc;

	/* strings of the result are those of the tree */
	if ((rc = admin_json(rq, &body, e)) != ERR_OK)
		return rc;
	return fields_read(fields, n, body, false, rq->arena, out, e);
}

enum err
admin_settings(struct req *rq, const struct settings **out, struct error *e)
{
	api_of(rq)->settings_ms = 0;
	return api_settings(api_of(rq), out, e);
}

cJSON *
admin_success(const char *fmt, ...)
{
	cJSON *root = cJSON_CreateObject();
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		fatal("out of memory");
	va_end(ap);
	json_add_bool(root, "success", true);
	json_add_string(root, "message", text);
	free(text);
	return root;
}

cJSON *
admin_config(cJSON **config)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", true);
	*config = cJSON_AddObjectToObject(root, "config");
	return root;
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
	cJSON *root = admin_success("%s %s%s", what,
	    enabled ? "enabled" : "disabled", more);

	json_add_bool(root, "enabled", enabled);
	resp_json(rs, 200, root);
}

const char *
admin_token(const struct req *rq)
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

/* Both are compared whatever the first one gave, so that time tells nothing. */
static bool
is_admin(const struct settings *settings, const struct login *login)
{
	bool name = digest_equal(settings->admin_username, login->username);
	bool password = digest_password_check(settings->admin_password,
	    login->password);

	return name && password;
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

/*
 * A wrong password makes its address wait, up to minutes, and its account, but
 * that only briefly: nobody is to lock the administrator out.
 */
static enum err
check_throttle(const char *address, const char *account, int64_t now,
    struct error *e)
{
	int of_address = throttle_wait(address, ADDRESS_WAIT, now);
	int of_account = throttle_wait(account, ACCOUNT_WAIT, now);
	int wait = of_address > of_account ? of_address : of_account;

	return wait == 0 ? ERR_OK : too_many(wait, e);
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

enum err
handle_login(struct req *rq, struct resp *rs, struct error *e)
{
	const char *address = req_variable(rq, "REMOTE_ADDR"), *account;
	const struct settings *settings;
	struct login login = { 0 };
	int64_t now = clock_mono_ms();
	const char *token;
	enum err rc;

	if ((rc = admin_read(rq, login_fields, NELEM(login_fields), &login, e))
	    != ERR_OK || (rc = admin_settings(rq, &settings, e)) != ERR_OK)
		return rc;
	address = arena_printf(rq->arena, "address %s",
	    address == NULL ? "" : address);
	account = arena_printf(rq->arena, "account %s", login.username);
	if ((rc = check_throttle(address, account, now, e)) != ERR_OK)
		return rc;
	if (!is_admin(settings, &login)) {
		throttle_failed(address, now);
		throttle_failed(account, now);
		refuse_login(rs);
		return ERR_OK;
	}
	throttle_succeeded(address);
	throttle_succeeded(account);
	if ((rc = session_open(api_of(rq)->store, rq->arena, &token, e))
	    == ERR_OK)
		answer_login(rs, token);
	return rc;
}

enum err
handle_logout(struct req *rq, struct resp *rs, struct error *e)
{
	enum err rc = session_close(api_of(rq)->store, admin_token(rq), e);

	if (rc == ERR_OK)
		resp_json(rs, 200, admin_success("Logged out successfully"));
	return rc;
}
