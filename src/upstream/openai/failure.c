/* SPDX-License-Identifier: MIT */
/* failure.c: what an answer or an object says of a failure, in any of the forms there are. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "openai.h"
#include "upstream/client/text.h"

#define CODE_MAX	64

static const char *
lower_code(struct arena *a, const char *s)
{
	char *copy = arena_strndup(a, s, strnlen(s, CODE_MAX));

	for (char *c = copy; *c != '\0'; c++)
		*c = isalnum((unsigned char)*c)
		    ? (char)tolower((unsigned char)*c) : '_';
	return copy;
}

/* Cleaned before it is changed: of a key in it nothing would be found later. */
static const char *
code_of(const struct openai_answer *ans, const cJSON *value)
{
	const char *text = text_of_code(ans->in, ans->a,
	    cJSON_GetStringValue(value));

	if (text != NULL)
		return lower_code(ans->a, text);
	if (cJSON_IsNumber(value) && value->valuedouble > -1e9 &&
	    value->valuedouble < 1e9)
		return arena_printf(ans->a, "%d", (int)value->valuedouble);
	return "";
}

/* A flat code that says that all is well. */
static bool
is_fine(const cJSON *code)
{
	static const char *const fine[] = { "success", "ok", "0", "200" };

	if (cJSON_IsNumber(code))
		return code->valuedouble == 0 || code->valuedouble == 200;
	for (size_t i = 0; i < NELEM(fine); i++)
		if (cJSON_IsString(code) &&
		    strcasecmp(code->valuestring, fine[i]) == 0)
			return true;
	return !cJSON_IsString(code) || *code->valuestring == '\0';
}

bool
openai_has_word(const char *text, const char *const *some, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(text, some[i]) != NULL)
			return true;
	return false;
}

static bool
is_policy(const struct openai_failure *f)
{
	static const char *const codes[] = { "moderat", "content_policy",
	    "content_filter", "policy_violation", "sensitive", "safety",
	    "nsfw", "inspection", "risk_control", "contentrisk" };
	static const char *const texts[] = { "content policy",
	    "content_policy", "moderation", "safety system",
	    "content filter" };

	return openai_has_word(f->code, codes, NELEM(codes)) ||
	    (f->text != NULL &&
	    openai_has_word(f->text, texts, NELEM(texts)));
}

/* FastAPI's list of what is wrong where: "seconds: not a number". */
static const char *
detail_text(struct arena *a, const cJSON *list)
{
	const cJSON *first = cJSON_GetArrayItem(list, 0);
	const char *message = json_string(first, "msg"), *field = NULL;
	const cJSON *loc = json_get(first, "loc");

	if (message == NULL)
		return NULL;
	if (cJSON_IsArray(loc))
		field = cJSON_GetStringValue(cJSON_GetArrayItem(loc,
		    cJSON_GetArraySize(loc) - 1));
	return field == NULL ? message : arena_printf(a, "%s: %s", field,
	    message);
}

/* "error" and "detail": text, an object, a list. */
static bool
read_member(const struct openai_answer *ans, const cJSON *error,
    struct openai_failure *out)
{
	const char *text = cJSON_GetStringValue(error);

	if (cJSON_IsArray(error))
		text = detail_text(ans->a, error);
	if (cJSON_IsObject(error)) {
		const cJSON *code = json_get(error, "code");

		text = json_string(error, "message");
		if (text == NULL)
			text = json_string(error, "msg");
		out->code = code_of(ans, code != NULL ? code
		    : json_get(error, "type"));
	}
	if (text != NULL && out->text == NULL)
		out->text = text;
	return text != NULL || *out->code != '\0';
}

/* {"base_resp": {"status_code": 1026, "status_msg": ...}}, with HTTP 200 */
static bool
read_base(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	const cJSON *base = json_get(json, "base_resp");
	const cJSON *code = json_get(base, "status_code");

	if (!cJSON_IsNumber(code) || code->valuedouble == 0)
		return false;
	out->code = code_of(ans, code);
	out->text = json_string(base, "status_msg");
	return true;
}

/* {"code": "task_not_exist", "message": ...}, maybe inside "data" or "output" */
static bool
read_flat(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	static const char *const texts[] = { "failure_reason", "fail_reason",
	    "data.failure_reason", "data.fail_reason", "task_status_msg",
	    "data.task_status_msg", "output.message", "message", "msg",
	    "data.message" };
	const char *text = openai_text_at(json, texts, NELEM(texts));
	const cJSON *code = json_get(json, "code");

	if (code == NULL)
		code = openai_at(json, "output.code");
	if (!is_fine(code))
		out->code = code_of(ans, code);
	if (out->text == NULL)
		out->text = text;
	return *out->code != '\0' || (text != NULL &&
	    text != json_string(json, "message") &&
	    text != json_string(json, "msg"));
}

bool
openai_failure(const struct openai_answer *ans, const cJSON *json,
    struct openai_failure *out)
{
	static const char *const places[] = { "error", "data.error",
	    "data[0].error", "task.error", "detail" };
	bool found = false;

	*out = (struct openai_failure){ .code = "" };
	if (!cJSON_IsObject(json))
		return false;
	for (size_t i = 0; i < NELEM(places) && !found; i++)
		found = read_member(ans, openai_at(json, places[i]), out);
	if (!found)
		found = read_base(ans, json, out) ||
		    read_flat(ans, json, out);
	out->policy = is_policy(out);
	out->said = found;
	out->message = text_for_client(ans->in, ans->a, out->text,
	    out->policy);
	out->text = text_for_log(ans->in, ans->a, out->text);
	return found;
}
