/* SPDX-License-Identifier: MIT */
/* media.h: media types and header parameters; private to src/http. */
#ifndef HTTP_MEDIA_H
#define HTTP_MEDIA_H

#include <stdbool.h>

struct arena;

/* Whether `value` names that type, in any case and with any parameters. */
bool	 media_is(const char *value, const char *type);
/* application/json, or any type whose subtype ends in +json (RFC 6839). */
bool	 media_is_json(const char *value);
/* Any text/ type. */
bool	 media_is_text(const char *value);
/*
 * The parameter `name` of a header value such as `form-data; name="x"`, in the
 * arena; NULL when absent or its quotes do not close.
 */
char	*media_param(struct arena *a, const char *value, const char *name);

#endif
