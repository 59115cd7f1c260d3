/* SPDX-License-Identifier: MIT */
/* refusal.c: the rows of the catalogue and how each is written. */
#include "refusal.h"

#include <assert.h>
#include <stdio.h>

#include "arena.h"
#include "http.h"
#include "json.h"

#define DROP_LOCATION	"/_sandbox_drop"
#define RESET_LOCATION	"/_sandbox_reset"
#define HMM "Hmmm something didn't look right with your request. Please try " \
	"again later or visit https://help.openai.com if this issue persists."
#define HEAVY	"We're under heavy load, please try again later."
#define SIGN_IN	" Please try signing in again."

static const struct refusal rows[] = {
	/* name, status, code, type, param, message, shape */
	{ "heavy_load", 400, "heavy_load", NULL, NULL, HEAVY, SHAPE_JSON },
	{ "invalid_request", 400, "invalid_request", NULL, NULL, HMM, SHAPE_JSON },
	{ "unable_to_process", 400, "invalid_request", NULL, NULL,
	    "Unable to process request", SHAPE_JSON },
	{ "sentinel_block", 400, "sentinel_block", NULL, NULL, HMM, SHAPE_JSON },
	{ "phone_number_required", 400, "phone_number_required",
	    "phone_number_required", NULL,
	    "You must verify a phone number before continuing.", SHAPE_JSON },
	{ "username_required", 400, "username_required", NULL, NULL,
	    "You must choose a username before using this service", SHAPE_JSON },
	{ "onboarding_required", 400, "onboarding_required", NULL, NULL,
	    "You must onboard before using this service", SHAPE_JSON },
	{ "people_in_image", 400, NULL, NULL, NULL,
	    "For safety, we don't create videos from images that include people.",
	    SHAPE_JSON },
	{ "invalid_image", 400, "invalid_request", NULL, NULL,
	    "Invalid image: the file is not a PNG, JPEG or WebP image.",
	    SHAPE_JSON },
	{ "image_too_large", 400, "invalid_request", NULL, NULL,
	    "Invalid image: the file is larger than 20 MiB.", SHAPE_JSON },
	{ "bad_request", 400, NULL, NULL, NULL, "Bad request", SHAPE_JSON },
	{ "token_invalidated", 401, "token_invalidated", NULL, NULL,
	    "Your authentication token has been invalidated." SIGN_IN,
	    SHAPE_STATUS },
	{ "token_expired", 401, "token_expired", NULL, NULL,
	    "Your authentication token has expired." SIGN_IN, SHAPE_STATUS },
	{ "invalid_jwt", 401, "invalid_jwt", NULL, NULL,
	    "Could not parse your authentication token." SIGN_IN, SHAPE_STATUS },
	{ "missing_bearer", 401, NULL, NULL, NULL,
	    "Missing bearer authentication in header", SHAPE_JSON },
	{ "unauthorized", 401, NULL, NULL, NULL, "Unauthorized", SHAPE_JSON },
	{ "challenge", 403, NULL, NULL, NULL, "Just a moment...", SHAPE_CHALLENGE },
	{ "cf_shield_429", 429, "cf_shield_429", NULL, NULL,
	    "Too many requests", SHAPE_JSON },
	{ "forbidden", 403, NULL, NULL, NULL,
	    "You do not have access to this resource.", SHAPE_JSON },
	{ "unsupported_country_code", 403, "unsupported_country_code", NULL,
	    "XX", "This service is not available in your country.",
	    SHAPE_COUNTRY },
	{ "account_already_created", 400, "account_already_created", NULL, NULL,
	    "This account has already been created", SHAPE_JSON },
	{ "username_taken", 400, "username_taken", NULL, "username",
	    "This username is taken", SHAPE_JSON },
	{ "reserved_username", 400, "reserved_username", NULL, "username",
	    "This username is reserved", SHAPE_JSON },
	{ "username_rejected", 400, "username_rejected", NULL, "username",
	    "This username cannot be used", SHAPE_JSON },
	{ "username_invalid", 400, "username_invalid", NULL, "username",
	    "This username is not valid", SHAPE_JSON },
	{ "invalid_invite_code", 403, NULL, NULL, NULL,
	    "Invalid invite code", SHAPE_JSON },
	{ "invalid_grant", 400, NULL, NULL, NULL,
	    "Unknown or invalid refresh token.", SHAPE_OAUTH },
	{ "invalid_client", 401, NULL, NULL, NULL,
	    "Unknown client", SHAPE_OAUTH },
	{ "unsupported_grant_type", 400, NULL, NULL, NULL,
	    "Unsupported grant type", SHAPE_OAUTH },
	{ "parse_error", 200, NULL, NULL, NULL,
	    "Failed to find the video of this link", SHAPE_PLAIN },
	{ "parse_denied", 200, NULL, NULL, NULL, "Invalid token", SHAPE_PLAIN },
	{ "wrong_key", 401, NULL, NULL, NULL, "Unauthorized", SHAPE_UNSOLVED },
	{ "unsolved", 200, NULL, NULL, NULL,
	    "timeout while waiting for the page", SHAPE_UNSOLVED },
	{ "nothing", 200, NULL, NULL, NULL, "", SHAPE_NOTHING },
	{ "media_expired", 403, "AuthenticationFailed", NULL, NULL,
	    "Server failed to authenticate the request: the signature is not "
	    "valid or has expired.", SHAPE_XML },
	{ "not_found", 404, NULL, NULL, NULL, "Not Found", SHAPE_JSON },
	{ "gone", 410, NULL, NULL, NULL, "Gone", SHAPE_JSON },
	{ "body_too_large", 413, NULL, NULL, NULL,
	    "Request body too large", SHAPE_JSON },
	{ "media_type", 415, NULL, NULL, NULL,
	    "Unsupported content type", SHAPE_JSON },
	{ "too_many_concurrent_tasks", 429, "too_many_concurrent_tasks", NULL,
	    NULL, "You already have", SHAPE_TASKS },
	{ "rate_limit_exhausted", 429, "rate_limit_exhausted",
	    "rate_limit_exhausted", NULL, "You have reached your video limit.",
	    SHAPE_QUOTA },
	{ "daily_limit", 429, NULL, NULL, NULL,
	    "You've already generated 100 videos in the last day", SHAPE_JSON },
	{ "too_many_requests", 429, NULL, NULL, NULL,
	    "Too many requests, slow down", SHAPE_JSON },
	{ "no_credits", 400, NULL, NULL, NULL,
	    "Insufficient credits for this request", SHAPE_JSON },
	{ "missing_api_key", 401, NULL, NULL, NULL,
	    "You didn't provide an API key.", SHAPE_JSON },
	{ "wrong_api_key", 401, "invalid_api_key", NULL, NULL,
	    "Incorrect API key provided.", SHAPE_JSON },
	{ "payment_required", 402, "insufficient_quota", "insufficient_quota",
	    NULL, "Your balance is not enough for this request.", SHAPE_JSON },
	{ "no_balance", 403, "insufficient_user_quota", "new_api_error", NULL,
	    "The balance of this user is not enough.", SHAPE_JSON },
	{ "insufficient_quota", 429, "insufficient_quota", "insufficient_quota",
	    NULL, "You exceeded your current quota.", SHAPE_JSON },
	{ "rate_limit_exceeded", 429, "rate_limit_exceeded", "requests", NULL,
	    "Rate limit reached for requests.", SHAPE_JSON },
	{ "engine_overloaded", 503, "engine_overloaded", "server_error", NULL,
	    "The engine is currently overloaded, please try again later.",
	    SHAPE_JSON },
	{ "moderation_blocked", 400, "moderation_blocked", NULL, "prompt",
	    "Your request was blocked by our moderation system.", SHAPE_JSON },
	{ "wrong_body", 400, NULL, NULL, NULL,
	    "Unsupported content type of the body.", SHAPE_JSON },
	{ "missing_prompt", 400, "missing_required_parameter", NULL, "prompt",
	    "Missing required parameter: 'prompt'.", SHAPE_JSON },
	{ "invalid_seconds", 400, "invalid_value", NULL, "seconds",
	    "Invalid value for 'seconds'.", SHAPE_JSON },
	{ "invalid_size", 400, "invalid_value", NULL, "size",
	    "Invalid value for 'size'.", SHAPE_JSON },
	{ "invalid_reference", 400, "invalid_type", NULL, "input_reference",
	    "Invalid type for 'input_reference'.", SHAPE_JSON },
	{ "invalid_after", 400, "invalid_value", NULL, "after",
	    "Invalid value for 'after'.", SHAPE_JSON },
	{ "unknown_format", 400, "unknown_parameter", NULL, "response_format",
	    "Unknown parameter: 'response_format'.", SHAPE_JSON },
	{ "model_not_found", 404, "model_not_found", NULL, "model",
	    "The requested model does not exist.", SHAPE_JSON },
	{ "no_channel", 503, "model_not_found", "new_api_error", NULL,
	    "No available channel for this model.", SHAPE_JSON },
	{ "video_not_found", 404, "not_found", NULL, "video_id",
	    "Video not found", SHAPE_JSON },
	{ "task_not_exist", 400, "task_not_exist", NULL, NULL,
	    "task_not_exist", SHAPE_JSON },
	{ "video_running", 400, "video_not_finished", NULL, NULL,
	    "Only finished videos can be deleted or remixed.", SHAPE_JSON },
	{ "not_ready", 404, "not_ready", NULL, NULL,
	    "Generation is still in-progress", SHAPE_JSON },
	{ "no_variant", 404, "not_found", NULL, "variant",
	    "Variant not found", SHAPE_JSON },
	{ "use_url", 400, "use_url", NULL, NULL,
	    "Video has been uploaded to cloud storage. Please use the url field"
	    " of the video.", SHAPE_JSON },
	{ "internal_error", 500, NULL, "server_error", NULL,
	    "The server had an error processing your request", SHAPE_JSON },
	{ "bad_gateway", 502, NULL, NULL, NULL, "502 Bad Gateway", SHAPE_HTML },
	{ "unavailable", 503, NULL, NULL, NULL,
	    "503 Service Temporarily Unavailable", SHAPE_HTML },
	{ "gateway_timeout", 504, NULL, NULL, NULL,
	    "504 Gateway Time-out", SHAPE_HTML },
	{ "origin_error", 520, NULL, NULL, NULL,
	    "520: Web server is returning an unknown error", SHAPE_HTML },
	{ "origin_timeout", 524, NULL, NULL, NULL,
	    "524: A timeout occurred", SHAPE_HTML },
	{ "overloaded", 529, NULL, "server_error", NULL,
	    "The service is overloaded", SHAPE_JSON },
	{ "cut", 200, NULL, NULL, NULL, "", SHAPE_CUT },
	{ "empty", 200, NULL, NULL, NULL, "", SHAPE_EMPTY },
	{ "drop", 502, NULL, NULL, NULL, "", SHAPE_DROP },
	{ "reset", 502, NULL, NULL, NULL, "", SHAPE_RESET },
};

static const char challenge_page[] =
    "<!DOCTYPE html><html lang=\"en-US\"><head>"
    "<title>Just a moment...</title></head><body>"
    "<noscript><span id=\"challenge-error-text\">"
    "Enable JavaScript and cookies to continue</span></noscript>"
    "<script>window._cf_chl_opt={cvId:'3'};</script>"
    "<script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\">"
    "</script></body></html>\n";

/* The names of markers and faults may be written with either dash. */
static bool
same_name(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
		if (*a != *b && !(*a == '_' && *b == '-'))
			return false;
	return *a == *b;
}

const struct refusal *
refusal_find(const char *name)
{
	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < NELEM(rows); i++)
		if (same_name(rows[i].name, name))
			return &rows[i];
	return NULL;
}

const struct refusal *
refusal_at(size_t i)
{
	return i < NELEM(rows) ? &rows[i] : NULL;
}

const struct refusal *
refusal_of(enum err code)
{
	int status = error_row(code)->status;

	if (status == 404 || status == 405)
		return refusal_find("not_found");
	if (status == 413)
		return refusal_find("body_too_large");
	if (status == 415)
		return refusal_find("media_type");
	if (status == 401)
		return refusal_find("missing_bearer");
	if (status == 503)
		return refusal_find("unavailable");
	return refusal_find(status < 500 ? "invalid_request" : "internal_error");
}

enum err
refuse(struct error *e, const char *name)
{
	const struct refusal *r = refusal_find(name);

	assert(r != NULL);
	return error_set(e, ERR_INVALID_VALUE, r->name, "refused: %s", r->name);
}

static cJSON *
envelope_with(const struct refusal *r, const char *message, const char *param)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *inner = cJSON_AddObjectToObject(json, "error");

	json_add_string(inner, "message", message);
	json_add_string(inner, "type",
	    r->type != NULL ? r->type : "invalid_request_error");
	json_add_string(inner, "param", param);
	json_add_string(inner, "code", r->code);
	return json;
}

static cJSON *
envelope(const struct refusal *r, const char *message)
{
	return envelope_with(r, message, r->param);
}

static cJSON *
oauth_json(const struct refusal *r)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "error", r->name);
	json_add_string(json, "error_description", r->message);
	return json;
}

/* As the helper services fail. */
static cJSON *
helper_json(const struct refusal *r)
{
	cJSON *json = cJSON_CreateObject();

	if (r->shape == SHAPE_UNSOLVED)
		json_add_bool(json, "success", false);
	json_add_string(json, "error", r->message);
	return json;
}

static cJSON *
tasks_json(const struct refusal *r, long num_tasks)
{
	char message[96];
	cJSON *json, *details;

	snprintf(message, sizeof(message), "%s %ld generations in progress",
	    r->message, num_tasks);
	json = envelope(r, message);
	details = cJSON_AddObjectToObject(
	    cJSON_GetObjectItemCaseSensitive(json, "error"), "details");
	json_add_int(details, "num_tasks", num_tasks);
	return json;
}

/* Also an account that has something left is told that it has not. */
static cJSON *
quota_json(const struct refusal *r, const struct refusal_facts *facts)
{
	cJSON *json = envelope(r, r->message);
	cJSON *balance = cJSON_AddObjectToObject(json,
	    "rate_limit_and_credit_balance");

	json_add_string(json, "type", r->name);
	json_add_int(balance, "estimated_num_videos_remaining", 0);
	json_add_int(balance, "estimated_num_purchased_videos_remaining", 0);
	json_add_int(balance, "credit_remaining", 0);
	json_add_bool(balance, "rate_limit_reached", true);
	json_add_int(balance, "access_resets_in_seconds", facts->resets_in);
	return json;
}

static void
write_page(const struct refusal *r, int status, struct resp *rs)
{
	resp_text(rs, status, "text/html", arena_printf(rs->arena,
	    "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n"
	    "<center><h1>%s</h1></center>\r\n<hr><center>cloudflare</center>"
	    "\r\n</body>\r\n</html>\r\n", r->message, r->message));
}

static void
write_challenge(int status, struct resp *rs)
{
	resp_header(rs, "cf-mitigated", "challenge");
	resp_text(rs, status, "text/html; charset=UTF-8", challenge_page);
}

static void
write_xml(const struct refusal *r, int status, struct resp *rs)
{
	resp_text(rs, status, "application/xml", arena_printf(rs->arena,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>%s</Code>"
	    "<Message>%s</Message></Error>", r->code, r->message));
}

void
refusal_write(const struct refusal *r, int status,
    const struct refusal_facts *facts, struct resp *rs)
{
	cJSON *json;

	if (status == 0)
		status = r->status;
	switch (r->shape) {
	case SHAPE_JSON:
		resp_json(rs, status, envelope(r, r->message));
		break;
	case SHAPE_STATUS:
		json = envelope(r, r->message);
		json_add_int(json, "status", status);
		resp_json(rs, status, json);
		break;
	case SHAPE_COUNTRY:
		resp_json(rs, status, envelope_with(r, r->message,
		    facts->country != NULL ? facts->country : r->param));
		break;
	case SHAPE_OAUTH:
		resp_json(rs, status, oauth_json(r));
		break;
	case SHAPE_PLAIN:
	case SHAPE_UNSOLVED:
		resp_json(rs, status, helper_json(r));
		break;
	case SHAPE_NOTHING:
		resp_text(rs, status, "application/json", "{}");
		break;
	case SHAPE_TASKS:
		resp_json(rs, status, tasks_json(r, facts->num_tasks));
		break;
	case SHAPE_QUOTA:
		resp_json(rs, status, quota_json(r, facts));
		break;
	case SHAPE_CHALLENGE:
		write_challenge(status, rs);
		break;
	case SHAPE_HTML:
		write_page(r, status, rs);
		break;
	case SHAPE_XML:
		write_xml(r, status, rs);
		break;
	case SHAPE_CUT:
		resp_text(rs, status, "application/json", "{\"id\": \"task_");
		break;
	case SHAPE_EMPTY:
		resp_text(rs, status, "application/json", "");
		break;
	case SHAPE_DROP:
	case SHAPE_RESET:
		resp_header(rs, "X-Accel-Redirect", r->shape == SHAPE_DROP ?
		    DROP_LOCATION : RESET_LOCATION);
		resp_text(rs, 200, "text/plain", "");
		break;
	}
}
