/* SPDX-License-Identifier: MIT */
/* json.c: cJSON, with the rules this project needs. */
#include "json.h"

#include <assert.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "arena.h"
#include "buf.h"
#include "log.h"
#include "xalloc.h"

#define MAX_DEPTH	64
#define LAST_CHARACTER	0x10ffff	/* of Unicode; glibc reads on to 0x7fffffff */

static locale_t utf8_locale;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;

static void
utf8_open(void)
{
	utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (utf8_locale == (locale_t)0)
		fatal("the C library has no C.UTF-8 locale");
}

long
utf8_count(const char *s, size_t len)
{
	const char *end = s + len;
	mbstate_t state = { 0 };
	locale_t before;
	long count = 0;

	pthread_once(&utf8_once, utf8_open);
	before = uselocale(utf8_locale);
	while (s < end) {
		wchar_t c;
		size_t n;

		if ((unsigned char)*s < 0x80) {		/* the common case */
			s++;
			count++;
			continue;
		}
		n = mbrtowc(&c, s, (size_t)(end - s), &state);
		if (n == (size_t)-1 || n == (size_t)-2 || c > LAST_CHARACTER) {
			count = -1;
			break;
		}
		s += n;
		count++;
	}
	uselocale(before);
	return count;
}

/* cJSON recurses to 1000 levels; a request has no use for more than a few. */
static bool
too_deep(const char *s, size_t len)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < len; i++) {
		if (in_string) {
			if (s[i] == '\\')
				i++;
			else if (s[i] == '"')
				in_string = false;
		} else if (s[i] == '"') {
			in_string = true;
		} else if (s[i] == '{' || s[i] == '[') {
			if (++depth > MAX_DEPTH)
				return true;
		} else if (s[i] == '}' || s[i] == ']') {
			depth--;
		}
	}
	return false;
}

/* A string of cJSON ends at its first NUL: what follows would be lost in silence. */
static bool
has_nul(const char *s, size_t len)
{
	if (memchr(s, '\0', len) != NULL)
		return true;
	for (size_t i = 0; i + 5 < len; i++) {
		if (s[i] != '\\')
			continue;
		if (memcmp(s + i, "\\u0000", 6) == 0)
			return true;
		i++;
	}
	return false;
}

/* 1e999 has no value, and would be printed as null. */
static bool
has_infinity(const cJSON *json)
{
	const cJSON *item;

	if (cJSON_IsNumber(json))
		return !isfinite(json->valuedouble);
	cJSON_ArrayForEach(item, json)
		if (has_infinity(item))
			return true;
	return false;
}

enum err
json_parse(const char *data, size_t len, cJSON **out, struct error *e)
{
	const char *end = NULL;
	cJSON *json;

	*out = NULL;
	if (utf8_count(data, len) < 0)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: not valid UTF-8");
	if (has_nul(data, len))
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: it holds a NUL character");
	if (too_deep(data, len))
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: nested deeper than %d levels",
		    MAX_DEPTH);
	json = cJSON_ParseWithLengthOpts(data, len, &end, false);
	if (json == NULL)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: not valid JSON");
	if (has_infinity(json)) {
		cJSON_Delete(json);
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: a number is out of range");
	}
	for (; end < data + len; end++) {
		if (strchr(" \t\r\n", *end) != NULL)
			continue;
		cJSON_Delete(json);
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: something follows the JSON");
	}
	*out = json;
	return ERR_OK;
}

enum err
json_parse_object(const char *data, size_t len, cJSON **out, struct error *e)
{
	enum err rc;

	if ((rc = json_parse(data, len, out, e)) != ERR_OK)
		return rc;
	if (cJSON_IsObject(*out))
		return ERR_OK;
	cJSON_Delete(*out);
	*out = NULL;
	return error_set(e, ERR_INVALID_BODY, NULL,
	    "Malformed request body: not a JSON object");
}

char *
json_print(const cJSON *json, struct arena *a)
{
	char *text = xmade(cJSON_PrintUnformatted(json));
	char *copy = arena_strdup(a, text);

	cJSON_free(text);
	return copy;
}

const cJSON *
json_get(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNull(item) ? NULL : item;
}

const char *
json_string(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(json_get(object, key));
}

double
json_number(const cJSON *object, const char *key, double fallback)
{
	const cJSON *item = json_get(object, key);

	return cJSON_IsNumber(item) ? item->valuedouble : fallback;
}

bool
json_bool(const cJSON *object, const char *key)
{
	return cJSON_IsTrue(json_get(object, key));
}

void
json_add_string(cJSON *object, const char *key, const char *value)
{
	assert(cJSON_IsObject(object));
	(void)xmade(value == NULL ? cJSON_AddNullToObject(object, key)
	    : cJSON_AddStringToObject(object, key, value));
}

/* As text: cJSON would print a double, read it again and compare. */
void
json_add_int(cJSON *object, const char *key, int64_t value)
{
	char text[24];

	assert(cJSON_IsObject(object));
	snprintf(text, sizeof(text), "%" PRId64, value);
	(void)xmade(cJSON_AddRawToObject(object, key, text));
}

void
json_add_bool(cJSON *object, const char *key, bool value)
{
	assert(cJSON_IsObject(object));
	(void)xmade(cJSON_AddBoolToObject(object, key, value));
}

void
json_add_item(cJSON *object, const char *key, cJSON *item)
{
	if (!cJSON_AddItemToObject(object, key, item))
		fatal("out of memory");
}

void
json_append_item(cJSON *array, cJSON *item)
{
	if (!cJSON_AddItemToArray(array, item))
		fatal("out of memory");
}

/* ---- text without a tree ---- */

/* Characters that go as they are: at least up to the first that does not. */
static size_t
plain_length(const char *s, size_t len)
{
	const uint64_t ones = UINT64_MAX / 255, high = ones * 128;
	size_t i = 0;
	uint64_t w;

	for (; i + sizeof(w) <= len; i += sizeof(w)) {
		uint64_t quote, slash;

		memcpy(&w, s + i, sizeof(w));
		quote = w ^ ones * '"';
		slash = w ^ ones * '\\';
		/* a byte that is zero, or below a space, borrows its high bit */
		if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
		    ((w - ones * ' ') & ~w)) & high)
			break;
	}
	while (i < len && s[i] != '"' && s[i] != '\\' &&
	    (unsigned char)s[i] >= ' ')
		i++;
	return i;
}

static void
put_escaped(struct buf *out, char c)
{
	static const char named[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *p = strchr(named, c);

	if (p != NULL)
		buf_printf(out, "\\%c", letters[p - named]);
	else
		buf_printf(out, "\\u%04x", (unsigned int)c);
}

void
json_put_escaped(struct buf *out, const char *s, size_t len)
{
	size_t n;

	while ((n = plain_length(s, len)) < len) {
		buf_append(out, s, n);
		put_escaped(out, s[n]);
		s += n + 1;
		len -= n + 1;
	}
	buf_append(out, s, n);
}

static void
put_text(struct buf *out, const char *s)
{
	buf_append(out, "\"", 1);
	json_put_escaped(out, s, strlen(s));
	buf_append(out, "\"", 1);
}

static void
put_key(struct buf *out, const char *key)
{
	if (out->len > 0 && out->data[out->len - 1] != '{')
		buf_append(out, ",", 1);
	buf_append(out, "\"", 1);
	buf_puts(out, key);
	buf_append(out, "\":", 2);
}

void
json_put_string(struct buf *out, const char *key, const char *value)
{
	put_key(out, key);
	if (value == NULL)
		buf_append(out, "null", 4);
	else
		put_text(out, value);
}

void
json_put_int(struct buf *out, const char *key, int64_t value)
{
	char text[24], *p = text + sizeof(text);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (value < 0)
		*--p = '-';
	put_key(out, key);
	buf_append(out, p, (size_t)(text + sizeof(text) - p));
}

void
json_put_bool(struct buf *out, const char *key, bool value)
{
	put_key(out, key);
	buf_puts(out, value ? "true" : "false");
}
