/* SPDX-License-Identifier: MIT */
/* uploads.c: POST /uploads, and /project_y/file/upload for pictures of characters. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "json.h"
#include "sandbox/clip/image.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define MAX_IMAGE	(20 * 1024 * 1024)

static struct upload *
file_part(const struct form *form)
{
	for (size_t i = 0; i < form->n_uploads; i++)
		if (strcmp(form->uploads[i].name, "file") == 0)
			return &form->uploads[i];
	return NULL;
}

static enum err
read_image(const struct upload *up, struct image *out, struct error *e)
{
	unsigned char head[65536];
	FILE *f = fopen(up->path, "rb");
	size_t n;

	if (f == NULL)
		return error_set(e, ERR_INTERNAL, NULL, "%s: %s", up->path,
		    strerror(errno));
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	if (!image_sniff(head, n, out))
		return refuse(e, "invalid_image");
	if (up->size > MAX_IMAGE)
		return refuse(e, "image_too_large");
	return ERR_OK;
}

/* Takes `id`. Gives the file a name of its own in the media folder, where nginx can read it. */
static enum err
keep_file(struct visit *v, char *id, const struct upload *up,
    const struct image *image, struct media **out, struct error *e)
{
	struct media *m = xcalloc(1, sizeof(*m));
	char *path;
	enum err rc = ERR_OK;

	m->id = id;
	m->uuid = new_file_uuid();
	m->file = xasprintf("%s.%s", m->id, image->extension);
	m->mime = image->mime;
	m->account = v->account;
	path = xasprintf("%s/%s", v->sb->media_dir, m->file);
	if (chmod(up->path, 0644) < 0 || rename(up->path, path) < 0)
		rc = error_set(e, ERR_INTERNAL, NULL, "%s: %s", path,
		    strerror(errno));
	free(path);
	if (rc == ERR_OK) {
		*out = m;
		return ERR_OK;
	}
	free(m->id);
	free(m->uuid);
	free(m->file);
	free(m);
	return rc;
}

static cJSON *
upload_json(struct visit *v, const struct req *rq, const struct media *m,
    const struct upload *up, const struct image *image)
{
	struct arena *a = rq->arena;
	const char *url = media_url(v->sb, rq,
	    arena_printf(a, "%s/raw", m->uuid));
	const char *small = media_url(v->sb, rq,
	    arena_printf(a, "%s/drvs/thumbnail/raw", m->uuid));
	cJSON *json = cJSON_CreateObject();
	char now[32];

	write_time(now, clock_now_ms());
	json_add_string(json, "id", m->id);
	json_add_string(json, "type", "image");
	json_add_string(json, "created_at", now);
	json_add_string(json, "filename", up->filename);
	json_add_string(json, "extension", image->extension);
	json_add_string(json, "mime_type", image->mime);
	json_add_string(json, "url", url);
	json_add_int(json, "width", image->width);
	json_add_int(json, "height", image->height);
	json_add_string(json, "duration_sec", NULL);
	json_add_int(json, "n_frames", 1);
	json_add_int(json, "size_bytes", up->size);
	json_add_string(json, "thumbnail_url", small);
	return json;
}

/* A picture, or an input that may not show people. */
static bool
has_use_case(const struct form *form)
{
	const char *use = json_string(form->fields, "use_case");

	return use != NULL && (strcmp(use, "profile") == 0 ||
	    strcmp(use, "inpaint_safe") == 0);
}

static cJSON *
file_json(struct visit *v, const struct req *rq, const struct media *m,
    const struct upload *up, const struct image *image UNUSED)
{
	struct arena *a = rq->arena;
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "asset_pointer",
	    arena_printf(a, "sediment://%s", m->id));
	json_add_string(json, "file_id", m->id);
	json_add_string(json, "url", media_url(v->sb, rq,
	    arena_printf(a, "%s/raw", m->uuid)));
	json_add_int(json, "size", up->size);
	json_add_string(json, "azure_asset_pointer", NULL);
	json_add_bool(json, "contains_realistic_person", false);
	return json;
}

typedef cJSON *answer_fn(struct visit *v, const struct req *rq,
    const struct media *m, const struct upload *up,
    const struct image *image);

/* Takes the file of the form, which gets `id`, and answers. */
static enum err
take(struct req *rq, struct resp *rs, struct form *form, char *id,
    answer_fn *answer, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct upload *up = file_part(form);
	struct image image;
	struct media *m = NULL;
	cJSON *json;
	enum err rc = up == NULL ? refuse(e, "invalid_request")
	    : read_image(up, &image, e);

	if (rc != ERR_OK) {
		free(id);
		return rc;
	}
	if ((rc = keep_file(v, id, up, &image, &m, e)) != ERR_OK)
		return rc;
	up->path = NULL;	/* taken */
	sandbox_lock(v->sb);
	media_add(v->sb, m);
	json = answer(v, rq, m, up, &image);
	sandbox_unlock(v->sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

enum err
handle_sandbox_upload(struct req *rq, struct resp *rs, struct error *e)
{
	struct form form = { 0 };
	enum err rc = req_form(rq, visit_get(rq)->sb->media_dir, &form, e);

	if (rc == ERR_OK)
		rc = take(rq, rs, &form, new_ulid("media_"), upload_json, e);
	form_clear(&form);
	return rc;
}

enum err
handle_sandbox_file_upload(struct req *rq, struct resp *rs, struct error *e)
{
	struct form form = { 0 };
	enum err rc = req_form(rq, visit_get(rq)->sb->media_dir, &form, e);

	if (rc == ERR_OK && !has_use_case(&form))
		rc = refuse(e, "invalid_request");
	if (rc == ERR_OK)
		rc = take(rq, rs, &form, new_file_id(), file_json, e);
	form_clear(&form);
	return rc;
}
