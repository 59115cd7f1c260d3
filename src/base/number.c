/* SPDX-License-Identifier: MIT */
/* number.c: strtoll(3) takes blanks, signs and what follows; this does not. */
#include "number.h"

#include <assert.h>
#include <string.h>

/* Counts downwards: -INT64_MIN is no int64_t. */
static bool
read_digits(const char *text, size_t len, int64_t *negated)
{
	int64_t n = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, text[i] - '0', &n))
			return false;
	}
	*negated = n;
	return true;
}

bool
number_read_n(const char *text, size_t len, int64_t min, int64_t max,
    int64_t *out)
{
	bool minus = len > 0 && *text == '-';
	int64_t n;

	assert(min <= max);
	if (!read_digits(text + minus, len - minus, &n) ||
	    (!minus && __builtin_mul_overflow(n, -1, &n)))
		return false;
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}

bool
number_read(const char *text, int64_t min, int64_t max, int64_t *out)
{
	return text != NULL && number_read_n(text, strlen(text), min, max, out);
}

int64_t
number_or(const char *text, int64_t min, int64_t max, int64_t otherwise)
{
	int64_t n;

	return number_read(text, min, max, &n) ? n : otherwise;
}
