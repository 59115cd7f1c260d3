/* text.h: what an upstream wrote, made fit for a log line or a client. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

struct arena;

/*
 * At most 500 bytes of `len` as one line of valid UTF-8, without control
 * characters and without what looks like a credential; NULL when nothing is left.
 */
const char	*text_clean(struct arena *a, const char *s, size_t len);

#endif
