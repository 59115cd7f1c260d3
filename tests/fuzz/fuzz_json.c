/* fuzz_json.c: any bytes as JSON; what is accepted survives being printed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json.h"

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
	arena_free(a);
	return 0;
}
