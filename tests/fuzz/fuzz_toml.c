/* SPDX-License-Identifier: MIT */
/* fuzz_toml.c: any bytes as a setting.toml: what is made of it is a configuration. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "conf.h"
#include "conf_import.h"
#include "fuzz.h"

static void
note(void *arg UNUSED, const char *text)
{
	if (*text == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	const struct conf_import in = {
		.toml = arena_strndup(a, (const char *)data, len), .len = len,
		.name = "fuzz", .skip_unknown = len % 2 == 0, .note = note,
	};
	struct error e = { 0 };
	const char *text;

	if (conf_import(&in, a, &text, &e) == ERR_OK) {
		if (conf_try(text, "made", true, &e) != ERR_OK)
			abort();
	} else if (e.text[0] == '\0' || e.code != ERR_INVALID_VALUE) {
		abort();
	}
	arena_free(a);
	return 0;
}
