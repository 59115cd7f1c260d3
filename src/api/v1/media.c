/* SPDX-License-Identifier: MIT */
/* media.c: images and clips that clients give, in whatever form, into the spool. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/api.h"
#include "arena.h"
#include "base64.h"
#include "clock.h"
#include "conf.h"
#include "fetch.h"
#include "file.h"
#include "id.h"
#include "json_check.h"
#include "media_type.h"

#define MIB		(1024 * 1024)
#define OBJECT_VALUES	16			/* of a field's object: it needs three */
#define PIECE		(4096 * 4)		/* characters of base64 decoded at a time: whole groups */

struct media_class {
	const char	*extensions[4];	/* of the types that are taken */
	int64_t		 max;		/* bytes, decoded */
	enum err	 broken;
	const char	*what;
};

struct intake {			/* one reference on its way */
	struct req	*rq;
	const struct media_class *class;
	const char	*name;		/* the field */
	struct task_media *out;
};

static const struct media_class images = {
	{ "png", "jpg", "webp" }, 50 * MIB, ERR_INVALID_IMAGE,
	"PNG, JPEG or WEBP image"
}, clips = {
	{ "mp4", "mov", "webm" }, 100 * MIB, ERR_INVALID_VIDEO,
	"MP4, MOV or WEBM video"
};

static bool
class_takes(const struct media_class *class, const struct media_type *type)
{
	for (size_t i = 0; class->extensions[i] != NULL; i++)
		if (strcmp(class->extensions[i], type->extension) == 0)
			return true;
	return false;
}

static enum err
invalid(const struct intake *in, const char *what, struct error *e)
{
	return error_set(e, in->class->broken, in->name, "'%s' %s", in->name,
	    what);
}

static enum err
too_large(const struct intake *in, struct error *e)
{
	return error_set(e, in->class->broken, in->name,
	    "'%s' is larger than %d MiB", in->name,
	    (int)(in->class->max / MIB));
}

/* Size and type of a complete file, and its name for the spool. */
static enum err
accept_file(struct intake *in, const char *path, int64_t size,
    struct error *e)
{
	struct arena *a = in->rq->arena;
	const struct media_type *type;

	if (size == 0)
		return invalid(in, "is empty", e);
	if (size > in->class->max)
		return too_large(in, e);
	type = media_type_of_file(path);
	if (type == NULL || !class_takes(in->class, type))
		return invalid(in, arena_printf(a, "is no %s",
		    in->class->what), e);
	in->out->mime = type->mime;
	in->out->file = arena_printf(a, "%s.%s", id_new(a, "", 32),
	    type->extension);
	return ERR_OK;
}

static enum err
commit(struct intake *in, struct file *f, struct error *e)
{
	enum err rc = accept_file(in, arena_printf(in->rq->arena, "%s/%s",
	    f->dir, f->tmp), f->len, e);

	if (rc == ERR_OK)
		rc = file_commit(f, in->out->file, e);
	if (rc != ERR_OK)
		in->out->file = NULL;
	return rc;
}

static enum err
take_upload(struct intake *in, struct upload *u, struct error *e)
{
	enum err rc = accept_file(in, u->path, u->size, e);

	if (rc == ERR_OK && (rc = file_adopt(u->path,
	    api_of(in->rq)->app->spool_dir, in->out->file, e)) == ERR_OK)
		u->path = NULL;
	if (rc != ERR_OK)
		in->out->file = NULL;
	return rc;
}

/*
 * Copies up to `room` characters of base64 to `out`: without blanks, URL-safe
 * ones made standard, without padding. `*p` moves on.
 */
static size_t
clean_base64(const char **p, char *out, size_t room)
{
	size_t n = 0;

	for (; **p != '\0' && n < room; ++*p) {
		if (strchr(" \t\r\n=", **p) != NULL)
			continue;
		out[n++] = **p == '-' ? '+' : **p == '_' ? '/' : **p;
	}
	return n;
}

/* Only characters of base64, padding at the end alone. */
static bool
is_base64(const char *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/-_ \t\r\n";
	const char *end = text + strspn(text, alphabet);

	return *text != '\0' && end[strspn(end, "= \t\r\n")] == '\0';
}

static enum err
write_base64(struct intake *in, struct file *f, const char *text,
    struct error *e)
{
	char text64[PIECE];
	unsigned char bytes[PIECE];
	size_t n;

	while ((n = clean_base64(&text, text64, PIECE)) > 0) {
		ssize_t got = base64_decode_to(bytes, text64, n);
		enum err rc;

		if (got < 0)
			return invalid(in, "is broken base64", e);
		if ((rc = file_write(f, bytes, (size_t)got, e)) != ERR_OK)
			return rc;
		if (f->len > in->class->max)
			return too_large(in, e);
	}
	return ERR_OK;
}

static enum err
store_base64(struct intake *in, const char *text, struct error *e)
{
	struct file f;
	enum err rc;

	if (!is_base64(text))
		return invalid(in, "is no URL, data URL or base64", e);
	if ((rc = file_begin(&f, api_of(in->rq)->app->spool_dir, e)) != ERR_OK)
		return rc;
	if ((rc = write_base64(in, &f, text, e)) == ERR_OK)
		rc = commit(in, &f, e);
	file_abort(&f);
	return rc;
}

static enum err
store_url(struct intake *in, const char *url, struct media_budget *budget,
    struct error *e)
{
	const struct api *api = api_of(in->rq);
	const struct fetch_limits limits = {
		.allow_private = api->conf->allow_private_fetch,
		.deadline_ms = budget->deadline_ms,
		.budget = &budget->bytes,
	};
	struct file f;
	enum err rc;

	if ((rc = fetch_url(url, in->name, &limits, api->app->spool_dir, &f,
	    e)) != ERR_OK)
		return rc;
	rc = commit(in, &f, e);
	file_abort(&f);
	return rc;
}

static enum err
store_string(struct intake *in, const char *text, struct media_budget *budget,
    struct error *e)
{
	const char *comma;

	if (strncasecmp(text, "http://", 7) == 0 ||
	    strncasecmp(text, "https://", 8) == 0)
		return store_url(in, text, budget, e);
	if (strncasecmp(text, "data:", 5) != 0)
		return store_base64(in, text, e);
	comma = strchr(text, ',');
	if (comma == NULL || comma - text < 12 ||
	    strncasecmp(comma - 7, ";base64", 7) != 0)
		return invalid(in, "is a data URL without base64 data", e);
	return store_base64(in, comma + 1, e);
}

/* The string inside {"url": s}, {"image_url": s} or {"image_url": {"url": s}}. */
static enum err
unwrap(const cJSON *node, const char *name, const char **text,
    struct error *e)
{
	const cJSON *inner;

	if (json_get(node, "file_id") != NULL)
		return error_set(e, ERR_INVALID_VALUE, name,
		    "'%s' cannot be a file_id: there is no file store here",
		    name);
	inner = json_get(node, "image_url");
	if (inner == NULL)
		inner = json_get(node, "url");
	if (cJSON_IsObject(inner))
		inner = json_get(inner, "url");
	*text = cJSON_GetStringValue(inner);
	if (*text == NULL)
		return error_set(e, ERR_INVALID_TYPE, name,
		    "Invalid type for '%s': expected a string, or an object "
		    "with url or image_url", name);
	return ERR_OK;
}

static void
delete_json(void *json)
{
	cJSON_Delete(json);
}

/* A form has objects as their JSON text. */
static enum err
unwrap_text(const struct intake *in, const char **text, struct error *e)
{
	struct error why;
	cJSON *object;

	if ((*text)[strspn(*text, " \t\r\n")] != '{')
		return ERR_OK;
	if (json_read_object(*text, strlen(*text), OBJECT_VALUES, &object, &why)
	    != ERR_OK)
		return error_set(e, ERR_INVALID_VALUE, in->name,
		    "'%s' is no JSON object", in->name);
	arena_own(in->rq->arena, object, delete_json);
	return unwrap(object, in->name, text, e);
}

struct media_budget
media_budget(const struct req *rq)
{
	const struct conf *conf = api_of(rq)->conf;

	return (struct media_budget){
		.bytes = (int64_t)conf->fetch_max_mb * MIB,
		.deadline_ms = clock_mono_ms() + conf->fetch_timeout * 1000,
	};
}

static enum err
store(struct intake *in, struct form *form, const struct media_ref *ref,
    struct media_budget *budget, struct error *e)
{
	const char *text = cJSON_GetStringValue(ref->node);
	enum err rc;

	*in->out = (struct task_media){ 0 };
	if (ref->node == NULL)
		return take_upload(in, &form->uploads[ref->upload], e);
	rc = text != NULL ? unwrap_text(in, &text, e)
	    : unwrap(ref->node, ref->field, &text, e);
	if (rc != ERR_OK)
		return rc;
	return store_string(in, text, budget, e);
}

enum err
media_store(struct req *rq, struct form *form, const struct media_ref *ref,
    struct media_budget *budget, struct task_media *out, struct error *e)
{
	struct intake in = { rq, &images, ref->field, out };

	return store(&in, form, ref, budget, e);
}

enum err
media_store_clip(struct req *rq, struct form *form,
    const struct media_ref *ref, struct media_budget *budget,
    struct task_media *out, struct error *e)
{
	struct intake in = { rq, &clips, ref->field, out };

	return store(&in, form, ref, budget, e);
}

void
media_discard(struct req *rq, const struct task_media *m)
{
	if (m->file != NULL)
		unlink(arena_printf(rq->arena, "%s/%s",
		    api_of(rq)->app->spool_dir, m->file));
}
