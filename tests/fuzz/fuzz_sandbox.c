/* SPDX-License-Identifier: MIT */
/* fuzz_sandbox.c: what a test tells a dialect of the sandbox, and the size of a picture. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "json.h"
#include "sandbox/openai/dialects.h"
#include "sandbox/openai/openai.h"
#include "sandbox/openai/place.h"

/* A value put at a place is in the tree once, with whatever was there before. */
static void
check_place(const char *place)
{
	cJSON *root = cJSON_Parse("{\"a\":1,\"data\":[{\"id\":2},3],\"b\":{}}");
	char *text;

	if (place_valid(place)) {
		place_put(root, place, cJSON_CreateString("|put|"));
		text = cJSON_PrintUnformatted(root);
		if (text == NULL || strstr(text, "\"|put|\"") == NULL)
			abort();
		free(text);
	}
	cJSON_Delete(root);
}

static void
check_size(const char *text)
{
	int width, height;

	if (openai_read_size(text, &width, &height) &&
	    (width < 16 || width > 4096 || height < 16 || height > 4096))
		abort();
}

/* What is taken can be shown, and where it is a place it is a valid one. */
static void
check_manners(const struct dialect *d, const cJSON *body)
{
	struct manners m = d->manners;
	struct error e;
	cJSON *json;
	char *text;

	if (manners_set(&m, d, body, &e) != ERR_OK) {
		if (memcmp(&m, &d->manners, sizeof(m)) != 0)
			abort();
		return;
	}
	if ((*m.id_at != '\0' && !place_valid(m.id_at)) ||
	    (*m.url_at != '\0' && !place_valid(m.url_at)))
		abort();
	json = manners_json(&m);
	text = cJSON_PrintUnformatted(json);
	cJSON_Delete(json);
	if ((json = cJSON_Parse(text)) == NULL)
		abort();
	cJSON_Delete(json);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	char *text = arena_strndup(a, (const char *)data, len);
	const struct dialect *d;
	cJSON *body = NULL;
	struct error e;

	check_place(text);
	check_size(text);
	if (json_parse_object(text, strlen(text), &body, &e) == ERR_OK)
		for (size_t i = 0; (d = dialect_at(i)) != NULL; i++)
			check_manners(d, body);
	cJSON_Delete(body);
	arena_free(a);
	return 0;
}
