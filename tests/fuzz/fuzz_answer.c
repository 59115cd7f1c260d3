/* SPDX-License-Identifier: MIT */
/*
 * fuzz_answer.c: any bytes as the JSON of an answer, and as what an upstream says.
 *
 * The first byte says where a secret is put into the text: it is in it as often
 * as that byte says, whole, and must never be in what is logged or shown.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "fuzz.h"
#include "json.h"
#include "provider.h"
#include "upstream/client/answer_json.h"
#include "upstream/client/link.h"
#include "upstream/client/text.h"

#define SECRET	"sk-fuzz-secret"
#define PROMPT	"a prompt that is nobody's business"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_tree(const cJSON *json, int depth)
{
	const cJSON *item;

	need(depth <= 258);
	if (cJSON_IsString(json))
		need(utf8_count(json->valuestring,
		    strlen(json->valuestring)) >= 0);
	if (json != NULL && json->string != NULL)
		need(utf8_count(json->string, strlen(json->string)) >= 0);
	cJSON_ArrayForEach(item, json)
		check_tree(item, depth + 1);
}

static void
check_json(const char *data, size_t len)
{
	cJSON *json = answer_json(data, len), *strict;
	struct error e;

	check_tree(json, 0);
	/* what is JSON by the strict parser is so here, too */
	if (json_parse(data, len, &strict, &e) == ERR_OK && len < 100000 &&
	    data[strspn(data, " \t\r\n")] != '-')
		need(json != NULL);
	cJSON_Delete(strict);
	cJSON_Delete(json);
}

static void
check_text(const char *s)
{
	if (s == NULL)
		return;
	need(*s != '\0' && strlen(s) <= 500);
	need(utf8_count(s, strlen(s)) >= 0);
	need(strcasestr(s, SECRET) == NULL);
	for (; *s != '\0'; s++)
		need((unsigned char)*s >= ' ' && *s != 0x7f);
}

/* The text with the secret in `n` places. */
static void
put_secrets(struct buf *out, const char *data, size_t len, size_t n)
{
	for (size_t i = 0; i <= n; i++) {
		size_t from = len * i / (n + 1), to = len * (i + 1) / (n + 1);

		buf_append(out, data + from, to - from);
		if (i < n)
			buf_puts(out, SECRET);
	}
}

static void
check_said(struct arena *a, const char *said)
{
	const struct token token = { .token = SECRET };
	const struct task task = { .prompt = PROMPT };
	const struct call_input in = { .token = &token, .task = &task };
	const char *log = text_for_log(&in, a, said);

	check_text(log);
	check_text(text_for_client(&in, a, said, true));
	check_text(text_for_client(&in, a, said, false));
	if (log != NULL)	/* it is clean */
		need(text_for_log(&in, a, log) != NULL);
}

static void
check_link(struct arena *a, const char *said)
{
	const char *link = link_resolve("https://gpu.example/v1/videos/u", said,
	    a);

	if (link == NULL)
		return;
	need(strncmp(link, "http", 4) == 0 && strlen(link) <= 8192);
	for (; *link != '\0'; link++)
		need(*link > ' ' && (unsigned char)*link < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct buf said;

	if (size < 1)
		return 0;
	a = arena_new();
	buf_init(&said, size + 8 * sizeof(SECRET));
	put_secrets(&said, (const char *)data + 1, size - 1, data[0] % 8);
	check_json(said.data, said.len);
	check_said(a, said.data);
	check_link(a, said.data);
	buf_clear(&said);
	arena_free(a);
	return 0;
}
