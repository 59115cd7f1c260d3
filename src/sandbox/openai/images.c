/* SPDX-License-Identifier: MIT */
/* images.c: POST /v1/images/generations and /v1/images/edits. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "json.h"
#include "openai.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/routes.h"
#include "xalloc.h"

#define USUAL_SIZE	"1024x1024"

static enum err
read_size(const char *text, struct job *job, struct error *e)
{
	if (text == NULL || strcmp(text, "auto") == 0)
		text = USUAL_SIZE;
	if (!openai_read_size(text, &job->width, &job->height))
		return refuse(e, "invalid_size");
	job->asked_width = job->width;
	job->asked_height = job->height;
	return ERR_OK;
}

/* Files called image or image[], or images in JSON. */
static int
count_inputs(const struct form *form)
{
	int n = cJSON_GetArraySize(json_get(form->fields, "images"));

	for (size_t i = 0; i < form->n_uploads; i++)
		n += strncmp(form->uploads[i].name, "image", 5) == 0;
	return n;
}

/* The form of the answer: what was asked for, where that may be. */
static enum err
read_format(const struct visit *v, const cJSON *body, enum image_form *out,
    struct error *e)
{
	const char *format = json_string(body, "response_format");

	*out = (enum image_form)v->manners.images;
	if (format == NULL || *out == IMAGE_EMPTY)
		return ERR_OK;
	if (!v->sb->dialect->has_formats)
		return refuse(e, "unknown_format");
	if (strcmp(format, "b64_json") == 0)
		*out = IMAGE_B64;
	else if (*out == IMAGE_B64)
		*out = IMAGE_URL;
	return ERR_OK;
}

static enum err
read_fields(const struct sandbox *sb, const struct form *form, bool edit,
    struct job *job, struct error *e)
{
	const char *prompt = json_string(form->fields, "prompt");
	const char *model = json_string(form->fields, "model");

	if (prompt == NULL || *prompt == '\0')
		return refuse(e, "missing_prompt");
	job->prompt = xstrdup(prompt);
	job->model = xstrdup(model != NULL ? model
	    : sb->dialect->image_model);
	openai_note(job, form);
	job->image = true;
	job->n_frames = 1;
	job->n_inputs = count_inputs(form);
	if (edit && job->n_inputs == 0)
		return refuse(e, "invalid_reference");
	return read_size(json_string(form->fields, "size"), job, e);
}

static enum err
file_json(struct visit *v, struct req *rq, const char *id,
    enum image_form form, cJSON **out, struct error *e)
{
	if (form == IMAGE_B64 || form == IMAGE_URL)
		return openai_file_json(v, rq, id, form == IMAGE_URL, out, e);
	*out = cJSON_CreateObject();
	if (form == IMAGE_EMPTY) {
		json_add_string(*out, "url", "");
		json_add_string(*out, "b64_json", "");
	} else {
		json_add_string(*out, "url", arena_printf(rq->arena,
		    "/v1/images/%s/content", id));
	}
	return ERR_OK;
}

static void
add_usage(cJSON *json)
{
	cJSON *usage = cJSON_AddObjectToObject(json, "usage"), *details;

	json_add_int(usage, "input_tokens", 10);
	json_add_int(usage, "output_tokens", 1056);
	json_add_int(usage, "total_tokens", 1066);
	details = cJSON_AddObjectToObject(usage, "input_tokens_details");
	json_add_int(details, "text_tokens", 10);
	json_add_int(details, "image_tokens", 0);
}

/* Answers when the picture is done: there are no jobs of pictures. */
static enum err
answer(struct visit *v, struct req *rq, struct resp *rs, struct job **job,
    enum image_form form, struct error *e)
{
	cJSON *json, *file;
	const char *id = NULL;
	int64_t until = 0;
	enum err rc;

	sandbox_lock(v->sb);
	if ((rc = openai_accept(v, *job, e)) == ERR_OK) {
		id = arena_strdup(rq->arena, (*job)->id);
		until = job_visible_mono(*job);
		*job = NULL;		/* the state's now */
	}
	sandbox_unlock(v->sb);
	if (rc != ERR_OK)
		return rc;
	openai_wait(v->sb, until);
	if ((rc = file_json(v, rq, id, form, &file, e)) != ERR_OK)
		return rc;
	json = cJSON_CreateObject();
	json_add_int(json, "created", clock_now());
	cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "data"), file);
	if (!v->sb->dialect->has_formats)
		add_usage(json);
	resp_json(rs, 200, json);
	return ERR_OK;
}

static enum err
make_image(struct req *rq, struct resp *rs, bool edit, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = xcalloc(1, sizeof(*job));
	struct form form = { 0 };
	enum image_form wanted;
	enum err rc;

	if ((rc = req_form(rq, v->sb->media_dir, &form, e)) == ERR_OK &&
	    (rc = read_format(v, form.fields, &wanted, e)) == ERR_OK &&
	    (rc = read_fields(v->sb, &form, edit, job, e)) == ERR_OK)
		rc = answer(v, rq, rs, &job, wanted, e);
	job_free(job);
	form_clear(&form);
	return rc;
}

enum err
handle_openai_image(struct req *rq, struct resp *rs, struct error *e)
{
	return make_image(rq, rs, false, e);
}

enum err
handle_openai_edit(struct req *rq, struct resp *rs, struct error *e)
{
	return make_image(rq, rs, true, e);
}
