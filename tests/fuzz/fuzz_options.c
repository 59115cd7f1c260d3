/* SPDX-License-Identifier: MIT */
/*
 * fuzz_options.c: any text as what a token says of its server: four lines, the
 * address, the options, the models and what the server told. What is accepted
 * must stay so when it is stored and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "capability.h"
#include "fuzz.h"
#include "token.h"
#include "upstream/openai/options.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* The next line; NULL when it is empty. */
static const char *
line(char **rest)
{
	char *start = strsep(rest, "\n");

	return start == NULL || *start == '\0' ? NULL : start;
}

static void
check(const struct openai_options *b, const struct options_text *text,
    struct arena *a)
{
	struct options_text stored = *text;
	struct openai_options again;
	struct offer offer;
	struct error e;

	need(strncmp(b->base_url, "https://", 8) == 0 || b->allow_private);
	need(b->base_url[strlen(b->base_url) - 1] != '/');
	need(strpbrk(b->base_url, "@?# \r\t") == NULL ||
	    strchr(b->base_url + 8, '/') < strchr(b->base_url, '@'));
	need(b->poll_interval >= 1 && b->connect_timeout >= 1);
	need(b->auth_header == NULL || strpbrk(b->auth_header, "\r\n: ")
	    == NULL);
	need(openai_options_has_preset(b->preset));
	for (size_t i = 0; i < b->n_models; i++)
		need(openai_options_model(b, b->models[i].name) ==
		    b->models[i].upstream);
	stored.base_url = b->base_url;
	need(openai_options_load(&stored, a, &again, &e) == ERR_OK);
	need(strcmp(again.base_url, b->base_url) == 0);
	offer_read("openai",
	    openai_offer(&(struct token){ .own = b }, a), a, &offer);
	need(offer.n_models == b->n_models && offer.images == b->images);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	char *rest = arena_strndup(a, (const char *)data, len);
	struct options_text text;
	struct openai_options b;
	struct offer offer;
	struct error e = { 0 };
	enum err rc;

	text.base_url = line(&rest);
	text.options = line(&rest);
	text.models = line(&rest);
	text.found = line(&rest);
	rc = openai_options_load(&text, a, &b, &e);
	if (rc == ERR_OK)
		check(&b, &text, a);
	else
		need(e.code == rc && e.param != NULL && e.text[0] != '\0');
	if (text.models != NULL)
		offer_read("openai", text.models, a, &offer);
	arena_free(a);
	return 0;
}
