/* SPDX-License-Identifier: MIT */
/* manners.c: the manners of a dialect by their names, as a test sets them. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "dialects.h"
#include "json.h"
#include "place.h"
#include "xalloc.h"

#define MIB	(1024 * 1024)

enum kind { KIND_WORD, KIND_NUMBER, KIND_TEXT, KIND_PLACE, KIND_JSON };

struct manner {
	const char	*name;
	enum kind	 kind;
	size_t		 offset;
	size_t		 size;		/* of a text */
	const char	*const *words;	/* of an enum, ends with NULL */
	int		 min, max;	/* of a number */
};

static const char *const id_forms[] = { "openai", "hex", "uuid", "task",
	"base64", "base64url", NULL };
static const char *const body_forms[] = { "all", "json", "multipart", NULL };
static const char *const progress_forms[] = { "int", "float", "ratio", "text",
	"percent", "null", "missing", "falling", "too_much", "at_end", NULL };
static const char *const error_forms[] = { "object", "number", "message",
	"text", "detail", "details", "flat", "reason", "base_resp", NULL };
static const char *const refusal_forms[] = { "openai", "detail", "details",
	"flat", "status", NULL };
static const char *const content_forms[] = { "bytes", "chunked", "truncated",
	"empty", "avi", "webm", "mov", "gif", "html", "json", "use_url", "redirect", "other_host",
	"private", "loop", NULL };
static const char *const delete_forms[] = { "video", "flag", "object", "none",
	NULL };
static const char *const running_forms[] = { "refused", "aborted", "goes_on",
	NULL };
static const char *const list_forms[] = { "cursor", "data", "none", NULL };
static const char *const sync_forms[] = { "no", "url", "b64", NULL };
static const char *const image_forms[] = { "b64", "url", "relative", "empty",
	NULL };

#define AT(field)	offsetof(struct manners, field)
#define WORD(field, words)	{ #field, KIND_WORD, AT(field), 0, words, 0, 0 }
#define NUMBER(field, min, max) \
	{ #field, KIND_NUMBER, AT(field), 0, NULL, min, max }
#define STRING(field, kind) \
	{ #field, kind, AT(field), sizeof(((struct manners *)0)->field), NULL, 0, 0 }

static const struct manner table[] = {
	WORD(id_form, id_forms),
	WORD(body_form, body_forms),
	WORD(progress, progress_forms),
	WORD(error, error_forms),
	WORD(refusal, refusal_forms),
	WORD(content, content_forms),
	WORD(delete_form, delete_forms),
	WORD(running_form, running_forms),
	WORD(list, list_forms),
	WORD(sync, sync_forms),
	WORD(images, image_forms),
	NUMBER(create_status, 200, 299),
	NUMBER(early_status, 400, 499),
	NUMBER(content_count, 0, 1000000),
	NUMBER(content_mib, 0, 16384),
	NUMBER(content_rate, 0, 1024 * MIB),
	NUMBER(content_seconds, 0, 3600),
	NUMBER(poll_bytes, 0, 64 * MIB),
	NUMBER(poll_after_ms, 0, 600000),
	STRING(key, KIND_TEXT),
	STRING(id_at, KIND_PLACE),
	STRING(url_at, KIND_PLACE),
	STRING(location, KIND_TEXT),
	STRING(word_queued, KIND_JSON),
	STRING(word_running, KIND_JSON),
	STRING(word_completed, KIND_JSON),
	STRING(word_failed, KIND_JSON),
};

static void *
field_of(const struct manners *m, const struct manner *row)
{
	return (char *)(uintptr_t)m + row->offset;
}

static bool
set_word(const struct manner *row, const cJSON *value, int *out)
{
	if (!cJSON_IsString(value))
		return false;
	for (int i = 0; row->words[i] != NULL; i++)
		if (strcmp(row->words[i], value->valuestring) == 0) {
			*out = i;
			return true;
		}
	return false;
}

static bool
set_number(const struct manner *row, const cJSON *value, int *out)
{
	double n = value->valuedouble;

	if (!cJSON_IsNumber(value) || !(n >= row->min && n <= row->max) ||
	    floor(n) < n)
		return false;
	*out = (int)n;
	return true;
}

static bool
set_string(const struct manner *row, const char *text, char *out)
{
	if (text == NULL || strlen(text) >= row->size)
		return false;
	snprintf(out, row->size, "%s", text);
	return true;
}

static bool
set_json(const struct manner *row, const cJSON *value, char *out)
{
	char *text = xmade(cJSON_PrintUnformatted(value));
	bool fits;

	fits = set_string(row, text, out);
	free(text);
	return fits;
}

static bool
set_one(const struct manner *row, const cJSON *value, struct manners *m)
{
	void *field = field_of(m, row);

	switch (row->kind) {
	case KIND_WORD:
		return set_word(row, value, field);
	case KIND_NUMBER:
		return set_number(row, value, field);
	case KIND_TEXT:
		return set_string(row, cJSON_GetStringValue(value), field);
	case KIND_PLACE:
		return cJSON_IsString(value) &&
		    (value->valuestring[0] == '\0' ||
		    place_valid(value->valuestring)) &&
		    set_string(row, value->valuestring, field);
	case KIND_JSON:
		return set_json(row, value, field);
	}
	return false;
}

static void
set_usual(const struct manner *row, const struct manners *usual,
    struct manners *m)
{
	size_t size = row->size > 0 ? row->size : sizeof(int);

	memcpy(field_of(m, row), field_of(usual, row), size);
}

static const struct manner *
find(const char *name)
{
	for (size_t i = 0; i < NELEM(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* The words may be null, as any JSON: only of the others null is the usual. */
enum err
manners_set(struct manners *m, const struct dialect *d, const cJSON *body,
    struct error *e)
{
	struct manners new = *m;
	const cJSON *item;

	cJSON_ArrayForEach(item, body) {
		const struct manner *row = find(item->string);

		if (row == NULL)
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "there is no %.64s", item->string);
		if (cJSON_IsNull(item) && row->kind != KIND_JSON)
			set_usual(row, &d->manners, &new);
		else if (!set_one(row, item, &new))
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "%s: not one of its values", row->name);
	}
	*m = new;
	return ERR_OK;
}

cJSON *
manners_json(const struct manners *m)
{
	cJSON *json = cJSON_CreateObject();

	for (size_t i = 0; i < NELEM(table); i++) {
		const struct manner *row = &table[i];
		const void *field = field_of(m, row);

		if (row->kind == KIND_WORD)
			json_add_string(json, row->name,
			    row->words[*(const int *)field]);
		else if (row->kind == KIND_NUMBER)
			json_add_int(json, row->name, *(const int *)field);
		else if (row->kind == KIND_JSON)
			cJSON_AddRawToObject(json, row->name, field);
		else
			json_add_string(json, row->name, field);
	}
	return json;
}
