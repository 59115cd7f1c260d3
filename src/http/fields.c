/* SPDX-License-Identifier: MIT */
/* fields.c: `name`, `name[]`, `name[0]` and `name[sub]` of forms. */
#include "fields.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "xalloc.h"

#define MAX_SUBSCRIPTS	4

struct name {
	char	*text;		/* a copy, cut into pieces */
	char	*base;
	char	*sub[MAX_SUBSCRIPTS];
	size_t	 n_subs;
};

/* Whatever is not `base[sub][sub]...` is a plain name as a whole. */
static void
split_name(const char *text, struct name *out)
{
	char *p;

	*out = (struct name){ .text = xstrdup(text) };
	out->base = out->text;
	if ((p = strchr(out->text, '[')) == NULL || p == out->text)
		return;
	while (*p == '[' && out->n_subs < MAX_SUBSCRIPTS) {
		out->sub[out->n_subs++] = p + 1;
		if ((p = strchr(p, ']')) == NULL)
			break;
		p++;
	}
	if (p == NULL || *p != '\0') {
		out->n_subs = 0;
		return;
	}
	*strchr(out->text, '[') = '\0';
	for (size_t i = 0; i < out->n_subs; i++)
		*strchr(out->sub[i], ']') = '\0';
}

static bool
is_index(const char *sub)
{
	return sub[strspn(sub, "0123456789")] == '\0';
}

static cJSON *
get(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Makes `item` the only one of that key. */
static void
set(cJSON *object, const char *key, cJSON *item)
{
	if (get(object, key) != NULL)
		cJSON_ReplaceItemInObjectCaseSensitive(object, key, item);
	else
		cJSON_AddItemToObject(object, key, item);
}

/* The object under the key, in place of whatever else was there. */
static cJSON *
object_at(cJSON *parent, const char *key)
{
	cJSON *object = get(parent, key);

	if (cJSON_IsObject(object))
		return object;
	object = xmade(cJSON_CreateObject());
	set(parent, key, object);
	return object;
}

/* The array under the key; a text that was there becomes its first member. */
static cJSON *
array_at(cJSON *parent, const char *key)
{
	cJSON *item = get(parent, key), *array;

	if (cJSON_IsArray(item))
		return item;
	array = xmade(cJSON_CreateArray());
	if (cJSON_IsString(item)) {
		item = cJSON_DetachItemViaPointer(parent, item);
		cJSON_free(item->string);
		item->string = NULL;
		cJSON_AddItemToArray(array, item);
	}
	set(parent, key, array);
	return array;
}

/* The object at that index of an array if there is one, else a new last one. */
static cJSON *
element_at(cJSON *array, const char *index)
{
	int i = (int)number_or(index, 0, INT_MAX, -1);
	cJSON *object = i < 0 ? NULL : cJSON_GetArrayItem(array, i);

	if (cJSON_IsObject(object))
		return object;
	object = xmade(cJSON_CreateObject());
	cJSON_AddItemToArray(array, object);
	return object;
}

static void
remember_repeat(struct form *f, const char *key, const cJSON *first,
    const char *value)
{
	cJSON *all;

	if (f->repeated == NULL)
		f->repeated = xmade(cJSON_CreateObject());
	if ((all = get(f->repeated, key)) == NULL) {
		all = xmade(cJSON_CreateArray());
		cJSON_AddItemToObject(f->repeated, key, all);
		cJSON_AddItemToArray(all,
		    xmade(cJSON_CreateString(first->valuestring)));
	}
	cJSON_AddItemToArray(all, xmade(cJSON_CreateString(value)));
}

static void
add_plain(struct form *f, const char *key, const char *value)
{
	const cJSON *before = get(f->fields, key);

	if (cJSON_IsString(before))
		remember_repeat(f, key, before, value);
	set(f->fields, key, xmade(cJSON_CreateString(value)));
}

void
fields_add(struct form *f, const char *text, const char *value)
{
	cJSON *at = f->fields;
	struct name name;
	const char *key;

	if (*value == '\0')
		return;
	split_name(text, &name);
	key = name.base;
	for (size_t i = 0; i < name.n_subs; i++) {
		if (!is_index(name.sub[i])) {
			at = object_at(at, key);
			key = name.sub[i];
		} else if (i + 1 == name.n_subs) {
			cJSON_AddItemToArray(array_at(at, key),
			    xmade(cJSON_CreateString(value)));
			goto out;
		} else {
			at = element_at(array_at(at, key), name.sub[i]);
			key = name.sub[++i];
		}
	}
	if (at == f->fields)
		add_plain(f, key, value);
	else
		set(at, key, xmade(cJSON_CreateString(value)));
out:
	free(name.text);
}
