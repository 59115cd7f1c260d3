/* SPDX-License-Identifier: MIT */
/* request_fields.c: the fields of a request, one after the other, and its media. */
#include <string.h>

#include "request_impl.h"

enum err
request_read(const struct request_step *steps, size_t n,
    const struct request_body *b, struct arena *a, void *out, struct error *e)
{
	enum err rc;

	for (size_t i = 0; i < n; i++) {
		if ((rc = fields_read(&steps[i].field, 1, b->fields, b->text,
		    a, out, e)) != ERR_OK)
			return rc;
		if (steps[i].check != NULL &&
		    (rc = steps[i].check(out, b, a, e)) != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

/* "image" is also written "image[]" and "image[0]". */
static bool
is_named(const char *part, const char *field)
{
	size_t len = strlen(field);

	if (strncmp(part, field, len) != 0)
		return false;
	part += len;
	if (*part == '\0')
		return true;
	if (*part++ != '[')
		return false;
	part += strspn(part, "0123456789");
	return strcmp(part, "]") == 0;
}

static const cJSON *
values(const struct request_body *b, const char *field)
{
	const cJSON *all = json_get(b->repeated, field);

	return all != NULL ? all : json_get(b->fields, field);
}

static enum err
add(struct media_ref ref, struct media_ref *refs, size_t *n, struct error *e)
{
	if (*n == MEDIA_REFS_MAX)
		return error_set(e, ERR_INVALID_VALUE, ref.field,
		    "a request takes at most %d images", MEDIA_REFS_MAX);
	refs[(*n)++] = ref;
	return ERR_OK;
}

enum err
request_add_media(const struct request_body *b, const char *field,
    struct media_ref *refs, size_t *n, struct error *e)
{
	const cJSON *value = values(b, field), *element;
	struct media_ref ref = { .field = field };
	enum err rc;

	for (size_t i = 0; i < b->n_uploads; i++) {
		ref.upload = i;
		if (is_named(b->uploads[i], field) &&
		    (rc = add(ref, refs, n, e)) != ERR_OK)
			return rc;
	}
	ref = (struct media_ref){ .field = field, .node = value };
	if (value != NULL && !cJSON_IsArray(value))
		return add(ref, refs, n, e);
	cJSON_ArrayForEach(element, value) {
		ref.node = element;
		if ((rc = add(ref, refs, n, e)) != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

bool
request_has(const struct request_body *b, const char *field)
{
	for (size_t i = 0; i < b->n_uploads; i++)
		if (is_named(b->uploads[i], field))
			return true;
	return values(b, field) != NULL;
}
