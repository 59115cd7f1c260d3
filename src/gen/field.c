/* SPDX-License-Identifier: MIT */
/* field.c: the fields of a request. */
#include "field.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "attr.h"
#include "blank.h"
#include "buf.h"
#include "json_check.h"
#include "number.h"

#define MOST_BLANKS	4		/* times its compact text */
#define LARGEST_EXACT	9007199254740992.0	/* 2^53: beyond it a double skips integers */

static const char *const type_names[] = {
	[FIELD_STRING] = "string",
	[FIELD_NUMERAL] = "string or integer",
	[FIELD_INTEGER] = "integer",
	[FIELD_BOOLEAN] = "boolean",
	[FIELD_OBJECT] = "object",
	[FIELD_MEDIA] = "string or object",
	[FIELD_MEDIA_LIST] = "string, object, or array of them",
	[FIELD_LIST] = "array of objects",
	[FIELD_NODE] = "object",
	[FIELD_NAMES] = "array or object",
	[FIELD_ANY] = "any",
};

bool
field_parse_bool(const char *text, bool *out)
{
	static const struct {
		const char	*word;
		bool		 value;
	} words[] = {
		{ "true", true }, { "1", true }, { "yes", true },
		{ "on", true }, { "false", false }, { "0", false },
		{ "no", false }, { "off", false },
	};

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcasecmp(text, words[i].word) == 0) {
			*out = words[i].value;
			return true;
		}
	return false;
}

bool
field_parse_int(const char *text, int64_t *out)
{
	return number_read(text, INT64_MIN, INT64_MAX, out);
}

static enum err
wrong_type(const struct field *f, struct error *e)
{
	return error_set(e, ERR_INVALID_TYPE, f->name,
	    "Invalid type for '%s': expected %s", f->name,
	    type_names[f->type]);
}

static bool
is_accepted(const struct field *f, const char *value)
{
	for (const char *const *p = f->accepted; *p != NULL; p++)
		if ((f->any_case ? strcasecmp : strcmp)(*p, value) == 0)
			return true;
	return false;
}

/* "'size' must be one of a, b, c" */
static enum err
not_accepted(const struct field *f, struct error *e)
{
	char list[400];
	struct buf b;

	buf_init(&b, sizeof(list) - 1);
	for (const char *const *p = f->accepted; *p != NULL; p++)
		buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", *p);
	memcpy(list, b.data, b.len + 1);
	buf_clear(&b);
	return error_set(e, ERR_INVALID_VALUE, f->name,
	    "'%s' must be one of %s", f->name, list);
}

static enum err
check_text(const struct field *f, const char **value, struct arena *a,
    struct error *e)
{
	long count;
	char *lower;

	if (f->required)
		*value = blank_trim(*value, a);
	if (f->required && **value == '\0')
		return error_set(e, ERR_MISSING, f->name,
		    "Missing required field: %s", f->name);
	count = utf8_count(*value, strlen(*value));
	if (count < f->min || (f->max > 0 && count > f->max))
		return error_set(e, ERR_INVALID_VALUE, f->name,
		    "'%s' must have %lld to %lld characters, not %ld",
		    f->name, (long long)f->min, (long long)f->max, count);
	if (f->accepted == NULL)
		return ERR_OK;
	if (!is_accepted(f, *value))
		return not_accepted(f, e);
	if (f->any_case) {
		*value = lower = arena_strdup(a, *value);
		for (; *lower != '\0'; lower++)
			*lower = (char)tolower((unsigned char)*lower);
	}
	return ERR_OK;
}

static bool
is_whole(const cJSON *item)
{
	double v = cJSON_GetNumberValue(item);

	return cJSON_IsNumber(item) && v > -LARGEST_EXACT &&
	    v < LARGEST_EXACT && (double)(int64_t)v == v;
}

static enum err
read_text(const struct field *f, const cJSON *item, struct arena *a,
    void *out, struct error *e)
{
	const char *value;
	enum err rc;

	if (cJSON_IsString(item))
		value = item->valuestring;
	else if (f->type == FIELD_NUMERAL && is_whole(item))
		value = arena_printf(a, "%.0f", item->valuedouble);
	else
		return wrong_type(f, e);
	if ((rc = check_text(f, &value, a, e)) == ERR_OK)
		*(const char **)out = value;
	return rc;
}

static enum err
read_integer(const struct field *f, const cJSON *item, bool text, void *out,
    struct error *e)
{
	int64_t value;

	if (text && cJSON_IsString(item)) {
		if (!field_parse_int(item->valuestring, &value))
			return wrong_type(f, e);
	} else if (!text && is_whole(item)) {
		value = (int64_t)item->valuedouble;
	} else {
		return wrong_type(f, e);
	}
	if (value < f->min || value > f->max)
		return error_set(e, ERR_INVALID_VALUE, f->name,
		    "'%s' must be %lld to %lld", f->name, (long long)f->min,
		    (long long)f->max);
	*(int64_t *)out = value;
	return ERR_OK;
}

static enum err
read_boolean(const struct field *f, const cJSON *item, bool text, void *out,
    struct error *e)
{
	if (text && cJSON_IsString(item) &&
	    field_parse_bool(item->valuestring, out))
		return ERR_OK;
	if (text || !cJSON_IsBool(item))
		return wrong_type(f, e);
	*(bool *)out = cJSON_IsTrue(item);
	return ERR_OK;
}

static enum err
too_long(const struct field *f, struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, f->name,
	    "'%s' must have at most %lld bytes", f->name, (long long)f->max);
}

/*
 * An object as text, kept as written but without its blanks. The number of blanks is
 * limited, so that checking it takes bounded memory.
 */
static enum err
read_object_text(const struct field *f, const char *text, struct arena *a,
    const char **out, struct error *e)
{
	cJSON *parsed = NULL;
	struct error reason;
	size_t len = strlen(text);
	char *copy;

	if ((int64_t)len > MOST_BLANKS * f->max)
		return too_long(f, e);
	if (json_read_object(text, len, len, &parsed, &reason) != ERR_OK)
		return error_set(e, ERR_INVALID_VALUE, f->name,
		    "'%s' must hold a JSON object", f->name);
	cJSON_Delete(parsed);
	copy = arena_strdup(a, text);
	cJSON_Minify(copy);
	*out = copy;
	return ERR_OK;
}

static enum err
read_object(const struct field *f, const cJSON *item, struct arena *a,
    void *out, struct error *e)
{
	const char *text;
	enum err rc;

	if (cJSON_IsString(item)) {
		if ((rc = read_object_text(f, item->valuestring, a, &text, e))
		    != ERR_OK)
			return rc;
	} else if (cJSON_IsRaw(item)) {
		text = arena_strdup(a, item->valuestring);
	} else if (cJSON_IsObject(item)) {
		text = json_print(item, a);
	} else {
		return wrong_type(f, e);
	}
	if ((int64_t)strlen(text) > f->max)
		return too_long(f, e);
	*(const char **)out = text;
	return ERR_OK;
}

static bool
is_media(const cJSON *item)
{
	return cJSON_IsString(item) || cJSON_IsObject(item);
}

static bool
is_array_of(const cJSON *item, bool (*fits)(const cJSON *))
{
	const cJSON *element;

	if (!cJSON_IsArray(item))
		return false;
	cJSON_ArrayForEach(element, item)
		if (!fits(element))
			return false;
	return true;
}

static bool
is_object(const cJSON *item)
{
	return cJSON_IsObject(item);
}

/* Fields whose value is read later by the caller: only the type is checked here. */
static bool
is_node(const struct field *f, const cJSON *item)
{
	if (f->type == FIELD_MEDIA)
		return is_media(item);
	if (f->type == FIELD_MEDIA_LIST)
		return is_media(item) || is_array_of(item, is_media);
	if (f->type == FIELD_LIST)
		return is_array_of(item, is_object);
	if (f->type == FIELD_NAMES && cJSON_IsArray(item))
		return true;
	return f->type == FIELD_ANY || cJSON_IsObject(item);
}

static enum err
read_node(const struct field *f, const cJSON *item, void *out, struct error *e)
{
	int n = cJSON_GetArraySize(item);

	if (!is_node(f, item))
		return wrong_type(f, e);
	if (f->type == FIELD_LIST && (n < f->min || n > f->max))
		return error_set(e, ERR_INVALID_VALUE, f->name,
		    "'%s' must have %lld to %lld elements, not %d", f->name,
		    (long long)f->min, (long long)f->max, n);
	*(const cJSON **)out = item;
	return ERR_OK;
}

static enum err
read_field(const struct field *f, const cJSON *item, bool text,
    struct arena *a, void *out, struct error *e)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NUMERAL:
		return read_text(f, item, a, out, e);
	case FIELD_INTEGER:
		return read_integer(f, item, text, out, e);
	case FIELD_BOOLEAN:
		return read_boolean(f, item, text, out, e);
	case FIELD_OBJECT:
		return read_object(f, item, a, out, e);
	case FIELD_MEDIA:
	case FIELD_MEDIA_LIST:
	case FIELD_LIST:
	case FIELD_NODE:
	case FIELD_NAMES:
	case FIELD_ANY:
		break;
	}
	return read_node(f, item, out, e);
}

enum err
fields_read(const struct field *fields, size_t n, const cJSON *body,
    bool text, struct arena *a, void *out, struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		const struct field *f = &fields[i];
		const cJSON *item = json_get(body, f->name);
		enum err rc;

		if (item == NULL && f->required)
			return error_set(e, ERR_MISSING, f->name,
			    "Missing required field: %s", f->name);
		if (item == NULL)
			continue;
		if ((rc = read_field(f, item, text, a,
		    (char *)out + f->offset, e)) != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

static bool
has_type(const struct field *f, const cJSON *item)
{
	switch (f->type) {
	case FIELD_STRING:
		return cJSON_IsString(item);
	case FIELD_NUMERAL:
		return cJSON_IsString(item) || is_whole(item);
	case FIELD_INTEGER:
		return is_whole(item);
	case FIELD_BOOLEAN:
		return cJSON_IsBool(item);
	case FIELD_OBJECT:
		return is_media(item) || cJSON_IsRaw(item);
	case FIELD_MEDIA:
	case FIELD_MEDIA_LIST:
	case FIELD_LIST:
	case FIELD_NODE:
	case FIELD_NAMES:
	case FIELD_ANY:
		break;
	}
	return is_node(f, item);
}

enum err
fields_check_types(const struct field *fields, size_t n, const cJSON *body,
    struct error *e)
{
	for (size_t i = 0; i < n; i++) {
		const cJSON *item = json_get(body, fields[i].name);

		if (item == NULL && fields[i].required)
			return error_set(e, ERR_MISSING, fields[i].name,
			    "Missing required field: %s", fields[i].name);
		if (item != NULL && !has_type(&fields[i], item))
			return wrong_type(&fields[i], e);
	}
	return ERR_OK;
}
