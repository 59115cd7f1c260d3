/* SPDX-License-Identifier: MIT */
/* image_request.c: what a client may ask of the images API. */
#include "image_request.h"

#include <string.h>

#include "arena.h"
#include "attr.h"
#include "capability.h"
#include "request_impl.h"
#include "video.h"

static const char *const qualities[] = { "standard", "hd", "low", "medium",
	"high", "auto", NULL };
static const char *const styles[] = { "natural", "vivid", NULL };
static const char *const formats[] = { "url", "b64_json", NULL };

/* ---- checks ---- */

/* The upstream gets the prompt as it came. */
static enum err
keep_prompt(void *request, const struct request_body *b,
    struct arena *a, struct error *e UNUSED)
{
	struct image_request *r = request;

	r->prompt = arena_strdup(a, json_string(b->fields, "prompt"));
	return ERR_OK;
}

static enum err
check_model(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct image_request *r = request;

	r->means = model_find(r->model, USE_IMAGES);
	if (pool_has_model(r->pool, TASK_IMAGE, r->model) ||
	    (r->means != NULL && pool_has_sora(r->pool)))
		return ERR_OK;
	return pool_unknown_model(r->pool, TASK_IMAGE, r->model, "sora-image, "
	    "sora-image-landscape, sora-image-portrait and gpt-image-2", e);
}

static enum err
check_n(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	const struct image_request *r = request;

	return r->n == 1 ? ERR_OK : error_set(e, ERR_INVALID_VALUE, "n",
	    "'n' must be 1: one image is made at a time");
}

/* Decimal digits, low..high; NULL when it is not that. */
static const char *
read_side(const char *s, int low, int high)
{
	size_t n = strspn(s, "0123456789");
	int side = 0;

	if (n == 0 || n > 4)
		return NULL;
	for (size_t i = 0; i < n; i++)
		side = side * 10 + (s[i] - '0');
	return side >= low && side <= high ? s + n : NULL;
}

static bool
is_pair(const char *s, char between, int low, int high)
{
	if ((s = read_side(s, low, high)) == NULL || *s != between)
		return false;
	s = read_side(s + 1, low, high);
	return s != NULL && *s == '\0';
}

/* A given size overrides the orientation of the model. */
static enum err
check_size(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	struct image_request *r = request;
	enum orientation orientation;

	if (r->size == NULL || strcmp(r->size, "auto") == 0)
		return ERR_OK;
	if ((!is_pair(r->size, 'x', 64, 4096) && !is_pair(r->size, ':', 1, 100))
	    || !model_size_orientation(r->size, &orientation))
		return error_set(e, ERR_INVALID_VALUE, "size",
		    "'size' must be auto, WxH with sides of 64 to 4096, or "
		    "W:H with sides of 1 to 100");
	if (r->means != NULL)
		r->means = model_image(orientation);
	return ERR_OK;
}

static enum err
add_media(struct image_request *r, const struct request_body *b,
    const char *field, struct error *e)
{
	return request_add_media(b, field, r->refs, &r->n_refs, e);
}

#define ADD(name) \
static enum err \
add_##name(void *request, const struct request_body *b, \
    struct arena *a UNUSED, struct error *e) \
{ \
	return add_media(request, b, #name, e); \
}

ADD(image)
ADD(images)
ADD(references)
ADD(input_image)
ADD(input_reference)

static enum err
missing_image(struct error *e)
{
	return error_set(e, ERR_MISSING, "image",
	    "Missing required field: image");
}

/* What is edited, unless one of the fields that other servers have may hold it. */
static enum err
need_image(void *request, const struct request_body *b, struct arena *a,
    struct error *e)
{
	const struct image_request *r = request;
	enum err rc = add_images(request, b, a, e);

	if (rc != ERR_OK || r->n_refs > 0 || request_has(b, "references") ||
	    request_has(b, "input_image") || request_has(b, "input_reference"))
		return rc;
	return missing_image(e);
}

static enum err
unsupported(const char *field, struct error *e)
{
	return error_set(e, ERR_UNSUPPORTED_PARAM, field,
	    "'%s' is not supported", field);
}

static enum err
check_stream(void *request, const struct request_body *b UNUSED,
    struct arena *a UNUSED, struct error *e)
{
	const struct image_request *r = request;

	return r->stream ? unsupported("stream", e) : ERR_OK;
}

/* Without it the wrong area would be changed. */
static enum err
check_mask(void *request UNUSED, const struct request_body *b,
    struct arena *a UNUSED, struct error *e)
{
	return request_has(b, "mask") ? unsupported("mask", e) : ERR_OK;
}

/* ---- fields ---- */

#define AT(member)	offsetof(struct image_request, member)
#define TEXT(name, accepted) \
	{ #name, FIELD_STRING, false, 1, MAX_STRING, AT(name), accepted, false }
#define MEDIA(name, type) \
	{ #name, type, false, 0, 0, AT(media), NULL, false }

#define PROMPT \
	{ { "prompt", FIELD_STRING, true, 1, MAX_PROMPT, AT(prompt), NULL, \
	    false }, keep_prompt }
#define MODEL		{ TEXT(model, NULL), check_model }
#define N \
	{ { "n", FIELD_INTEGER, false, INT64_MIN, INT64_MAX, AT(n), NULL, \
	    false }, check_n }
#define SIZE		{ TEXT(size, NULL), check_size }
#define QUALITY		{ TEXT(quality, qualities), NULL }
#define STYLE		{ TEXT(style, styles), NULL }
#define FORMAT		{ TEXT(response_format, formats), NULL }
#define IMAGE		{ MEDIA(image, FIELD_MEDIA_LIST), add_image }
#define MORE_IMAGES \
	{ MEDIA(references, FIELD_MEDIA_LIST), add_references }, \
	{ MEDIA(input_image, FIELD_MEDIA), add_input_image }, \
	{ MEDIA(input_reference, FIELD_MEDIA), add_input_reference }
#define STREAM \
	{ { "stream", FIELD_BOOLEAN, false, 0, 0, AT(stream), NULL, false }, \
	    check_stream }

static const struct request_step generations[] = {
	PROMPT, MODEL, N, SIZE, QUALITY, STYLE, FORMAT, IMAGE,
	{ MEDIA(images, FIELD_MEDIA_LIST), add_images },
	MORE_IMAGES, STREAM,
};
static const struct request_step edits[] = {
	PROMPT, MODEL, SIZE, FORMAT, IMAGE,
	{ MEDIA(images, FIELD_MEDIA_LIST), need_image },
	{ MEDIA(mask, FIELD_MEDIA), check_mask },
	MORE_IMAGES, N, QUALITY, STYLE, STREAM,
};

enum err
image_parse(const struct request_body *body, bool edit,
    const struct pool *pool, struct arena *a, struct image_request *out,
    struct error *e)
{
	enum err rc;

	*out = (struct image_request){
		.model = arena_strdup(a, pool_default_model(pool,
		    TASK_IMAGE)),
		.n = 1, .quality = "standard",
		.edit = edit, .pool = pool,
	};
	if (!edit)
		return request_read(generations, NELEM(generations), body, a,
		    out, e);
	if ((rc = request_read(edits, NELEM(edits), body, a, out, e)) != ERR_OK)
		return rc;
	return out->n_refs > 0 ? ERR_OK : missing_image(e);
}

/* NULL: the server's default. */
static const char *
size_of(const struct image_request *r)
{
	if (r->size != NULL && strcmp(r->size, "auto") != 0)
		return r->size;
	return r->means != NULL ? r->means->size : NULL;
}

void
image_task(const struct image_request *r, struct arena *a, struct task *out)
{
	*out = (struct task){
		.kind = TASK_IMAGE,
		.operation = r->edit ? "image_edit" : "image_generation",
		.model = r->means != NULL ? r->means->id : r->model,
		.public_model = r->model,
		.prompt = r->prompt,
		.size = size_of(r),
		.task_id = video_new_id(r->model, a),
	};
}
