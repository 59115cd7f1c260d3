/* SPDX-License-Identifier: MIT */
/* url.h: percent-encoding and forms; private to src/http. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stddef.h>

#include "error.h"
#include "http.h"

struct arena;

/*
 * A path segment decoded (RFC 3986 section 2.1); NULL when an escape is
 * invalid or the result holds a NUL or is not UTF-8.
 */
char	*url_decode_segment(struct arena *a, const char *s, size_t len);
/*
 * application/x-www-form-urlencoded as WHATWG's URL standard parses it, except
 * that invalid UTF-8 and NUL are refused: ERR_INVALID_BODY, with `what` in the text.
 * Names and values are decoded where they stand in `s`, which has room for a NUL
 * behind its `len` bytes.
 */
MUST_CHECK enum err url_decode_form(struct arena *a, char *s, size_t len, const char *what,
    const struct param **out, size_t *n, struct error *e);
/* Whether the bytes are UTF-8 without a NUL. */
int	 url_text_ok(const char *s, size_t len);

#endif
