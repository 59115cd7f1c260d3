/* SPDX-License-Identifier: MIT */
/*
 * field.h: the fields of a request, declared once.
 *
 * A table has one row per field, in the order in which they are checked. From
 * it come type, range and set checks, and the tests that try each field with
 * each kind of bad value. Pure.
 */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "json.h"

struct arena;

enum field_type {
	FIELD_STRING,		/* into a const char *; min..max characters, trimmed when required */
	FIELD_NUMERAL,		/* a string, or an integer taken as its decimal text: const char * */
	FIELD_INTEGER,		/* int64_t; min..max */
	FIELD_BOOLEAN,		/* bool */
	FIELD_OBJECT,		/* an object, its text (cJSON_Raw), or a string of it: compact text, const char *; max bytes */
	FIELD_MEDIA,		/* a string or an object, checked later: const cJSON * */
	FIELD_MEDIA_LIST,	/* the same, or an array of them: const cJSON * */
	FIELD_LIST,		/* an array of objects, min..max of them: const cJSON * */
	FIELD_NODE,		/* an object as it is: const cJSON * */
	FIELD_NAMES,		/* an array or an object as it is: const cJSON * */
	FIELD_ANY,		/* whatever it is, checked later: const cJSON * */
};

struct field {
	const char	*name;
	enum field_type	 type;
	bool		 required;
	int64_t		 min;
	int64_t		 max;
	size_t		 offset;	/* of its member in the struct that is filled */
	const char	*const *accepted;	/* FIELD_STRING, FIELD_NUMERAL: ends with NULL; NULL: any */
	bool		 any_case;	/* `accepted` is compared so, and the value becomes lower case */
};

/*
 * Reads the fields of `body` (NULL: none) into `out`, whose members hold the
 * defaults: an absent or null field leaves its member alone. `text`: the body
 * was a form, where booleans and integers are written as text. The first field
 * that is wrong, in the order of the table, is the error: ERR_INVALID_TYPE,
 * ERR_MISSING, ERR_INVALID_VALUE. Strings are in the arena or in `body`.
 */
MUST_CHECK enum err fields_read(const struct field *fields, size_t n, const cJSON *body, bool text,
    struct arena *a, void *out, struct error *e);

/*
 * Only whether each field that is there has its type, and each required one is
 * there at all: for batches, where a wrong value concerns its item alone.
 */
MUST_CHECK enum err fields_check_types(const struct field *fields, size_t n, const cJSON *body,
    struct error *e);

/* "true", "1", "yes", "on" and their opposites, in any case; false when it is none of them. */
bool	field_parse_bool(const char *text, bool *out);
/* Decimal digits with an optional minus, in the range of int64_t; false otherwise. */
bool	field_parse_int(const char *text, int64_t *out);

#endif
