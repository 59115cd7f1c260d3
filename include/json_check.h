/* SPDX-License-Identifier: MIT */
/*
 * json_check.h: JSON of requests, by the letter of RFC 8259.
 *
 * A text is checked and counted in one pass before anything is built of it:
 * cJSON takes more than JSON, and makes some hundred bytes of each two. Pure,
 * thread-safe.
 */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include "json.h"

#define JSON_MAX_DEPTH	64		/* arrays and objects inside each other */
#define JSON_MAX_NUMBER	63		/* characters of a number: cJSON reads no more */
#define JSON_NODE	160		/* bytes, at most, that a value takes besides its text */

/*
 * Whether `len` bytes are one JSON value in UTF-8, perhaps behind a byte order
 * mark, with at most `max_values` values of any kind in it: *values says how
 * many. Refused, too, is what cannot be represented here: a NUL character, half
 * a surrogate pair, a number beyond a double or longer than JSON_MAX_NUMBER,
 * and more than JSON_MAX_DEPTH levels. ERR_INVALID_BODY says what and where.
 * What passes, cJSON parses.
 */
MUST_CHECK enum err json_check(const char *data, size_t len, size_t max_values, size_t *values,
    struct error *e);
/*
 * The tree of a text that json_check passed; the caller deletes it. The root
 * must be an object (ERR_INVALID_BODY), and no object may have two members of
 * one name: ERR_INVALID_VALUE names it.
 */
MUST_CHECK enum err json_build_object(const char *data, size_t len, cJSON **out, struct error *e);
/* Both, for a text inside a request. */
MUST_CHECK enum err json_read_object(const char *data, size_t len, size_t max_values,
    cJSON **out, struct error *e);

/* ---- the text itself, of an object that json_check passed ---- */

struct json_member {
	const char	*name;		/* with its quotes */
	size_t		 name_len;
	const char	*value;
	size_t		 value_len;
};

/*
 * The next member of the object in [*at, end): *at is the object's text at
 * first, and moves on. False after the last one.
 */
bool	json_next_member(const char **at, const char *end, struct json_member *out);
/* Whether that is the member's name, however it is escaped. */
bool	json_member_is(const struct json_member *m, const char *name);

#endif
