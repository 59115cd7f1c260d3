/* SPDX-License-Identifier: MIT */
/* fields.c: what a create asks for, as far as its dialect understands it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "id.h"
#include "json.h"
#include "number.h"
#include "openai.h"
#include "xalloc.h"

#define USUAL_SECONDS	4
#define MAX_SECONDS	120
#define FPS		30
#define MIN_SIDE	16
#define MAX_SIDE	4096
#define MAX_NOTED	65536		/* longer fields are not shown to tests */

/* ---- for the report ---- */

static char *
digest_file(const char *path)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	char piece[16384], hex[2 * DIGEST_SHA256_LEN + 1];
	FILE *f = fopen(path, "rbe");
	struct digest *d;
	size_t n;

	if (f == NULL)
		return NULL;
	d = digest_new();
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		digest_update(d, piece, n);
	fclose(f);
	digest_final(d, hash);
	digest_free(d);
	id_encode_hex(hex, hash, sizeof(hash));
	return xstrdup(hex);
}

void
openai_note(struct job *job, const struct form *form)
{
	char *text = xmade(cJSON_PrintUnformatted(form->fields));

	if (strlen(text) <= MAX_NOTED)
		job->fields = text;
	else
		free(text);
	if (form->n_uploads > 0)
		job->input_sha256 = digest_file(form->uploads[0].path);
}

/* ---- fields ---- */

bool
openai_read_size(const char *text, int *width, int *height)
{
	int end = 0;

	if (sscanf(text, "%5dx%5d%n", width, height, &end) < 2 ||
	    text[end] != '\0')
		return false;
	return *width >= MIN_SIDE && *width <= MAX_SIDE &&
	    *height >= MIN_SIDE && *height <= MAX_SIDE;
}

static enum err
read_size(const struct dialect *d, const char *text, struct job *job,
    struct error *e)
{
	static const char *const listed[] = { "720x1280", "1280x720",
		"1024x1792", "1792x1024" };
	bool known = !d->listed_sizes;

	if (text == NULL)
		text = listed[0];
	for (size_t i = 0; i < NELEM(listed); i++)
		known |= strcmp(listed[i], text) == 0;
	if (!known || !openai_read_size(text, &job->asked_width,
	    &job->asked_height))
		return refuse(e, "invalid_size");
	job->width = job->asked_width & ~1;	/* as H.264 wants them */
	job->height = job->asked_height & ~1;
	return ERR_OK;
}

/* Digits alone; 0 for anything else. */
static int
seconds_of(enum seconds_form form, const cJSON *item)
{
	int n = cJSON_IsString(item) 
	    ? (int)number_or(item->valuestring, 0, 9999, 0) : 0;

	switch (form) {
	case LENGTH_LISTED:
		return n == 4 || n == 8 || n == 12 ? n : 0;
	case LENGTH_DIGITS:
		return n;
	case LENGTH_NUMBER:
	case LENGTH_DURATION:
		break;
	}
	return cJSON_IsNumber(item) ? item->valueint : n;
}

static enum err
read_seconds(const struct dialect *d, const cJSON *body, struct job *job,
    struct error *e)
{
	const cJSON *item = json_get(body, "seconds");
	int n = USUAL_SECONDS;

	if (item == NULL && d->seconds == LENGTH_DURATION)
		item = json_get(body, "duration");
	if (item != NULL)
		n = seconds_of(d->seconds, item);
	if (n < 1 || n > MAX_SECONDS)
		return refuse(e, "invalid_seconds");
	job->n_frames = n * FPS;
	return ERR_OK;
}

static enum err
read_model(const struct dialect *d, const char *model, struct job *job,
    struct error *e)
{
	bool known = d->no_model == NULL;

	if (model == NULL || *model == '\0')
		model = d->models[0];
	for (size_t i = 0; i < NELEM(d->models) && d->models[i] != NULL; i++)
		known |= strcmp(d->models[i], model) == 0;
	if (!known)
		return refuse(e, d->no_model);
	job->model = xstrdup(model);
	return ERR_OK;
}

static unsigned
reference_of(const struct form *form)
{
	const cJSON *item = json_get(form->fields, "input_reference");

	for (size_t i = 0; i < form->n_uploads; i++)
		if (strcmp(form->uploads[i].name, "input_reference") == 0)
			return REFERENCE_FILE;
	if (item == NULL)
		return 0;
	return cJSON_IsObject(item) ? REFERENCE_OBJECT : REFERENCE_STRING;
}

static enum err
read_reference(const struct dialect *d, const struct form *form,
    struct job *job, struct error *e)
{
	unsigned have = reference_of(form);

	if (have & ~d->references)
		return refuse(e, "invalid_reference");
	job->n_inputs = have != 0;
	return ERR_OK;
}

static enum err
check_body(const struct visit *v, const struct form *form, struct error *e)
{
	int form_taken = v->manners.body_form;

	if ((form_taken == TAKES_MULTIPART && !form->text) ||
	    (form_taken == TAKES_JSON && form->text))
		return refuse(e, "wrong_body");
	return ERR_OK;
}

enum err
openai_read_fields(const struct visit *v, const struct form *form,
    struct job *job, struct error *e)
{
	const struct dialect *d = v->sb->dialect;
	const char *prompt = json_string(form->fields, "prompt");
	enum err rc;

	if ((rc = check_body(v, form, e)) != ERR_OK)
		return rc;
	if (prompt == NULL || *prompt == '\0')
		return refuse(e, "missing_prompt");
	job->prompt = xstrdup(prompt);
	openai_note(job, form);
	if ((rc = read_model(d, json_string(form->fields, "model"), job, e))
	    != ERR_OK ||
	    (rc = read_seconds(d, form->fields, job, e)) != ERR_OK ||
	    (rc = read_size(d, json_string(form->fields, "size"), job, e))
	    != ERR_OK)
		return rc;
	return read_reference(d, form, job, e);
}
