/* SPDX-License-Identifier: MIT */
/* fuzz_form.c: urlencoded bodies and query strings, and the fields made of them. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "http.h"
#include "http/url.h"

static void
check_pairs(struct arena *a, const char *text, size_t len)
{
	const struct param *params;
	struct error e;
	size_t n;

	if (url_decode_form(a, arena_strndup(a, text, len), len,
	    "query string", &params, &n, &e) != ERR_OK)
		return;
	for (size_t i = 0; i < n; i++)
		if (!url_text_ok(params[i].name, strlen(params[i].name)) ||
		    !url_text_ok(params[i].value, strlen(params[i].value)))
			abort();
}

static void
check_form(struct arena *a, const char *text, size_t len)
{
	static const char *const vars[] = {
		"CONTENT_TYPE=application/x-www-form-urlencoded", NULL };
	struct form form = { 0 };
	struct error e;
	struct req rq;

	req_from_memory(&rq, a, vars, text, len);
	if (req_form(&rq, "/nonexistent", &form, &e) != ERR_OK) {
		if (form.fields != NULL || e.code != ERR_INVALID_BODY)
			abort();
		return;
	}
	if (!cJSON_IsObject(form.fields))
		abort();
	(void)json_print(form.fields, a);
	(void)json_get(form.repeated, "a");
	form_clear(&form);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	char *text = malloc(len + 1);

	if (text == NULL)
		abort();
	if (len > 0)
		memcpy(text, data, len);
	if ((text = realloc(text, len > 0 ? len : 1)) == NULL)
		abort();
	check_pairs(a, text, len);
	check_form(a, text, len);
	free(text);
	arena_free(a);
	return 0;
}
