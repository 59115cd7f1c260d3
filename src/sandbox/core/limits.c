/* SPDX-License-Identifier: MIT */
/* limits.c: the table of settable numbers. */
#include "limits.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct limit {
	const char	*name;
	size_t		 offset;
	double		 usual;
	double		 min, max;
};

#define DAY	86400.0
#define LIMIT(field, usual, min, max) \
	{ #field, offsetof(struct limits, field), usual, min, max }

static const struct limit table[] = {
	LIMIT(speed, 1, 0.01, 100000),
	LIMIT(preprocessing, 4, 0, 30 * DAY),
	LIMIT(queued, 50, 0, 30 * DAY),
	LIMIT(running, 60, 0, 30 * DAY),
	LIMIT(processing, 6, 0, 30 * DAY),
	LIMIT(gap, 4, 0, 30 * DAY),
	LIMIT(late, 30, 0, 30 * DAY),
	LIMIT(linger, 60, 0, 30 * DAY),
	LIMIT(cameo, 20, 0, 30 * DAY),
	LIMIT(concurrency, 3, 0, 1000000),
	LIMIT(quota, 30, 0, 100000000),
	LIMIT(quota_window, DAY, 1, 365 * DAY),
	LIMIT(page_size, 15, 1, 1000),
	LIMIT(page_max, 50, 1, 1000),
	LIMIT(media_ttl, 3 * DAY, 0, 365 * DAY),
	LIMIT(token_life, 10 * DAY, -365 * DAY, 365 * DAY),
	LIMIT(invite_tries, 5, 0, 1000000),
	LIMIT(check_remix, 0, 0, 1),
	LIMIT(need_username, 0, 0, 1),
};

static double *
field_of(struct limits *l, const struct limit *row)
{
	return (double *)(void *)((char *)l + row->offset);
}

void
limits_init(struct limits *l)
{
	for (size_t i = 0; i < NELEM(table); i++)
		*field_of(l, &table[i]) = table[i].usual;
}

enum err
limits_set(struct limits *l, const char *name, double value, struct error *e)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		const struct limit *row = &table[i];

		if (strcmp(row->name, name) != 0)
			continue;
		if (!(value >= row->min && value <= row->max))
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "%s: not between %g and %g", name, row->min,
			    row->max);
		*field_of(l, row) = value;
		return ERR_OK;
	}
	return error_set(e, ERR_INVALID_VALUE, NULL, "%.64s: no such limit",
	    name);
}

enum err
limits_set_text(struct limits *l, const char *text, struct error *e)
{
	const char *equals = strchr(text, '=');
	char name[32], *end = NULL;
	double value = 0;

	if (equals != NULL)
		value = strtod(equals + 1, &end);
	if (equals == NULL || end == equals + 1 || *end != '\0' ||
	    (size_t)(equals - text) >= sizeof(name))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%.64s: not of the form NAME=NUMBER", text);
	memcpy(name, text, (size_t)(equals - text));
	name[equals - text] = '\0';
	return limits_set(l, name, value, e);
}

cJSON *
limits_json(const struct limits *l)
{
	cJSON *json = cJSON_CreateObject();
	struct limits copy = *l;

	for (size_t i = 0; i < NELEM(table); i++)
		cJSON_AddNumberToObject(json, table[i].name,
		    *field_of(&copy, &table[i]));
	return json;
}
