/* SPDX-License-Identifier: MIT */
/* caption.h: a prompt as lines that fit in a picture. */
#ifndef SANDBOX_CAPTION_H
#define SANDBOX_CAPTION_H

#include <stddef.h>

struct arena;

/* At most `lines` lines of at most `columns` characters; control characters become blanks. */
char	*caption_wrap(const char *text, size_t columns, size_t lines, struct arena *a);

#endif
