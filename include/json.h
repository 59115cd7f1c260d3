/* SPDX-License-Identifier: MIT */
/* json.h: cJSON, with the rules this project needs. */
#ifndef JSON_H
#define JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct buf;
struct digest;

/*
 * Parses `len` bytes that must be one JSON value in valid UTF-8, without NUL
 * characters, without numbers beyond a double, and not nested deeper than 64.
 * ERR_INVALID_BODY otherwise. The caller deletes `out`.
 */
MUST_CHECK enum err json_parse(const char *data, size_t len, cJSON **out, struct error *e);
/* The same, and the root must be an object. */
MUST_CHECK enum err json_parse_object(const char *data, size_t len, cJSON **out, struct error *e);
/* Compact text in the arena; slashes are not escaped. */
char		*json_print(const cJSON *json, struct arena *a);
/* Adds the text that json_print would give, which may be too long to be there as a whole. */
void		 json_digest(const cJSON *json, struct digest *d);

/* Reading what the upstream sent: absent, null or another type give NULL, `fallback`, false. */
const cJSON	*json_get(const cJSON *object, const char *key);	/* NULL also for JSON null */
const char	*json_string(const cJSON *object, const char *key);	/* borrowed from the tree */
double		 json_number(const cJSON *object, const char *key, double fallback);
bool		 json_bool(const cJSON *object, const char *key);

/* Writing: a NULL string becomes null. */
void		 json_add_string(cJSON *object, const char *key, const char *value);
void		 json_add_int(cJSON *object, const char *key, int64_t value);
void		 json_add_bool(cJSON *object, const char *key, bool value);
/* `item` becomes theirs; NULL stands for memory that was not to be had. */
void		 json_add_item(cJSON *object, const char *key, cJSON *item);
void		 json_append_item(cJSON *array, cJSON *item);

/*
 * The same as text at the end of `out`, within an object that the caller opens
 * and closes: for long lists, where the tree costs more than all the rest. The
 * key is ours, the value valid UTF-8.
 */
void		 json_put_string(struct buf *out, const char *key, const char *value);
void		 json_put_int(struct buf *out, const char *key, int64_t value);
void		 json_put_bool(struct buf *out, const char *key, bool value);
/* `len` bytes of a value, as they stand between its quotes. */
void		 json_put_escaped(struct buf *out, const char *s, size_t len);

/* Characters in a valid UTF-8 string; -1 when it is not valid. */
long		 utf8_count(const char *s, size_t len);

#endif
