/* SPDX-License-Identifier: MIT */
/* prompt.h: what a prompt may hold beside words: shots, remix links, mentions. Pure. */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct arena;

struct shot {
	double		 seconds;
	const char	*seconds_text;	/* as written: "5.0" */
	const char	*text;
};

struct storyboard {
	const char	*instructions;	/* "" when there are none */
	struct shot	*shots;
	size_t		 n_shots;
};

/* Whether the prompt has at least one mark "[<number>s]". */
bool		 prompt_is_storyboard(const char *prompt);
/* Splits it at its marks. ERR_INVALID_VALUE with param "prompt" when a shot has no text. */
MUST_CHECK enum err prompt_storyboard(const char *prompt, struct arena *a, struct storyboard *out,
    struct error *e);
/* The text that the upstream wants for a storyboard. */
const char	*prompt_format_storyboard(const struct storyboard *s, struct arena *a);

/* The first post id ("s_" and exactly 32 lower-case hex digits), bare or in a share link; NULL: none. */
const char	*prompt_find_post(const char *text, struct arena *a);
/* Without any share link or bare post id, runs of blanks as one, trimmed. */
const char	*prompt_remove_posts(const char *text, struct arena *a);

/*
 * The names mentioned as "@name", bounded by the ends of the text or characters
 * outside [A-Za-z0-9._-], each once, in order; at most 100.
 */
size_t		 prompt_mentions(const char *prompt, struct arena *a, const char ***names);

#endif
