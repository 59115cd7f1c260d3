/* SPDX-License-Identifier: MIT */
/* public_query.c: the parameters of public data. */
#include <string.h>

#include "field.h"
#include "public.h"

#define MAX_LIMIT	100

/* NULL when absent, or without a value. */
static const char *
value_of(const struct req *rq, const char *name)
{
	const char *value = req_query(rq, name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static enum err
check_length(const char *value, const char *name, int max, struct error *e)
{
	long n = utf8_count(value, strlen(value));

	if (n >= 1 && n <= max)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, name,
	    "'%s' must have 1 to %d characters", name, max);
}

enum err
query_string(const struct req *rq, const char *name, int max,
    const char **out, struct error *e)
{
	const char *value = value_of(rq, name);
	enum err rc;

	if (value == NULL)
		return ERR_OK;
	if ((rc = check_length(value, name, max, e)) == ERR_OK)
		*out = value;
	return rc;
}

enum err
query_required(const struct req *rq, const char *name, int max,
    const char **out, struct error *e)
{
	const char *value = value_of(rq, name);

	if (value == NULL || value[strspn(value, " \t\r\n")] == '\0')
		return error_set(e, ERR_MISSING, name,
		    "Missing required field: %s", name);
	return query_string(rq, name, max, out, e);
}

enum err
query_limit(const struct req *rq, int *out, struct error *e)
{
	const char *value = value_of(rq, "limit");
	int64_t limit;

	if (value == NULL)
		return ERR_OK;
	if (!field_parse_int(value, &limit) || limit < 1 || limit > MAX_LIMIT)
		return error_set(e, ERR_INVALID_VALUE, "limit",
		    "'limit' must be 1 to %d", MAX_LIMIT);
	*out = (int)limit;
	return ERR_OK;
}

enum err
query_token_id(const struct req *rq, int64_t *out, struct error *e)
{
	const char *value = value_of(rq, "token_id");

	*out = 0;
	if (value == NULL || (field_parse_int(value, out) && *out >= 1))
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, "token_id",
	    "'token_id' must be an integer from 1");
}

enum err
query_segment(const char *segment, const char *name, int max, struct error *e)
{
	if (strchr(segment, '/') != NULL)
		return error_set(e, ERR_INVALID_VALUE, name,
		    "'%s' must not have a slash", name);
	return check_length(segment, name, max, e);
}
