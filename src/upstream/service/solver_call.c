/* SPDX-License-Identifier: MIT */
/* solver_call.c: the request to the operator's solver, and its answer. */
#include "solver.h"

#include <string.h>

#include "arena.h"
#include "json.h"
#include "upstream/client/answer_json.h"

#define TIMEOUT		30
#define PATH		"/v1/challenge"
#define MAX_BODY	65536
#define MAX_COOKIES	100

static size_t
without_slashes(const char *s, size_t len)
{
	while (len > 0 && s[len - 1] == '/')
		len--;
	return len;
}

static bool
ends_in_path(const char *s, size_t len)
{
	return len >= sizeof(PATH) - 1 && strncmp(s + len - (sizeof(PATH) - 1),
	    PATH, sizeof(PATH) - 1) == 0;
}

void
solver_build(const char *api_url, bool anew, struct arena *a,
    struct call_request *out)
{
	const char *query = strchr(api_url, '?');
	size_t len = without_slashes(api_url, query == NULL ? strlen(api_url)
	    : (size_t)(query - api_url));
	const char *url = arena_printf(a, "%.*s%s%s", (int)len, api_url,
	    ends_in_path(api_url, len) ? "" : PATH,
	    query != NULL ? query : "");

	if (anew)
		url = arena_printf(a, "%s%sskip_cache=true", url,
		    query != NULL ? "&" : "?");
	*out = (struct call_request){
		.method = "GET", .url = url, .timeout = TIMEOUT,
		.max_body = MAX_BODY, .label = "solver",
		.reach = REACH_ANY,	/* the operator's own service */
	};
	request_header(out, a, "User-Agent", "Mozilla/5.0");
	request_header(out, a, "Accept", "application/json");
}

/* A token of RFC 9110, section 5.6.2. */
static bool
is_name(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?={}", *p) != NULL)
			return false;
	return *s != '\0';
}

/* The cookie-octets of RFC 6265, section 4.1.1. */
static bool
is_value(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("\",;\\", *p) != NULL)
			return false;
	return *s != '\0';
}

static bool
is_agent(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (*p < ' ' || *p >= 0x7f)
			return false;
	return s[strspn(s, " ")] != '\0';
}

/* Those that can stand in a header, in the answer's order. */
static void
read_cookies(const cJSON *cookies, struct arena *a,
    struct solver_credentials *out)
{
	const cJSON *item;

	out->cookies = "";
	cJSON_ArrayForEach(item, cookies) {
		const char *value = cJSON_GetStringValue(item);

		if (value == NULL || !is_name(item->string) ||
		    !is_value(value) || out->n_cookies == MAX_COOKIES)
			continue;
		out->cookies = arena_printf(a, "%s%s%s=%s", out->cookies,
		    out->n_cookies > 0 ? "; " : "", item->string, value);
		out->n_cookies++;
	}
}

static enum err
read_answer(const cJSON *root, struct arena *a,
    struct solver_credentials *out, struct error *e)
{
	const char *agent = json_string(root, "user_agent");
	const cJSON *cookies = json_get(root, "cookies");

	if (!json_bool(root, "success"))
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver did not succeed");
	if (cJSON_IsObject(cookies))
		read_cookies(cookies, a, out);
	if (out->n_cookies == 0)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver gave no cookies");
	if (agent == NULL || !is_agent(agent))
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver gave no user agent");
	out->user_agent = arena_strdup(a, agent);
	return ERR_OK;
}

enum err
solver_parse(const struct call_response *r, int64_t now_ms, struct arena *a,
    struct solver_credentials *out, struct error *e)
{
	cJSON *root;
	enum err rc;

	*out = (struct solver_credentials){ .fetched_ms = now_ms };
	if (r->timed_out)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver did not answer in time");
	if (r->transport != TRANSPORT_OK)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver could not be reached");
	if (r->status != 200)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver answered with status %ld", r->status);
	if ((root = answer_json(r->body, r->body_len)) == NULL)
		return error_set(e, ERR_UPSTREAM, NULL,
		    "The solver's answer is no JSON object");
	rc = read_answer(root, a, out, e);
	cJSON_Delete(root);
	return rc;
}
