/* SPDX-License-Identifier: MIT */
/* place.c: walks to a place in a JSON object, and makes the way. */
#include "place.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN	32
#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

struct step {
	char	 name[NAME_MAX_LEN];
	bool	 first;		/* of an array: "[0]" follows */
};

/* Reads a step and what ends it; NULL when there is none. */
static const char *
next_step(const char *at, struct step *out)
{
	size_t len = strspn(at, LETTERS);

	if (len == 0 || len >= sizeof(out->name))
		return NULL;
	snprintf(out->name, sizeof(out->name), "%.*s", (int)len, at);
	at += len;
	out->first = strncmp(at, "[0]", 3) == 0;
	if (out->first)
		at += 3;
	if (*at == '\0')
		return at;
	return *at == '.' && at[1] != '\0' ? at + 1 : NULL;
}

bool
place_valid(const char *place)
{
	struct step step;

	do {
		if ((place = next_step(place, &step)) == NULL)
			return false;
	} while (*place != '\0');
	return true;
}

/* The member of that name, made anew when it is not of that type. */
static cJSON *
member(cJSON *object, const char *name, bool array)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (item != NULL && (array ? cJSON_IsArray(item) : cJSON_IsObject(item)))
		return item;
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	return array ? cJSON_AddArrayToObject(object, name) :
	    cJSON_AddObjectToObject(object, name);
}

static cJSON *
first_object(cJSON *array)
{
	cJSON *item = cJSON_GetArrayItem(array, 0);

	if (cJSON_IsObject(item))
		return item;
	cJSON_DeleteItemFromArray(array, 0);
	item = cJSON_CreateObject();
	cJSON_InsertItemInArray(array, 0, item);
	return item;
}

static void
put(cJSON *object, const struct step *step, cJSON *value)
{
	cJSON *array;

	if (!step->first) {
		cJSON_DeleteItemFromObjectCaseSensitive(object, step->name);
		cJSON_AddItemToObject(object, step->name, value);
		return;
	}
	array = member(object, step->name, true);
	cJSON_DeleteItemFromArray(array, 0);
	cJSON_InsertItemInArray(array, 0, value);
}

void
place_put(cJSON *root, const char *place, cJSON *value)
{
	struct step step;

	while (*(place = next_step(place, &step)) != '\0') {
		root = member(root, step.name, step.first);
		if (step.first)
			root = first_object(root);
	}
	put(root, &step, value);
}
