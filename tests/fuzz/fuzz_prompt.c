/* SPDX-License-Identifier: MIT */
/* fuzz_prompt.c: any text as a prompt, a size, and a model's name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "model.h"
#include "prompt.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
try_storyboard(const char *text, struct arena *a)
{
	struct storyboard board;
	struct error e;

	if (prompt_storyboard(text, a, &board, &e) != ERR_OK)
		return;
	need((board.n_shots > 0) == prompt_is_storyboard(text));
	for (size_t i = 0; i < board.n_shots; i++)
		need(board.shots[i].text[0] != '\0' && board.shots[i].seconds >= 0);
	need(strncmp(prompt_format_storyboard(&board, a), "current timeline:", 17)
	    == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	const char *text = arena_strndup(a, (const char *)data, len);
	const char *post = prompt_find_post(text, a);
	const char *rest = prompt_remove_posts(text, a);
	const char **names;
	enum orientation o;
	size_t n;

	need(post == NULL || strlen(post) == 34);
	need(strlen(rest) <= strlen(text) && prompt_find_post(rest, a) == NULL);
	n = prompt_mentions(text, a, &names);
	need(n <= 100);
	for (size_t i = 0; i < n; i++)
		need(names[i][0] != '\0');
	try_storyboard(text, a);
	(void)model_size_orientation(text, &o);
	(void)model_find(text, USE_CHAT);
	(void)model_videos_name(text);
	arena_free(a);
	return 0;
}
