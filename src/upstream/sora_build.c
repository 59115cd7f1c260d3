/* sora_build.c: the requests that the sora upstream understands. */
#include <ctype.h>
#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "log.h"
#include "model.h"
#include "prompt.h"
#include "sora.h"

#define DRAFTS_LIMIT	15
#define STANDARD_MODEL	"sy_8"

/* ---- headers ---- */

static bool
is_extra(const struct conf *c, const char *name)
{
	const struct conf_header *h = c->sora_extra_headers;

	for (; h != NULL && h->name != NULL; h++)
		if (strcasecmp(h->name, name) == 0)
			return true;
	return false;
}

/* A header of ours that the operator may replace by one of the same name. */
static void
add_default(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *name, const char *value)
{
	if (!is_extra(in->conf, name))
		request_header(rq, a, name, value);
}

/* "https://host" of the address that users see; NULL when it has none. */
static const char *
share_origin(const struct conf *c, struct arena *a)
{
	const char *url = c->sora_share_url, *host;

	if (url == NULL || (host = strstr(url, "://")) == NULL)
		return NULL;
	host += 3;
	host += strcspn(host, "/?#");
	return arena_strndup(a, url, (size_t)(host - url));
}

/* Ours stay; a cookie that a call needs for itself has the operator's in it already. */
static bool
is_ours(const struct call_request *rq, const char *name)
{
	static const char *const ours[] = { "Authorization", "Content-Type" };

	for (size_t i = 0; i < NELEM(ours); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(name, rq->headers[i].name) == 0)
			return true;
	return false;
}

void
sora_headers(const struct call_input *in, struct arena *a,
    struct call_request *rq)
{
	const struct conf_header *h = in->conf->sora_extra_headers;
	const char *agent = in->conf->sora_user_agent;
	const char *origin = share_origin(in->conf, a);

	if (in->call != CALL_SESSION && in->call != CALL_OAUTH)
		request_header(rq, a, "Authorization",
		    arena_printf(a, "Bearer %s", in->token->token));
	if (rq->body != NULL)
		request_header(rq, a, "Content-Type", "application/json");
	add_default(in, a, rq, "Accept", "application/json");
	if (origin != NULL) {
		add_default(in, a, rq, "Origin", origin);
		add_default(in, a, rq, "Referer", arena_printf(a, "%s/", origin));
	}
	if (agent != NULL && *agent != '\0')
		add_default(in, a, rq, "User-Agent", agent);
	for (; h != NULL && h->name != NULL; h++)
		if (!is_ours(rq, h->name))
			request_header(rq, a, h->name, h->value);
}

/* ---- bodies ---- */

static const char *
orientation_name(enum orientation o)
{
	switch (o) {
	case LANDSCAPE:
		return "landscape";
	case PORTRAIT:
		return "portrait";
	case SQUARE:
		return "square";
	}
	return "landscape";
}

static const char *
lower_case(const char *s, struct arena *a)
{
	char *copy = arena_strdup(a, s);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

const char *
sora_prompt(const struct task *t, struct arena *a, bool *storyboard)
{
	struct storyboard board;
	struct error ignored;		/* a board that is none is a plain prompt */
	const char *prompt = t->prompt != NULL ? t->prompt : "";

	*storyboard = t->remix_target == NULL && prompt_is_storyboard(prompt) &&
	    prompt_storyboard(prompt, a, &board, &ignored) == ERR_OK;
	return *storyboard ? prompt_format_storyboard(&board, a) : prompt;
}

static void
add_media(cJSON *body, const struct task *t)
{
	cJSON *items = cJSON_AddArrayToObject(body, "inpaint_items");

	for (size_t i = 0; i < t->n_media; i++) {
		cJSON *item = cJSON_CreateObject();

		json_add_string(item, "kind", "upload");
		json_add_string(item, "upload_id", t->media[i].upstream_id);
		if (!cJSON_AddItemToArray(items, item))
			fatal("out of memory");
	}
}

static const char *
create_body(const struct call_input *in, const struct model *m,
    const char *prompt, bool storyboard, struct arena *a)
{
	static const char *const unused[] = { "metadata", "cameo_ids",
	    "cameo_replacements", "audio_caption", "audio_transcript",
	    "video_caption", "storyboard_id" };
	const char *model = in->conf->sora_model, *text;
	const struct task *t = in->task;
	cJSON *body = cJSON_CreateObject();

	json_add_string(body, "kind", "video");
	json_add_string(body, "prompt", prompt);
	json_add_string(body, "title", storyboard ? "Draft your video" : NULL);
	json_add_string(body, "orientation", orientation_name(m->orientation));
	json_add_string(body, "size", "small");
	json_add_int(body, "n_frames", m->frames);
	add_media(body, t);
	json_add_string(body, "remix_target_id", t->remix_target);
	json_add_string(body, "model",
	    model != NULL && *model != '\0' ? model : STANDARD_MODEL);
	json_add_string(body, "style_id", lower_case(t->style_id, a));
	for (size_t i = 0; i < NELEM(unused); i++)
		json_add_string(body, unused[i], NULL);
	text = json_print(body, a);
	cJSON_Delete(body);
	return text;
}

/* ---- calls ---- */

/* `s` as one segment of a path or one value of a query. */
static const char *
escaped(const char *s, struct arena *a)
{
	char *text = curl_easy_escape(NULL, s, 0);
	const char *copy;

	if (text == NULL)
		fatal("out of memory");
	copy = arena_strdup(a, text);
	curl_free(text);
	return copy;
}

const char *
sora_address(const struct call_input *in, struct arena *a, const char *path)
{
	return arena_printf(a, "%s%s", in->conf->sora_base_url, path);
}

static enum err
build_create(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct task *t = in->task;
	const struct model *m = NULL;
	const char *prompt;
	bool storyboard;

	if (t->kind == TASK_VIDEO && t->model != NULL)
		m = model_get(t->model);
	if (m == NULL || !m->video)
		return error_set(e, ERR_INVALID_VALUE, "model",
		    "the provider sora makes no video with this model");
	for (size_t i = 0; i < t->n_media; i++)
		if (t->media[i].upstream_id == NULL)
			return error_set(e, ERR_INTERNAL, NULL,
			    "reference %zu has not been uploaded", i);
	prompt = sora_prompt(t, a, &storyboard);
	rq->method = "POST";
	rq->url = sora_address(in, a,
	    storyboard ? "/nf/create/storyboard" : "/nf/create");
	rq->body = create_body(in, m, prompt, storyboard, a);
	rq->body_len = strlen(rq->body);
	rq->timeout = in->conf->sora_create_timeout;
	return ERR_OK;
}

static const char *
image_name(const char *mime)
{
	if (mime != NULL && strcmp(mime, "image/jpeg") == 0)
		return "image.jpg";
	if (mime != NULL && strcmp(mime, "image/webp") == 0)
		return "image.webp";
	return "image.png";
}

static enum err
build_upload(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *mime = in->media->mime, *name = image_name(mime);

	if (mime != NULL && strncmp(mime, "image/", 6) != 0)
		return error_set(e, ERR_INVALID_VALUE, "input_reference",
		    "the provider sora takes images only");
	rq->method = "POST";
	rq->url = sora_address(in, a, "/uploads");
	rq->n_parts = 2;
	rq->parts = arena_array(a, rq->n_parts, sizeof(*rq->parts));
	rq->parts[0] = (struct call_part){ .name = "file",
	    .path = in->media_path, .filename = name,
	    .type = mime != NULL ? mime : "image/png" };
	rq->parts[1] = (struct call_part){ .name = "file_name", .value = name };
	rq->timeout = in->conf->sora_create_timeout;
	return ERR_OK;
}

static const char *
drafts_path(const struct call_input *in, struct arena *a)
{
	const char *cursor = in->cursor;

	return arena_printf(a, "/project_y/profile/drafts%s?limit=%d%s%s",
	    in->old_paths ? "" : "/v2", DRAFTS_LIMIT,
	    cursor != NULL ? "&cursor=" : "",
	    cursor != NULL ? escaped(cursor, a) : "");
}

/* The path of a call that only reads; NULL when what it is about is not known. */
static const char *
read_path(const struct call_input *in, struct arena *a)
{
	switch (in->call) {
	case CALL_PENDING:
		return in->old_paths ? "/nf/pending" : "/nf/pending/v2";
	case CALL_DRAFTS:
		return drafts_path(in, a);
	case CALL_DRAFT:
		if (in->task == NULL || in->task->generation_id == NULL)
			return NULL;
		return arena_printf(a, "/project_y/profile/drafts/v2/%s",
		    escaped(in->task->generation_id, a));
	case CALL_QUOTA:
		return "/nf/check";
	case CALL_UPLOAD:
	case CALL_CREATE:
	case CALL_ME:
	case CALL_SUBSCRIPTION:
	case CALL_INVITE_MINE:
	case CALL_BOOTSTRAP:
	case CALL_INVITE_ACCEPT:
	case CALL_USERNAME_CHECK:
	case CALL_USERNAME_SET:
	case CALL_SESSION:
	case CALL_OAUTH:
		break;
	}
	return NULL;
}

static enum err
build_read(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *path = read_path(in, a);

	if (path == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the task has no generation to ask for");
	rq->method = "GET";
	rq->url = sora_address(in, a, path);
	rq->timeout = in->conf->sora_timeout;
	return ERR_OK;
}

enum err
sora_build(const struct call_input *in, struct arena *a,
    struct call_request *out, struct error *e)
{
	const char *token = in->token->token;
	enum err rc;

	*out = (struct call_request){ 0 };
	if (in->call == CALL_SESSION || in->call == CALL_OAUTH)
		return sora_account_build(in, a, out, e);
	if (token == NULL || *token == '\0' || strpbrk(token, "\r\n") != NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "token %lld has no usable access token",
		    (long long)in->token->id);
	if (sora_is_account_call(in->call))
		return sora_account_build(in, a, out, e);
	if (in->call == CALL_CREATE)
		rc = build_create(in, a, out, e);
	else if (in->call == CALL_UPLOAD)
		rc = build_upload(in, a, out, e);
	else
		rc = build_read(in, a, out, e);
	if (rc == ERR_OK)
		sora_headers(in, a, out);
	return rc;
}
