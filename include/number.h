/* SPDX-License-Identifier: MIT */
/* number.h: whole numbers from text, within bounds. Thread-safe. */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether all of `text` is a whole number in decimal digits, "-" before it allowed, from
 * `min` to `max`; then it is in *out, which else stays as it was. NULL and "" are none.
 */
bool	number_read(const char *text, int64_t min, int64_t max, int64_t *out);
/* The same of the first `len` characters. */
bool	number_read_n(const char *text, size_t len, int64_t min, int64_t max, int64_t *out);
/* The number, or `otherwise` when number_read would refuse it. */
int64_t	number_or(const char *text, int64_t min, int64_t max, int64_t otherwise);

#endif
