/* SPDX-License-Identifier: MIT */
/* character_request.c: what a client may ask of the characters API. */
#include "character_request.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "model.h"
#include "request_impl.h"
#include "video.h"

#define DEFAULT_MODEL	"sora-video-10s"
#define DEFAULT_TIMES	"0,3"
#define MAX_DISPLAY	100		/* characters */
#define MAX_INSTRUCTION	10000
#define MAX_NAME	30
#define MAX_DIGITS	15		/* a double has them all */
#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
			"0123456789._-"
#define BLANKS		" \t"

/* ---- checks ---- */

static enum err
check_model(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	const struct character_request *r = request;

	if (model_find(r->model, USE_CHARACTERS) != NULL)
		return ERR_OK;
	return error_set(e, ERR_MODEL_NOT_FOUND, "model",
	    "Unknown model: %.64s; accepted are the video models", r->model);
}

/* The file part or the value of a field that has one; false: neither. */
static bool
find_media(const struct request_body *b, const char *field,
    struct media_ref *out)
{
	struct media_ref refs[MEDIA_REFS_MAX];
	struct error ignored;		/* more than enough of them */
	size_t n = 0;

	if (request_add_media(b, field, refs, &n, &ignored) != ERR_OK || n > 0)
		*out = refs[0];
	return n > 0;
}

static enum err
find_video(void *request, const struct request_body *b,
    struct arena *a UNUSED, struct error *e)
{
	struct character_request *r = request;

	if (find_media(b, "video", &r->video) ||
	    find_media(b, "video_base64", &r->video))
		return ERR_OK;
	return error_set(e, ERR_MISSING, "video",
	    "Missing required field: video");
}

/* Decimal digits, perhaps with a fraction; NULL when there is no such number. */
static const char *
read_seconds(const char *s, double *out)
{
	size_t n = strspn(s, "0123456789"), fraction = 0;

	if (n == 0 || n > MAX_DIGITS)
		return NULL;
	if (s[n] == '.') {
		fraction = strspn(s + n + 1, "0123456789");
		if (fraction == 0 || n + fraction > MAX_DIGITS)
			return NULL;
		fraction++;
	}
	*out = strtod(s, NULL);
	return s + n + fraction;
}

/* "first,second" as upstream wants it; NULL when it is not that. */
static const char *
read_times(const char *s, struct arena *a)
{
	double from, to;
	const char *first, *second, *end;
	size_t len;

	first = s + strspn(s, BLANKS);
	if ((end = read_seconds(first, &from)) == NULL)
		return NULL;
	len = (size_t)(end - first);
	end += strspn(end, BLANKS);
	if (*end != ',')
		return NULL;
	second = end + 1 + strspn(end + 1, BLANKS);
	if ((end = read_seconds(second, &to)) == NULL || from >= to ||
	    end[strspn(end, BLANKS)] != '\0')
		return NULL;
	return arena_printf(a, "%.*s,%.*s", (int)len, first,
	    (int)(end - second), second);
}

/* One of the array: a number, or in a form its text. */
static const char *
element_text(const cJSON *item, bool text, struct arena *a)
{
	if (cJSON_IsNumber(item))
		return json_print(item, a);
	return text ? cJSON_GetStringValue(item) : NULL;
}

static enum err
parse_times(const cJSON *item, bool text, const char *param, struct arena *a,
    const char **out, struct error *e)
{
	const char *times = cJSON_GetStringValue(item), *first, *second;
	bool array = cJSON_IsArray(item);

	if (array && cJSON_GetArraySize(item) == 2) {
		first = element_text(cJSON_GetArrayItem(item, 0), text, a);
		second = element_text(cJSON_GetArrayItem(item, 1), text, a);
		if (first != NULL && second != NULL)
			times = arena_printf(a, "%s,%s", first, second);
	}
	if (times == NULL && (!array || cJSON_GetArraySize(item) == 2))
		return error_set(e, ERR_INVALID_TYPE, param,
		    "Invalid type for 'timestamps': expected string or array "
		    "of two numbers");
	if (times == NULL || (*out = read_times(times, a)) == NULL)
		return error_set(e, ERR_INVALID_VALUE, param,
		    "'timestamps' must be two numbers of seconds, the first "
		    "below the second: \"0,3\"");
	return ERR_OK;
}

static enum err
check_times(void *request, const struct request_body *b, struct arena *a,
    struct error *e)
{
	struct character_request *r = request;
	const cJSON *item = json_get(b->fields, "timestamps");

	return item == NULL ? ERR_OK : parse_times(item, b->text, "timestamps",
	    a, &r->options.timestamps, e);
}

static enum err
parse_name(const char **name, struct error *e)
{
	size_t len;

	if (*name == NULL)
		return ERR_OK;
	if (**name == '@')
		++*name;
	len = strlen(*name);
	if (len >= 1 && len <= MAX_NAME && strspn(*name, NAME_CHARS) == len)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, "username",
	    "'username' must have 1 to %d of A-Z, a-z, 0-9, '.', '_', '-'",
	    MAX_NAME);
}

static enum err
check_name(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct character_request *r = request;

	return parse_name(&r->options.username, e);
}

/* ---- fields ---- */

#define AT(member)	offsetof(struct character_request, member)
#define TEXT(name, max, at) \
	{ #name, FIELD_STRING, false, 1, max, at, NULL, false }
#define MEDIA(name) { #name, FIELD_MEDIA, false, 0, 0, AT(media), NULL, false }

static const struct request_step steps[] = {
	{ TEXT(model, MAX_STRING, AT(model)), check_model },
	{ MEDIA(video), NULL },
	{ MEDIA(video_base64), find_video },
	{ { "timestamps", FIELD_ANY, false, 0, 0, AT(media), NULL, false },
	    check_times },
	{ TEXT(username, MAX_STRING, AT(options.username)), check_name },
	{ TEXT(display_name, MAX_DISPLAY, AT(options.display_name)), NULL },
	{ TEXT(instruction_set, MAX_INSTRUCTION, AT(options.instruction_set)),
	    NULL },
	{ TEXT(safety_instruction_set, MAX_INSTRUCTION,
	    AT(options.safety_instruction_set)), NULL },
};
#define OPTIONS		3	/* the first of the fields that are options */

enum err
character_parse(const struct request_body *body, struct arena *a,
    struct character_request *out, struct error *e)
{
	*out = (struct character_request){
		.model = DEFAULT_MODEL, .options.timestamps = DEFAULT_TIMES,
	};
	return request_read(steps, NELEM(steps), body, a, out, e);
}

/* There, an empty text stands for the default. */
static bool
has_empty_times(const cJSON *object)
{
	const char *s = json_string(object, "timestamps");

	return s != NULL && *s == '\0';
}

enum err
character_options_parse(const cJSON *object, const char *param,
    struct arena *a, struct character_options *out, struct error *e)
{
	const struct request_body body = { .fields = object };
	struct character_request r = {
		.options.timestamps = DEFAULT_TIMES,
	};
	size_t first = OPTIONS + (has_empty_times(object) ? 1 : 0);
	enum err rc = request_read(steps + first, NELEM(steps) - first, &body,
	    a, &r, e);

	*out = r.options;
	if (rc != ERR_OK)
		e->param = param;
	return rc;
}

/* ---- tasks ---- */

void
character_task(const struct character_request *r, struct arena *a,
    struct task *out)
{
	*out = (struct task){
		.kind = TASK_CHARACTER,
		.operation = "character_creation",
		.model = model_find(r->model, USE_CHARACTERS)->id,
		.public_model = r->model,
		.prompt = "",
		.character_options = character_options_print(&r->options, a),
		.task_id = video_new_id(r->model, a),
	};
}

const char *
character_options_print(const struct character_options *o, struct arena *a)
{
	cJSON *json = cJSON_CreateObject();
	const char *text;

	json_add_string(json, "timestamps", o->timestamps);
	json_add_string(json, "username", o->username);
	json_add_string(json, "display_name", o->display_name);
	json_add_string(json, "instruction_set", o->instruction_set);
	json_add_string(json, "safety_instruction_set",
	    o->safety_instruction_set);
	text = json_print(json, a);
	cJSON_Delete(json);
	return text;
}

void
character_options_load(const char *text, struct arena *a,
    struct character_options *out)
{
	struct error ignored;		/* it is our own text */
	cJSON *json = NULL;

	*out = (struct character_options){ .timestamps = DEFAULT_TIMES };
	if (text == NULL || json_parse_object(text, strlen(text),
	    &json, &ignored) != ERR_OK ||
	    character_options_parse(json, NULL, a, out, &ignored) != ERR_OK)
		*out = (struct character_options){ .timestamps = DEFAULT_TIMES };
	out->timestamps = arena_strdup(a, out->timestamps);
	out->username = arena_strdup(a, out->username);
	out->display_name = arena_strdup(a, out->display_name);
	out->instruction_set = arena_strdup(a, out->instruction_set);
	out->safety_instruction_set = arena_strdup(a,
	    out->safety_instruction_set);
	cJSON_Delete(json);
}
