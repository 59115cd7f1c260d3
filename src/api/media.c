/* media.c: images that clients give, in whatever form, into the spool. */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api.h"
#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "fetch.h"
#include "file.h"
#include "id.h"

#define MIB		(1024 * 1024)
#define MAX_IMAGE	(50 * MIB)	/* bytes, decoded */
#define HEAD_LEN	12			/* what tells the types apart */
#define GROUP		4			/* characters of base64 that make 3 bytes */
#define PIECE		(4096 * GROUP)		/* decoded at a time */

static const struct image_type {
	const char	*mime;
	const char	*extension;
} png = { "image/png", "png" }, jpeg = { "image/jpeg", "jpg" },
    webp = { "image/webp", "webp" };

/* By the first bytes: what a client calls it is not trusted. */
static const struct image_type *
sniff(const unsigned char *head, size_t len)
{
	if (len >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
		return &png;
	if (len >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0)
		return &jpeg;
	if (len >= 12 && memcmp(head, "RIFF", 4) == 0 &&
	    memcmp(head + 8, "WEBP", 4) == 0)
		return &webp;
	return NULL;
}

static const struct image_type *
sniff_file(const char *path)
{
	unsigned char head[HEAD_LEN];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL)
		return NULL;
	len = fread(head, 1, sizeof(head), f);
	fclose(f);
	return sniff(head, len);
}

static enum err
invalid(const char *name, const char *what, struct error *e)
{
	return error_set(e, ERR_INVALID_IMAGE, name, "'%s' %s", name, what);
}

/* Size and type of a complete file, and its name for the spool. */
static enum err
accept_image(struct req *rq, const char *path, int64_t size, const char *name,
    struct task_media *out, struct error *e)
{
	const struct image_type *type;

	if (size == 0)
		return invalid(name, "is empty", e);
	if (size > MAX_IMAGE)
		return invalid(name, "is larger than 50 MiB", e);
	if ((type = sniff_file(path)) == NULL)
		return invalid(name, "is no PNG, JPEG or WEBP image", e);
	out->mime = type->mime;
	out->file = arena_printf(rq->arena, "%s.%s", id_new(rq->arena, "", 32),
	    type->extension);
	return ERR_OK;
}

static enum err
commit(struct req *rq, struct file *f, const char *name,
    struct task_media *out, struct error *e)
{
	enum err rc = accept_image(rq, arena_printf(rq->arena, "%s/%s", f->dir,
	    f->tmp), f->len, name, out, e);

	if (rc == ERR_OK)
		rc = file_commit(f, out->file, e);
	if (rc != ERR_OK)
		out->file = NULL;
	return rc;
}

static enum err
take_upload(struct req *rq, struct upload *u, const char *name,
    struct task_media *out, struct error *e)
{
	enum err rc = accept_image(rq, u->path, u->size, name, out, e);

	if (rc == ERR_OK && (rc = file_adopt(u->path,
	    api_of(rq)->app->spool_dir, out->file, e)) == ERR_OK)
		u->path = NULL;
	if (rc != ERR_OK)
		out->file = NULL;
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
write_base64(struct file *f, const char *text, const char *name,
    struct error *e)
{
	char in[PIECE + GROUP];
	unsigned char bytes[PIECE];
	size_t n;

	while ((n = clean_base64(&text, in, PIECE)) > 0) {
		size_t missing = (GROUP - n % GROUP) % GROUP;
		enum err rc;
		int got;

		if (missing == GROUP - 1)	/* six bits alone are no byte */
			return invalid(name, "is broken base64", e);
		memset(in + n, '=', missing);
		got = EVP_DecodeBlock(bytes, (unsigned char *)in,
		    (int)(n + missing));
		if (got < (int)missing)
			return invalid(name, "is broken base64", e);
		if ((rc = file_write(f, bytes, (size_t)got - missing, e))
		    != ERR_OK)
			return rc;
		if (f->len > MAX_IMAGE)
			return invalid(name, "is larger than 50 MiB", e);
	}
	return ERR_OK;
}

static enum err
store_base64(struct req *rq, const char *text, const char *name,
    struct task_media *out, struct error *e)
{
	struct file f;
	enum err rc;

	if (!is_base64(text))
		return invalid(name, "is no URL, data URL or base64", e);
	if ((rc = file_begin(&f, api_of(rq)->app->spool_dir, e)) != ERR_OK)
		return rc;
	if ((rc = write_base64(&f, text, name, e)) == ERR_OK)
		rc = commit(rq, &f, name, out, e);
	file_abort(&f);
	return rc;
}

static enum err
store_url(struct req *rq, const char *url, const char *name,
    struct media_budget *budget, struct task_media *out, struct error *e)
{
	const struct conf *conf = api_of(rq)->conf;
	const struct fetch_limits limits = {
		.allow_private = conf->allow_private_fetch,
		.deadline_ms = budget->deadline_ms,
		.budget = &budget->bytes,
	};
	struct file f;
	enum err rc;

	if ((rc = fetch_url(url, name, &limits, api_of(rq)->app->spool_dir, &f,
	    e)) != ERR_OK)
		return rc;
	rc = commit(rq, &f, name, out, e);
	file_abort(&f);
	return rc;
}

static enum err
store_string(struct req *rq, const char *text, const char *name,
    struct media_budget *budget, struct task_media *out, struct error *e)
{
	const char *comma;

	if (strncasecmp(text, "http://", 7) == 0 ||
	    strncasecmp(text, "https://", 8) == 0)
		return store_url(rq, text, name, budget, out, e);
	if (strncasecmp(text, "data:", 5) != 0)
		return store_base64(rq, text, name, out, e);
	comma = strchr(text, ',');
	if (comma == NULL || comma - text < 12 ||
	    strncasecmp(comma - 7, ";base64", 7) != 0)
		return invalid(name, "is a data URL without base64 data", e);
	return store_base64(rq, comma + 1, name, out, e);
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

struct media_budget
media_budget(const struct req *rq)
{
	const struct conf *conf = api_of(rq)->conf;

	return (struct media_budget){
		.bytes = (int64_t)conf->fetch_max_mb * MIB,
		.deadline_ms = clock_mono_ms() + conf->fetch_timeout * 1000,
	};
}

enum err
media_store(struct req *rq, struct form *form, const struct media_ref *ref,
    struct media_budget *budget, struct task_media *out, struct error *e)
{
	const char *text = cJSON_GetStringValue(ref->node);
	enum err rc;

	*out = (struct task_media){ 0 };
	if (ref->node == NULL)
		return take_upload(rq, &form->uploads[ref->upload], ref->field,
		    out, e);
	if (text == NULL &&
	    (rc = unwrap(ref->node, ref->field, &text, e)) != ERR_OK)
		return rc;
	return store_string(rq, text, ref->field, budget, out, e);
}

void
media_discard(struct req *rq, const struct task_media *m)
{
	if (m->file != NULL)
		unlink(arena_printf(rq->arena, "%s/%s",
		    api_of(rq)->app->spool_dir, m->file));
}
