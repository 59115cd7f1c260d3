/* SPDX-License-Identifier: MIT */
/* id.c: identifiers, from getrandom(2). */
#include "id.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "arena.h"
#include "log.h"

void
id_random(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fatal("getrandom: %s", strerror(errno));
		p += n;
		len -= (size_t)n;
	}
}

uint32_t
id_below(uint32_t limit)
{
	uint32_t bound, value;

	assert(limit > 0);
	/* values at or above the largest multiple of limit would favour small results */
	bound = UINT32_MAX - UINT32_MAX % limit;
	do {
		id_random(&value, sizeof(value));
	} while (value >= bound);
	return value % limit;
}

void
id_encode_hex(char *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

void
id_hex(char *out, size_t digits)
{
	unsigned char random[64];
	char text[2 * sizeof(random) + 1];

	assert(digits <= 2 * sizeof(random));
	id_random(random, (digits + 1) / 2);
	id_encode_hex(text, random, (digits + 1) / 2);
	memcpy(out, text, digits);
	out[digits] = '\0';
}

char *
id_new(struct arena *a, const char *prefix, size_t digits)
{
	char hex[129];

	id_hex(hex, digits);
	return arena_printf(a, "%s%s", prefix, hex);
}
