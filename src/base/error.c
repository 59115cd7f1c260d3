/* SPDX-License-Identifier: MIT */
/* error.c: the table of errors of the API, and how an error is recorded. */
#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REQUEST	"invalid_request_error"
#define SERVER	"server_error"
#define INVALID	"invalid_request"

static const struct err_row rows[ERR__MAX] = {
	/*                           status type   code                          video code */
	[ERR_OK] =                   { 200, "",      "",                           "" },
	[ERR_INVALID_BODY] =         { 400, REQUEST, "invalid_json",               INVALID },
	[ERR_INVALID_TYPE] =         { 400, REQUEST, "invalid_type",               INVALID },
	[ERR_MISSING] =              { 400, REQUEST, "missing_required_parameter", INVALID },
	[ERR_INVALID_VALUE] =        { 400, REQUEST, "invalid_value",              INVALID },
	[ERR_MODEL_NOT_FOUND] =      { 400, REQUEST, "model_not_found",            INVALID },
	[ERR_UNKNOWN_MODEL] =        { 404, REQUEST, "model_not_found",            "not_found" },
	[ERR_UNSUPPORTED_PARAM] =    { 400, REQUEST, "unsupported_parameter",      INVALID },
	[ERR_INVALID_IMAGE] =        { 400, REQUEST, "invalid_image",              INVALID },
	[ERR_INVALID_VIDEO] =        { 400, REQUEST, "invalid_video",              INVALID },
	[ERR_INVALID_IMAGE_URL] =    { 400, REQUEST, "invalid_image_url",          INVALID },
	[ERR_CONTENT_POLICY] =       { 400, REQUEST, "content_policy_violation",   "content_policy_violation" },
	[ERR_UNAUTHORIZED] =         { 401, REQUEST, "invalid_api_key",            "invalid_api_key" },
	[ERR_UNKNOWN_URL] =          { 404, REQUEST, "unknown_url",                "not_found" },
	[ERR_TASK_NOT_FOUND] =       { 404, REQUEST, "task_not_found",             "task_not_found" },
	[ERR_NOT_FOUND] =            { 404, REQUEST, "not_found",                  "not_found" },
	[ERR_CONTENT_NOT_FOUND] =    { 404, REQUEST, "content_not_found",          "content_not_found" },
	[ERR_TASK_NOT_COMPLETED] =   { 400, REQUEST, "task_not_completed",         "task_not_completed" },
	[ERR_TASK_FAILED] =          { 400, REQUEST, "generation_failed",          "generation_failed" },
	[ERR_METHOD] =               { 405, REQUEST, "method_not_allowed",         "method_not_allowed" },
	[ERR_CONFLICT] =             { 409, REQUEST, "conflict",                   "conflict" },
	[ERR_IDEM_REUSE] =           { 400, REQUEST, "idempotency_key_reuse",      "idempotency_key_reuse" },
	[ERR_IDEM_IN_PROGRESS] =     { 409, REQUEST, "idempotency_in_progress",    "idempotency_in_progress" },
	[ERR_TOO_LARGE] =            { 413, REQUEST, "request_too_large",          "request_too_large" },
	[ERR_MEDIA_TYPE] =           { 415, REQUEST, "unsupported_media_type",     "unsupported_media_type" },
	[ERR_RATE_LIMIT] =           { 429, "rate_limit_error", "rate_limit_exceeded", "rate_limit_exceeded" },
	[ERR_INTERNAL] =             { 500, SERVER,  "internal_error",             SERVER },
	[ERR_UNAVAILABLE] =          { 503, SERVER,  "unavailable",                SERVER },
	[ERR_UPSTREAM] =             { 502, SERVER,  "upstream_error",             "upstream_error" },
	[ERR_GENERATION_FAILED] =    { 502, SERVER,  "generation_failed",          "generation_failed" },
	[ERR_NO_TOKEN] =             { 503, SERVER,  "no_available_token",         "no_available_token" },
	[ERR_GENERATION_TIMEOUT] =   { 504, SERVER,  "generation_timeout",         "generation_timeout" },
	[ERR_OUTCOME_UNKNOWN] =      { 502, SERVER,  "upstream_outcome_unknown",   "upstream_outcome_unknown" },
	[ERR_UPSTREAM_LOST] =        { 502, SERVER,  "upstream_lost",              "upstream_lost" },
	[ERR_UPSTREAM_TIMEOUT] =     { 504, SERVER,  "upstream_timeout",           "upstream_timeout" },
	[ERR_VIDEO_EXPIRED] =        { 502, SERVER,  "video_expired",              "video_expired" },
	[ERR_CANCELLED] =            { 499, SERVER,  "cancelled",                  "cancelled" },
};

const struct err_row *
error_row(enum err code)
{
	assert(code < ERR__MAX);
	return &rows[code];
}

/* Bytes of a UTF-8 character that begins so; 0: none does. */
static size_t
character_length(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2
	    : first < 0xf0 ? 3 : 4;
}

/*
 * Drops an incomplete UTF-8 character at the end, left by the buffer's size or a
 * precision in the format: texts are never cut inside a character.
 */
static void
drop_halves(char *s)
{
	char *to = s;

	while (*s != '\0') {
		size_t len = character_length((unsigned char)*s), n = 1;

		while (n < len && (s[n] & 0xc0) == 0x80)
			n++;
		if (n == len) {
			memmove(to, s, n);
			to += n;
		}
		s += n;
	}
	*to = '\0';
}

enum err
error_set(struct error *e, enum err code, const char *param,
    const char *fmt, ...)
{
	struct error new = { .code = code, .param = param };
	va_list ap;

	assert(code != ERR_OK && code < ERR__MAX);
	va_start(ap, fmt);
	vsnprintf(new.text, sizeof(new.text), fmt, ap);	/* may read e->text */
	va_end(ap);
	drop_halves(new.text);
	*e = new;
	return code;
}

enum err
error_wrap(struct error *e, const char *fmt, ...)
{
	char text[2 * sizeof(e->text)];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(e->text))
		n = sizeof(e->text) - 1;
	snprintf(text + n, sizeof(text) - (size_t)n, ": %s", e->text);
	memcpy(e->text, text, sizeof(e->text) - 1);
	drop_halves(e->text);
	return e->code;
}
