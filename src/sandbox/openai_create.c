/* openai_create.c: POST /v1/videos. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "clock.h"
#include "create.h"
#include "id.h"
#include "ids.h"
#include "jobs.h"
#include "json.h"
#include "log.h"
#include "openai.h"
#include "place.h"
#include "routes.h"

#define USUAL_SECONDS	4
#define MAX_SECONDS	120
#define FPS		30
#define MIN_SIDE	16
#define MAX_SIDE	4096

/* ---- ids ---- */

/* So long, and so that each of the three odd characters is in it. */
static char *
new_base64_id(void)
{
	char hex[33];

	id_hex(hex, 32);
	return print_text("video_%.20s+%.6s/%.6s==", hex, hex + 20, hex + 26);
}

static char *
new_long_id(void)
{
	char hex[201];

	for (size_t i = 0; i < 200; i += 40)
		id_hex(hex + i, 40);
	for (size_t i = 7; i < 200; i += 16)
		hex[i] = i % 32 == 7 ? '_' : '-';
	return copy_text(hex);
}

char *
openai_new_id(int form)
{
	char hex[49];

	id_hex(hex, 48);
	switch ((enum id_form)form) {
	case ID_OPENAI:
		return print_text("video_%s", hex);
	case ID_HEX:
		return print_text("video_gen_%.32s", hex);
	case ID_UUID:
		return print_text("%.8s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 8,
		    hex + 12, hex + 15, hex + 18);
	case ID_TASK:
		return print_text("task_%.32s", hex);
	case ID_BASE64:
		return new_base64_id();
	case ID_BASE64URL:
		return new_long_id();
	}
	return NULL;
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
digits(const char *text)
{
	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    strlen(text) > 4)
		return 0;
	return atoi(text);
}

static int
seconds_of(enum seconds_form form, const cJSON *item)
{
	int n = cJSON_IsString(item) ? digits(item->valuestring) : 0;

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
	job->model = copy_text(model);
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
check_body(const struct sandbox *sb, const struct form *form, struct error *e)
{
	int form_taken = sb->manners.body_form;

	if ((form_taken == TAKES_MULTIPART && !form->text) ||
	    (form_taken == TAKES_JSON && form->text))
		return refuse(e, "wrong_body");
	return ERR_OK;
}

static enum err
read_fields(const struct sandbox *sb, const struct form *form,
    struct job *job, struct error *e)
{
	const struct dialect *d = sb->dialect;
	const char *prompt = json_string(form->fields, "prompt");
	enum err rc;

	if ((rc = check_body(sb, form, e)) != ERR_OK)
		return rc;
	if (prompt == NULL || *prompt == '\0')
		return refuse(e, "missing_prompt");
	job->prompt = copy_text(prompt);
	if ((rc = read_model(d, json_string(form->fields, "model"), job, e))
	    != ERR_OK ||
	    (rc = read_seconds(d, form->fields, job, e)) != ERR_OK ||
	    (rc = read_size(d, json_string(form->fields, "size"), job, e))
	    != ERR_OK)
		return rc;
	return read_reference(d, form, job, e);
}

/* ---- the job ---- */

enum err
openai_accept(struct visit *v, struct job *job, struct error *e)
{
	struct sandbox *sb = v->sb;
	struct prompt_count *count = prompt_count(sb, job->prompt);
	struct aftermath before = v->after;
	enum err rc;

	count->attempts++;
	timeline_init(&job->timeline, &sb->limits);
	job->timeline.gap = 0;
	job->account = v->account;
	if ((rc = create_follow_markers(v, job, count, e)) != ERR_OK) {
		v->after = before;
		return rc;
	}
	account_settle(v->account, clock_mono_ms());
	job->id = openai_new_id(sb->manners.id_form);
	job_add(sb, job);
	count->accepted++;
	if ((long)v->account->open.n > sb->peak)
		sb->peak = (long)v->account->open.n;
	return ERR_OK;
}

/* The answer to a create, its id where the dialect has it. */
static cJSON *
created_json(struct sandbox *sb, const struct req *rq, const struct job *job)
{
	cJSON *json = openai_object(sb, rq, job);

	if (strcmp(sb->manners.id_at, "id") == 0)
		return json;
	cJSON_DeleteItemFromObjectCaseSensitive(json, "id");
	if (sb->manners.id_at[0] != '\0')
		place_put(json, sb->manners.id_at,
		    cJSON_CreateString(job->id));
	return json;
}

void
openai_wait(struct sandbox *sb, int64_t until)
{
	sandbox_sleep(sb, until - clock_mono_ms());
}

/* A server without jobs: the answer comes when the video is done. */
static enum err
answer_later(struct visit *v, struct req *rq, struct resp *rs, const char *id,
    int64_t until, struct error *e)
{
	cJSON *json, *file, *list;
	enum err rc;

	openai_wait(v->sb, until);
	if ((rc = openai_file_json(v, rq, id, v->sb->manners.sync == SYNC_URL,
	    &file, e)) != ERR_OK)
		return rc;
	json = cJSON_CreateObject();
	json_add_int(json, "created", clock_now());
	list = cJSON_AddArrayToObject(json, "data");
	cJSON_AddItemToArray(list, file);
	resp_json(rs, 200, json);
	return ERR_OK;
}

void
openai_poll_after(const struct sandbox *sb, struct resp *rs)
{
	int ms = sb->manners.poll_after_ms;

	if (ms > 0)
		resp_header(rs, "openai-poll-after-ms",
		    arena_printf(rs->arena, "%d", ms));
}

enum err
openai_create(struct visit *v, struct req *rq, struct resp *rs,
    struct job **job, struct error *e)
{
	int64_t until = 0;
	cJSON *json = NULL;
	const char *id = NULL;
	bool later;
	enum err rc;

	sandbox_lock(v->sb);
	later = v->sb->manners.sync != SYNC_NO;
	if ((rc = openai_accept(v, *job, e)) == ERR_OK) {
		id = arena_strdup(rq->arena, (*job)->id);
		until = job_visible_mono(*job);
		json = created_json(v->sb, rq, *job);
		*job = NULL;		/* the state's now */
	}
	sandbox_unlock(v->sb);
	if (rc == ERR_OK && later) {
		cJSON_Delete(json);
		return answer_later(v, rq, rs, id, until, e);
	}
	if (rc != ERR_OK)
		return rc;
	resp_json(rs, v->sb->manners.create_status, json);
	openai_poll_after(v->sb, rs);
	return ERR_OK;
}

enum err
handle_openai_create(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct job *job = calloc(1, sizeof(*job));
	struct form form = { 0 };
	enum err rc;

	if (job == NULL)
		fatal("out of memory");
	if ((rc = req_form(rq, v->sb->media_dir, &form, e)) == ERR_OK &&
	    (rc = read_fields(v->sb, &form, job, e)) == ERR_OK)
		rc = openai_create(v, rq, rs, &job, e);
	job_free(job);
	form_clear(&form);
	return rc;
}
