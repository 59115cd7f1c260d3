/* SPDX-License-Identifier: MIT */
/* id.h: identifiers and random bytes, from the system's random source. */
#ifndef ID_H
#define ID_H

#include <stddef.h>
#include <stdint.h>

struct arena;

void		 id_random(void *out, size_t len);	/* cannot fail; fatal() if the system cannot */
uint32_t	 id_below(uint32_t limit);	/* uniform in 0..limit-1, limit > 0 */
/* `digits` lower-case hex digits and a NUL; out has digits + 1 bytes. */
void		 id_hex(char *out, size_t digits);
/* prefix followed by `digits` hex digits. */
char		*id_new(struct arena *a, const char *prefix, size_t digits);
/* lower-case hex of bytes; out has 2 * len + 1 bytes. */
void		 id_encode_hex(char *out, const void *data, size_t len);

#endif
