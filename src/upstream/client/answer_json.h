/* SPDX-License-Identifier: MIT */
/* answer_json.h: the JSON of an answer, as far as it can be read at all. */
#ifndef ANSWER_JSON_H
#define ANSWER_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The value that the `len` bytes begin with; NULL when they begin with none, or
 * hold more than 100,000 values. The caller deletes it.
 *
 * What answers hold is paid for, so one odd member does not hide the others. A
 * byte order mark, and whatever follows an object or array, are passed over; bytes
 * that are no UTF-8, halves of surrogate pairs, NULs and escapes that there are
 * not become U+FFFD; NaN, infinities and numbers beyond a double become null, as
 * does what is nested deeper than 256 levels. A whole number of more than 15
 * digits, which a double cannot hold, becomes a string of its digits: such are ids.
 */
cJSON	*answer_json(const char *data, size_t len);
/* A number of at most 15 digits that can be an id: whole, and not negative. */
bool	 answer_json_is_whole(const cJSON *item);
/* How many bytes stand before it: a byte order mark, and what is blank. */
size_t	 answer_json_begin(const char *data, size_t len);

#endif
