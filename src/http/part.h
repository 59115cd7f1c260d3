/* SPDX-License-Identifier: MIT */
/* part.h: the header block of a multipart part; private to src/http. */
#ifndef HTTP_PART_H
#define HTTP_PART_H

#include <stddef.h>

#include "multipart.h"

/*
 * Reads a header block of `len` bytes that ends with an empty line and a NUL
 * after it; it is overwritten. ERR_INVALID_BODY when it is broken, names no
 * field, or declares a transfer encoding that changes the data.
 */
MUST_CHECK enum err part_parse(struct arena *a, char *block, size_t len, struct part *out,
    struct error *e);

#endif
