/* SPDX-License-Identifier: MIT */
/* blank.h: what stands for nothing in a text: Unicode's white space, and what is not even seen. */
#ifndef BLANK_H
#define BLANK_H

struct arena;

/*
 * The text without the blanks at both its ends, in the arena: white space as
 * Unicode has it (full-width, no-break, line separators), and the characters of
 * no width (U+180E, U+200B to U+200F, U+2060, U+FEFF). Pure.
 */
const char	*blank_trim(const char *s, struct arena *a);

#endif
