/* SPDX-License-Identifier: MIT */
/* form.c: a body as fields and files, whatever its type. */
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "fields.h"
#include "file.h"
#include "io.h"
#include "media.h"
#include "multipart.h"
#include "url.h"
#include "xalloc.h"

#define PIECE	(64 * 1024)
#define COPIES	3		/* of a text: as it came, as a field, and as one of its repeats */

struct collector {		/* of the parts of a multipart body */
	struct req	*rq;
	struct form	*form;
	const char	*dir;
	struct part	 part;	/* the current one */
	bool		 is_file;
	struct buf	 text;	/* its value, when it is no file */
	size_t		 checked;	/* bytes of it that are UTF-8 */
	struct file	 file;
};

/* A part without a type and a file name is text when its bytes are UTF-8. */
static bool
begins_as_file(const struct part *part)
{
	if (part->type == NULL)
		return part->filename != NULL;
	return !media_is_text(part->type) && !media_is_json(part->type);
}

static enum err
on_part(void *arg, const struct part *part, struct error *e)
{
	struct collector *c = arg;

	c->part = *part;
	c->checked = 0;
	buf_reset(&c->text);
	c->is_file = begins_as_file(part);
	return c->is_file ? file_begin(&c->file, c->dir, e) : ERR_OK;
}

/* It is no text after all. */
static enum err
become_file(struct collector *c, struct error *e)
{
	enum err rc;

	c->is_file = true;
	if ((rc = file_begin(&c->file, c->dir, e)) != ERR_OK)
		return rc;
	return file_write(&c->file, c->text.data, c->text.len, e);
}

/* The length of the text without an incomplete last character. */
static size_t
whole_characters(const struct buf *text)
{
	size_t len = text->len;

	for (int i = 0; i < 3 && len > 0 &&
	    ((unsigned char)text->data[len - 1] & 0xc0) == 0x80; i++)
		len--;
	return len > 0 && (unsigned char)text->data[len - 1] >= 0x80 ? len - 1
	    : len;
}

static bool
is_text_up_to(struct collector *c, size_t end)
{
	size_t from = c->checked;

	if (end < from || !url_text_ok(c->text.data + from, end - from))
		return false;
	c->checked = end;
	return true;
}

static enum err
on_data(void *arg, const char *data, size_t len, struct error *e)
{
	struct collector *c = arg;
	enum err rc;

	if (c->is_file)
		return file_write(&c->file, data, len, e);
	if ((rc = body_hold(c->rq, COPIES * len, e)) != ERR_OK)
		return rc;
	if (!buf_append(&c->text, data, len))
		return error_set(e, ERR_TOO_LARGE, NULL,
		    "Request body too large");
	return is_text_up_to(c, whole_characters(&c->text)) ? ERR_OK
	    : become_file(c, e);
}

/* Browsers send a file field without a file as an empty one without a name. */
static void
keep_upload(struct collector *c)
{
	const char *filename = c->part.filename == NULL ? ""
	    : c->part.filename;
	struct form *f = c->form;
	struct upload *up = &f->uploads[f->n_uploads];

	if (c->file.len == 0 && filename[0] == '\0') {
		file_abort(&c->file);
		return;
	}
	*up = (struct upload){
		.name = c->part.name,
		.filename = filename,
		.path = arena_printf(c->rq->arena, "%s/%s", c->file.dir,
		    c->file.tmp),
		.size = c->file.len,
	};
	close(c->file.fd);
	c->file.fd = -1;
	f->n_uploads++;
	c->rq->io->n_uploads = f->n_uploads;
}

static enum err
on_part_end(void *arg, struct error *e)
{
	struct collector *c = arg;

	enum err rc;

	if (!c->is_file && !is_text_up_to(c, c->text.len) &&
	    (rc = become_file(c, e)) != ERR_OK)
		return rc;
	if (c->is_file)
		keep_upload(c);
	else
		fields_add(c->form, c->part.name, c->text.data);
	return ERR_OK;
}

static const struct multipart_ops collector_ops = {
	.begin = on_part,
	.data = on_data,
	.end = on_part_end,
};

static enum err
feed_body(struct req *rq, struct multipart *m, struct error *e)
{
	char piece[PIECE];
	enum err rc;
	size_t n;

	while ((rc = body_read(rq, piece, sizeof(piece), &n, e)) == ERR_OK) {
		if (n == 0)
			return multipart_finish(m, e);
		if ((rc = multipart_feed(m, piece, n, e)) != ERR_OK)
			return rc;
	}
	return rc;
}

static enum err
read_multipart(struct req *rq, const char *dir, struct form *out,
    struct error *e)
{
	struct collector c = { .rq = rq, .form = out, .dir = dir, .file.fd = -1 };
	struct multipart *m;
	enum err rc;

	buf_init(&c.text, SIZE_MAX / 4);
	out->uploads = arena_array(rq->arena, MULTIPART_MAX_PARTS,
	    sizeof(*out->uploads));
	rq->io->uploads = out->uploads;
	rc = multipart_new(rq->arena, rq->content_type, &collector_ops, &c, &m, e);
	if (rc == ERR_OK)
		rc = feed_body(rq, m, e);
	file_abort(&c.file);
	buf_clear(&c.text);
	return rc;
}

static enum err
read_urlencoded(struct req *rq, struct form *out, struct error *e)
{
	const struct param *params;
	struct buf body;
	enum err rc;
	size_t n;

	buf_init(&body, SIZE_MAX / 4);
	if ((rc = body_read_all(rq, COPIES, &body, e)) != ERR_OK)
		goto out;
	rc = url_decode_form(rq->arena, body.data, body.len, "request body",
	    &params, &n, e);
	for (size_t i = 0; rc == ERR_OK && i < n; i++)
		fields_add(out, params[i].name, params[i].value);
out:
	buf_clear(&body);
	return rc;
}

static bool
is_form(const struct req *rq)
{
	return media_is(rq->content_type, "multipart/form-data") ||
	    media_is(rq->content_type, "application/x-www-form-urlencoded");
}

enum err
req_form(struct req *rq, const char *dir, struct form *out, struct error *e)
{
	bool lenient = rq->route != NULL &&
	    (rq->route->body & (BODY_FORM | BODY_LENIENT_JSON)) ==
	    BODY_LENIENT_JSON;
	enum err rc;

	assert(out->fields == NULL && out->n_uploads == 0);
	*out = (struct form){ .text = is_form(rq) && !lenient };
	if (!out->text && !body_is_empty(rq))
		return req_json(rq, &out->fields, e);
	out->fields = xmade(cJSON_CreateObject());
	if (body_is_empty(rq))
		return ERR_OK;
	if (media_is(rq->content_type, "multipart/form-data"))
		rc = read_multipart(rq, dir, out, e);
	else
		rc = read_urlencoded(rq, out, e);
	if (rc != ERR_OK)
		form_clear(out);
	return rc;
}

static void
unlink_uploads(struct upload *uploads, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (uploads[i].path != NULL)
			unlink(uploads[i].path);
		uploads[i].path = NULL;
	}
}

void
form_clear(struct form *f)
{
	cJSON_Delete(f->fields);
	cJSON_Delete(f->repeated);
	unlink_uploads(f->uploads, f->n_uploads);
	*f = (struct form){ 0 };
}

void
req_end(struct req *rq)
{
	if (rq->io == NULL)
		return;
	body_release(rq, (size_t)rq->io->held);
	unlink_uploads(rq->io->uploads, rq->io->n_uploads);
	rq->io->n_uploads = 0;
}
