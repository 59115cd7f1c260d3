/* SPDX-License-Identifier: MIT */
/* cookies.h: the Cookie header, RFC 6265 section 4.2. */
#ifndef SANDBOX_COOKIES_H
#define SANDBOX_COOKIES_H

struct arena;

/* The value of that cookie in a header's value (NULL: none was sent); NULL when it is not there. */
const char	*cookie_value(const char *header, const char *name, struct arena *a);
/* The names in the order of the header, as "a, b"; NULL when there is none. */
const char	*cookie_names(const char *header, struct arena *a);

#endif
