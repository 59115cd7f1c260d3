/* SPDX-License-Identifier: MIT */
/* build.c: the requests that the sora upstream understands. */
#include <ctype.h>
#include <assert.h>
#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "model.h"
#include "prompt.h"
#include "solver.h"
#include "sora.h"
#include "upstream/client/link.h"

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

static const char *
extra_cookie(const struct conf *c)
{
	const struct conf_header *h = c->sora_extra_headers;
	const char *value = NULL;

	for (; h != NULL && h->name != NULL; h++)
		if (strcasecmp(h->name, "Cookie") == 0 && *h->value != '\0')
			value = h->value;
	return value;
}

/* Cookies belong to a host: the solver's to the one that we make videos at. */
static bool
takes_solver(const struct call_input *in, const struct call_request *rq)
{
	const char *base = in->conf->sora_base_url, *host;
	size_t len;

	if (in->solver == NULL || (host = strstr(base, "://")) == NULL)
		return false;
	len = (size_t)(host - base) + 3;
	len += strcspn(base + len, "/?#");
	return strncasecmp(rq->url, base, len) == 0 &&
	    strchr("/?#", rq->url[len]) != NULL;
}

static const char *
join(const char *one, const char *other, struct arena *a)
{
	if (one == NULL || other == NULL)
		return one != NULL ? one : other;
	return arena_printf(a, "%s; %s", one, other);
}

void
sora_cookie(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *own)
{
	const char *value = own;

	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, "Cookie") == 0)
			return;		/* has all of them already */
	if (takes_solver(in, rq))
		value = join(value, in->solver->cookies, a);
	value = join(value, extra_cookie(in->conf), a);
	if (value != NULL)
		request_header(rq, a, "Cookie", value);
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
	if (takes_solver(in, rq)) {
		/* its cookies are worth nothing with another one */
		request_header(rq, a, "User-Agent", in->solver->user_agent);
		sora_cookie(in, a, rq, NULL);
	} else if (agent != NULL && *agent != '\0') {
		add_default(in, a, rq, "User-Agent", agent);
	}
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

	*storyboard = t->kind != TASK_IMAGE && t->remix_target == NULL &&
	    prompt_is_storyboard(prompt) &&
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
		json_append_item(items, item);
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

const char *
sora_address(const struct call_input *in, struct arena *a, const char *path)
{
	return arena_printf(a, "%s%s", in->conf->sora_base_url, path);
}

enum err
sora_build_create(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct task *t = in->task;
	const struct model *m = NULL;
	const char *prompt;
	bool storyboard;

	if (t->kind != TASK_CHARACTER && t->model != NULL)
		m = model_get(t->model);
	if (m == NULL || m->video != (t->kind == TASK_VIDEO))
		return error_set(e, ERR_INVALID_VALUE, "model",
		    "the provider sora makes nothing of this kind with this model");
	for (size_t i = 0; i < t->n_media; i++)
		if (t->media[i].upstream_id == NULL)
			return error_set(e, ERR_INTERNAL, NULL,
			    "reference %zu has not been uploaded", i);
	if (!m->video)
		return sora_build_image(in, m, a, rq);
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

enum err
sora_build_upload(const struct call_input *in, struct arena *a,
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
	    cursor != NULL ? link_escape(cursor, a) : "");
}

const char *
sora_segment(const char *s, struct arena *a)
{
	if (s == NULL || *s == '\0' || strcmp(s, ".") == 0 ||
	    strcmp(s, "..") == 0)
		return NULL;
	return link_escape(s, a);
}

void
sora_set_get(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *path)
{
	rq->method = "GET";
	rq->url = sora_address(in, a, path);
	rq->timeout = in->conf->sora_timeout;
}

void
sora_set_post(const struct call_input *in, struct arena *a,
    struct call_request *rq, const char *path, cJSON *body)
{
	rq->method = "POST";
	rq->url = sora_address(in, a, path);
	rq->body = json_print(body, a);
	rq->body_len = strlen(rq->body);
	rq->timeout = in->conf->sora_timeout;
	cJSON_Delete(body);
}

enum err
sora_build_pending(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	sora_set_get(in, a, rq, in->old_paths ? "/nf/pending" : "/nf/pending/v2");
	return ERR_OK;
}

enum err
sora_build_drafts(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	sora_set_get(in, a, rq, drafts_path(in, a));
	return ERR_OK;
}

enum err
sora_build_draft(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	if (in->task == NULL || in->task->generation_id == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the task has no generation to ask for");
	sora_set_get(in, a, rq, arena_printf(a, "/project_y/profile/drafts/v2/%s",
	    link_escape(in->task->generation_id, a)));
	return ERR_OK;
}

enum err
sora_build_quota(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	sora_set_get(in, a, rq, "/nf/check");
	return ERR_OK;
}

/* ---- the facets ---- */

static enum err
check_token(const struct call_input *in, struct error *e)
{
	const char *token = in->token->token;

	if (in->call == CALL_SESSION || in->call == CALL_OAUTH)
		return ERR_OK;		/* they are how one comes by an access token */
	if (token == NULL || *token == '\0' || strpbrk(token, "\r\n") != NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "token %lld has no usable access token",
		    (long long)in->token->id);
	return ERR_OK;
}

enum err
sora_build(sora_build_fn *build, const struct call_input *in,
    struct arena *a, struct call_request *out, struct error *e)
{
	enum err rc;

	assert(in->conf != NULL);
	/* every address of it is one of the configuration */
	*out = (struct call_request){ .reach = REACH_ANY };
	if ((rc = check_token(in, e)) == ERR_OK && build == NULL)
		rc = error_set(e, ERR_INVALID_VALUE, NULL,
		    "the provider sora has no such call");
	if (rc == ERR_OK && (rc = build(in, a, out, e)) == ERR_OK)
		sora_headers(in, a, out);
	out->label = call_name(in->call);
	return rc;
}
