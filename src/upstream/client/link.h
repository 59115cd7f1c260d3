/* SPDX-License-Identifier: MIT */
/* link.h: addresses that an upstream names. */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>

struct arena;

/*
 * The http(s) address that `link` is, relative to `base`, an absolute one (RFC
 * 9110 section 10.2.2); NULL as `base`: it has to be absolute itself. Blanks and
 * what is not ASCII are percent-encoded, as browsers do. NULL when it is none, is
 * longer than 8192 bytes, has a user name, or a host that is not in ASCII.
 */
const char	*link_resolve(const char *base, const char *link, struct arena *a);
/* Whether scheme, host and port are the same. */
bool		 link_same_origin(const char *one, const char *other);
/* `s` as one segment of a path or one value of a query (RFC 3986, section 2.1). */
const char	*link_escape(const char *s, struct arena *a);

#endif
