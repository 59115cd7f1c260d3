/* SPDX-License-Identifier: MIT */
/* content.c: GET /v1/videos/{id}/content, and the ways in which it fails. */
#include <string.h>

#include "arena.h"
#include "base64.h"
#include "json.h"
#include "openai.h"
#include "sandbox/clip/clips.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/media.h"
#include "sandbox/core/routes.h"

struct content {		/* what a request is about, taken with the lock held */
	struct clip_spec clip;
	const char	*type;
	const char	*url;		/* of the same file, without a key */
	struct manners	 manners;
};

/* ---- as JSON ---- */

static void
take_content(struct sandbox *sb, const struct req *rq, const struct job *job,
    bool still, struct content *out)
{
	*out = (struct content){ .manners = sb->manners,
		.type = job->image ? "image/png" : still ? "image/webp"
		    : "video/mp4" };
	media_clip(sb, job, still, rq->arena, &out->clip);
	out->url = media_url(sb, rq, arena_printf(rq->arena,
	    still ? "%s/drvs/thumbnail/raw" : "%s/raw", job->uuid));
}

static enum err
take_finished(struct visit *v, const struct req *rq, const char *id,
    struct content *out, struct error *e)
{
	const struct job *job = index_find(v->sb, INDEX_JOB, id);
	struct moment m;

	if (job == NULL)
		return refuse(e, v->sb->dialect->no_video);
	m = job_moment(job, timeline_now());
	if (openai_stand(job, &m) != STAND_COMPLETED)
		return refuse(e, job->timeline.ending == END_VIOLATION ||
		    job->timeline.ending == END_UNSAFE ?
		    "moderation_blocked" : "internal_error");
	take_content(v->sb, rq, job, false, out);
	return ERR_OK;
}

enum err
openai_file_json(struct visit *v, const struct req *rq, const char *id,
    bool url, cJSON **out, struct error *e)
{
	struct content c;
	char *data;
	size_t len;
	enum err rc;

	sandbox_lock(v->sb);
	rc = take_finished(v, rq, id, &c, e);
	sandbox_unlock(v->sb);
	if (rc != ERR_OK)
		return rc;
	if (url) {
		*out = cJSON_CreateObject();
		json_add_string(*out, "url", c.url);
		return ERR_OK;
	}
	if ((rc = openai_load_clip(v->sb, &c.clip, rq->arena, &data, &len, e))
	    != ERR_OK)
		return rc;
	*out = cJSON_CreateObject();
	json_add_string(*out, "b64_json", base64_encode(data, len, rq->arena));
	return ERR_OK;
}

/* ---- redirects ---- */

/* The URL with another host in it, and the same port. */
static const char *
with_host(const char *url, const char *host, struct arena *a)
{
	const char *name = strstr(url, "://") + 3;

	return arena_printf(a, "%.*s%s%s", (int)(name - url), url, host,
	    name + strcspn(name, ":/"));
}

static const char *
other_host(const char *url)
{
	return strstr(url, "://localhost") != NULL ? "127.0.0.1" : "localhost";
}

static void
redirect(struct resp *rs, const struct manners *m, const char *location)
{
	resp_text(rs, 302, "text/plain", "");
	resp_header(rs, "Location",
	    m->location[0] != '\0' ? m->location : location);
}

/* ---- bytes ---- */

static void
limit_rate(struct resp *rs, int rate)
{
	if (rate > 0)
		resp_header(rs, "X-Accel-Limit-Rate",
		    arena_printf(rs->arena, "%d", rate));
}

/* How much arrives before the connection ends; all of it when it does not. */
static size_t
sent_in_time(const struct manners *m, size_t len)
{
	int64_t most = (int64_t)m->content_rate * m->content_seconds;

	return most == 0 || most > (int64_t)len ? len : (size_t)most;
}

/* From memory: what the server in front would not do with a file. */
static enum err
send_bytes(struct visit *v, const struct content *c, struct resp *rs,
    struct error *e)
{
	enum content_form form = (enum content_form)c->manners.content;
	char *data;
	size_t len, sent;
	enum err rc;

	if ((rc = openai_load_clip(v->sb, &c->clip, rs->arena, &data, &len, e))
	    != ERR_OK)
		return rc;
	sent = form == CONTENT_TRUNCATED ? len / 2
	    : sent_in_time(&c->manners, len);
	if (sent < len)
		rs->length = arena_printf(rs->arena, "%zu", len);
	if (form == CONTENT_CHUNKED)
		rs->length = "";
	else
		resp_header(rs, "Accept-Ranges", "bytes");
	resp_body(rs, 200, c->type, data, sent);
	return ERR_OK;
}

static enum err
send_file(struct visit *v, const struct content *c, struct resp *rs,
    struct error *e)
{
	const char *name;
	enum err rc;

	if (c->manners.content_mib > 0)
		rc = openai_pad_clip(v->sb, &c->clip, c->manners.content_mib,
		    rs->arena, &name, e);
	else if (c->manners.content_rate > 0 && c->manners.content_seconds > 0)
		return send_bytes(v, c, rs, e);
	else
		rc = clip_get(v->sb->clips, &c->clip, rs->arena, &name, e);
	if (rc == ERR_OK)
		media_send(rs, name, c->type);
	return rc;
}

/* Enough of a file of another type to be known by its first bytes. */
static void
send_other_type(struct resp *rs, enum content_form form)
{
	static const char avi[] = "RIFF\x30\0\0\0AVI LIST\x24\0\0\0hdrlavih"
	    "\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	    webm[] = "\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm\x42\x87\x81\x04",
	    mov[] = "\0\0\0\x14" "ftypqt  \0\0\0\0qt  \0\0\0\x08wide",
	    gif[] = "GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\1D\0;";

	if (form == CONTENT_AVI)
		resp_body(rs, 200, "video/x-msvideo", avi, sizeof(avi));
	else if (form == CONTENT_WEBM)
		resp_body(rs, 200, "video/webm", webm, sizeof(webm));
	else if (form == CONTENT_MOV)
		resp_body(rs, 200, "video/quicktime", mov, sizeof(mov));
	else
		resp_body(rs, 200, "image/gif", gif, sizeof(gif));
}

static void
send_url(struct resp *rs, const char *url)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "url", url);
	resp_json(rs, 200, json);
}

static enum err
send_content(struct visit *v, const struct req *rq, const struct content *c,
    struct resp *rs, struct error *e)
{
	switch ((enum content_form)c->manners.content) {
	case CONTENT_BYTES:
		return send_file(v, c, rs, e);
	case CONTENT_CHUNKED:
	case CONTENT_TRUNCATED:
		return send_bytes(v, c, rs, e);
	case CONTENT_EMPTY:
		resp_text(rs, 200, c->type, "");
		break;
	case CONTENT_AVI:
	case CONTENT_WEBM:
	case CONTENT_MOV:
	case CONTENT_GIF:
		send_other_type(rs, (enum content_form)c->manners.content);
		break;
	case CONTENT_HTML:
		resp_text(rs, 200, c->type, "<!DOCTYPE html><title>Sign in"
		    "</title>\n");
		break;
	case CONTENT_JSON:
		send_url(rs, c->url);
		break;
	case CONTENT_USE_URL:
		return refuse(e, "use_url");
	case CONTENT_REDIRECT:
		redirect(rs, &c->manners, c->url);
		break;
	case CONTENT_OTHER_HOST:
		redirect(rs, &c->manners,
		    with_host(c->url, other_host(c->url), rs->arena));
		break;
	case CONTENT_PRIVATE:
		redirect(rs, &c->manners,
		    with_host(c->url, "0.0.0.0", rs->arena));
		break;
	case CONTENT_LOOP:
		redirect(rs, &c->manners, arena_printf(rs->arena, "%s%s",
		    sandbox_base(v->sb, rq), rq->path));
		break;
	}
	return ERR_OK;
}

/* ---- requests ---- */

/* An index, at servers that make several; else the name of a still. */
static enum err
read_variant(const struct dialect *d, const char *variant, bool *still,
    struct error *e)
{
	if (variant == NULL)
		return ERR_OK;
	if (d->variant_is_index)
		return strcmp(variant, "0") == 0 ? ERR_OK
		    : refuse(e, "no_variant");
	*still = strcmp(variant, "thumbnail") == 0;
	return *still || strcmp(variant, "video") == 0 ? ERR_OK
	    : refuse(e, "no_variant");
}

/* As a fault would: the row with the status that this server gives it. */
static enum err
refuse_early(struct visit *v)
{
	v->after.refusal = refusal_find("not_ready");
	v->after.status = v->manners.early_status;
	return ERR_OK;
}

/* The next may be the first that goes well. */
static void
count_down(struct manners *m)
{
	if (m->content_count > 0 && --m->content_count == 0)
		m->content = CONTENT_BYTES;
}

/* With the lock held; ready is false when the answer has been decided on. */
static enum err
find_content(struct visit *v, const struct req *rq, struct content *out,
    bool *ready, struct error *e)
{
	bool still = false;
	struct moment m;
	struct job *job;
	enum err rc;

	if ((rc = openai_find(v, rq, &job, e)) != ERR_OK ||
	    (rc = read_variant(v->sb->dialect, req_query(rq, "variant"),
	    &still, e)) != ERR_OK)
		return rc;
	m = job_moment(job, timeline_now());
	if (openai_stand(job, &m) != STAND_COMPLETED || !m.has_url)
		return refuse_early(v);
	take_content(v->sb, rq, job, still, out);
	count_down(&v->sb->manners);
	*ready = true;
	return ERR_OK;
}

enum err
handle_openai_content(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct content c;
	bool ready = false;
	enum err rc;

	sandbox_lock(v->sb);
	rc = find_content(v, rq, &c, &ready, e);
	sandbox_unlock(v->sb);
	if (rc != ERR_OK || !ready)
		return rc;
	if ((rc = send_content(v, rq, &c, rs, e)) != ERR_OK)
		return rc;
	limit_rate(rs, c.manners.content_rate);
	return ERR_OK;
}

/* GET /v1/images/{id}/content */
enum err
handle_openai_picture(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct content c;
	const char *name;
	enum err rc;

	sandbox_lock(v->sb);
	rc = take_finished(v, rq, rq->param[0], &c, e);
	sandbox_unlock(v->sb);
	if (rc != ERR_OK || (rc = clip_get(v->sb->clips, &c.clip, rq->arena,
	    &name, e)) != ERR_OK)
		return rc;
	media_send(rs, name, c.type);
	return ERR_OK;
}
