/* SPDX-License-Identifier: MIT */
/* fuzz_json.c: any bytes as JSON; what is accepted survives being printed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json_check.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* Numbers may lose their last digits when printed, but only once. */
static void
try_again(const cJSON *json, struct arena *a)
{
	const char *once = json_print(json, a);
	struct error e;
	cJSON *again;

	need(utf8_count(once, strlen(once)) >= 0);
	if (json_parse(once, strlen(once), &again, &e) != ERR_OK)
		abort();
	need(strcmp(once, json_print(again, a)) == 0);
	cJSON_Delete(again);
}

static size_t
count(const cJSON *json)
{
	const cJSON *item;
	size_t n = 1;

	cJSON_ArrayForEach(item, json)
		n += count(item);
	return n;
}

/* What json_check accepts, cJSON and json_parse read, with as many values. */
static void
compare(const char *text, size_t len)
{
	struct error e;
	size_t values;
	cJSON *json;

	if (json_check(text, len, SIZE_MAX, &values, &e) != ERR_OK) {
		need(e.code == ERR_INVALID_BODY);
		return;
	}
	json = cJSON_ParseWithLength(text, len);
	need(json != NULL && count(json) == values);
	cJSON_Delete(json);
	need(json_parse(text, len, &json, &e) == ERR_OK);
	cJSON_Delete(json);
	need(values == 1 || json_check(text, len, values - 1, &values, &e)
	    == ERR_INVALID_BODY);
}

/* Each member's text is JSON, and what the tree has under its name. */
static void
check_members(const cJSON *object, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	const cJSON *item = object->child;
	struct json_member m;

	while (json_next_member(&at, end, &m)) {
		cJSON *value = cJSON_ParseWithLength(m.value, m.value_len);

		need(item != NULL && json_member_is(&m, item->string));
		need(value != NULL && cJSON_Compare(value, item, true));
		cJSON_Delete(value);
		item = item->next;
	}
	need(item == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	const char *text = (const char *)data;
	struct error e;
	cJSON *json;

	if (json_parse(text, len, &json, &e) == ERR_OK) {
		need(utf8_count(text, len) >= 0);
		(void)json_string(json, "model");
		(void)json_number(json, "n", 1);
		try_again(json, a);
	} else {
		need(json == NULL && e.code == ERR_INVALID_BODY);
	}
	cJSON_Delete(json);
	if (json_parse_object(text, len, &json, &e) == ERR_OK)
		need(cJSON_IsObject(json));
	cJSON_Delete(json);
	compare(text, len);
	if (json_read_object(text, len, len + 1, &json, &e) == ERR_OK)
		check_members(json, text, len);
	cJSON_Delete(json);
	arena_free(a);
	return 0;
}
