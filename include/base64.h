/* SPDX-License-Identifier: MIT */
/* base64.h: base64 (RFC 4648, section 4) and base64url (section 5), in whole texts. Thread-safe. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include <sys/types.h>

struct arena;

#define BASE64_LEN(n)	(((n) + 2) / 3 * 4)	/* characters for n bytes, without the NUL */

/* Encodes into `out`, of BASE64_LEN(len) + 1 characters; returns how many, without the NUL. */
size_t	 base64_encode_to(char *out, const void *data, size_t len);
char	*base64_encode(const void *data, size_t len, struct arena *a);
/* Without padding. */
char	*base64url_encode(const void *data, size_t len, struct arena *a);
/*
 * Decodes `len` characters; padding may be missing at the end of the text. `out` has
 * room for len / 4 * 3 + 3 bytes. The number of bytes, or -1 when it is no base64.
 */
ssize_t	 base64_decode_to(unsigned char *out, const char *text, size_t len);
/* Without padding; NUL-terminated, its length in *out_len. NULL: no base64url, or an empty text. */
char	*base64url_decode(const char *text, size_t len, struct arena *a, size_t *out_len);

#endif
