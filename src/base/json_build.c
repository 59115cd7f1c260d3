/* SPDX-License-Identifier: MIT */
/* json_build.c: trees of request bodies; a name twice in one object is refused. */
#include <stdlib.h>
#include <string.h>

#include "json_check.h"
#include "xalloc.h"

/* ---- names ---- */

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that two members of this object have; NULL when there is none. */
static const char *
name_twice_here(const cJSON *object)
{
	size_t n = (size_t)cJSON_GetArraySize(object), i = 0;
	const char **names, *found = NULL;
	const cJSON *item;

	if (n < 2)
		return NULL;
	names = xcalloc(n, sizeof(*names));
	cJSON_ArrayForEach(item, object)
		names[i++] = item->string;
	qsort(names, n, sizeof(*names), compare_names);
	for (i = 1; i < n && found == NULL; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			found = names[i];
	free(names);
	return found;
}

static const char *
name_twice(const cJSON *json)
{
	const char *name = cJSON_IsObject(json) ? name_twice_here(json) : NULL;
	const cJSON *item;

	if (!cJSON_IsObject(json) && !cJSON_IsArray(json))
		return NULL;
	for (item = json->child; item != NULL && name == NULL;
	    item = item->next)
		name = name_twice(item);
	return name;
}

/* ---- trees ---- */

static enum err
check_tree(const cJSON *json, struct error *e)
{
	const char *twice;

	if (json == NULL)
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: not valid JSON");
	if (!cJSON_IsObject(json))
		return error_set(e, ERR_INVALID_BODY, NULL,
		    "Malformed request body: not a JSON object");
	if ((twice = name_twice(json)) == NULL)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, NULL,
	    "Two members of one JSON object have the name '%.100s'", twice);
}

enum err
json_build_object(const char *data, size_t len, cJSON **out, struct error *e)
{
	cJSON *json = cJSON_ParseWithLength(data, len);
	enum err rc = check_tree(json, e);

	*out = rc == ERR_OK ? json : NULL;
	if (rc != ERR_OK)
		cJSON_Delete(json);
	return rc;
}

enum err
json_read_object(const char *data, size_t len, size_t max_values, cJSON **out,
    struct error *e)
{
	size_t values;
	enum err rc;

	*out = NULL;
	if ((rc = json_check(data, len, max_values, &values, e)) != ERR_OK)
		return rc;
	return json_build_object(data, len, out, e);
}
