/* SPDX-License-Identifier: MIT */
/*
 * json_digest.c: the hash of a tree's text, computed in pieces: the text is never in
 * memory as a whole.
 */
#include <string.h>

#include "buf.h"
#include "digest.h"
#include "json.h"
#include "xalloc.h"

#define PIECE	4096

static void
add(struct digest *d, const char *text)
{
	digest_update(d, text, strlen(text));
}

static void
add_string(struct digest *d, const char *s)
{
	size_t left = strlen(s);
	struct buf piece;

	buf_init(&piece, (size_t)6 * PIECE);
	add(d, "\"");
	while (left > 0) {
		size_t n = left < PIECE ? left : PIECE;

		buf_reset(&piece);
		json_put_escaped(&piece, s, n);
		digest_update(d, piece.data, piece.len);
		s += n;
		left -= n;
	}
	add(d, "\"");
	buf_clear(&piece);
}

static void
add_leaf(struct digest *d, const cJSON *json)
{
	char *text = xmade(cJSON_PrintUnformatted(json));

	add(d, text);
	cJSON_free(text);
}

static void
add_children(struct digest *d, const cJSON *json)
{
	bool object = cJSON_IsObject(json);
	const cJSON *item;

	add(d, object ? "{" : "[");
	cJSON_ArrayForEach(item, json) {
		if (item != json->child)
			add(d, ",");
		if (object) {
			add_string(d, item->string);
			add(d, ":");
		}
		json_digest(item, d);
	}
	add(d, object ? "}" : "]");
}

void
json_digest(const cJSON *json, struct digest *d)
{
	if (cJSON_IsString(json))
		add_string(d, json->valuestring);
	else if (cJSON_IsObject(json) || cJSON_IsArray(json))
		add_children(d, json);
	else
		add_leaf(d, json);
}
