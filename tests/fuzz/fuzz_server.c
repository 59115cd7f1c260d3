/* SPDX-License-Identifier: MIT */
/*
 * fuzz_server.c: any answer to the questions that are asked of a server. What is
 * found must be something that can be stored and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "upstream/openai/options.h"
#include "upstream/openai/server_ask.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	const char *body = arena_strndup(a, (const char *)data, len);
	struct options_text text = { .base_url = "https://a.example.com" };
	const struct call_response r = { .transport = TRANSPORT_OK,
	    .status = 200, .body = body, .body_len = len };
	struct openai_options b;
	struct error e;

	need(openai_options_load(&text, a, &b, &e) == ERR_OK);
	for (enum server_question q = ASK_MODELS; q <= ASK_UNKNOWN; q++) {
		struct server_findings f = { 0 };

		server_read(q, &b, &r, a, &f);
		text.found = server_found(&f, a);
		need(openai_options_load(&text, a, &b, &e) == ERR_OK);
		need(b.n_models == f.n_models);
	}
	arena_free(a);
	return 0;
}
