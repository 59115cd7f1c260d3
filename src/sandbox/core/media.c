/* SPDX-License-Identifier: MIT */
/* media.c: GET /az/files/{file}: checks the signature and lets nginx send the file. */
#include "media.h"

#include <math.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "jobs.h"
#include "refusal.h"
#include "routes.h"
#include "sandbox/clip/clips.h"
#include "visit.h"

#define PICTURE		256	/* of a character, pixels */
#define FILES		"/az/files/"
#define LOCATION	"/_sandbox_media/"
#define UUID_LEN	36

static const char *
signature(const struct sandbox *sb, const char *file, const char *expiry,
    struct arena *a)
{
	char *text = arena_printf(a, "%s\n%ld\n%s\n%s\n%s", sb->secret,
	    sb->epoch, file, expiry, sb->secret);
	char *hex = arena_alloc(a, 65);

	digest_sha256_hex(hex, text, strlen(text));
	return hex;
}

/* The path keeps its encoded slashes: the service's do, and clients must not touch them. */
static const char *
escape_slashes(const char *file, struct arena *a)
{
	char *out = arena_alloc(a, 3 * strlen(file) + 1), *to = out;

	for (; *file != '\0'; file++) {
		if (*file == '/')
			to = stpcpy(to, "%2F");
		else
			*to++ = *file;
	}
	return out;
}

const char *
media_url(struct sandbox *sb, const struct req *rq, const char *file)
{
	struct arena *a = rq->arena;
	int64_t expires = clock_now() + llround(sb->limits.media_ttl);
	const char *expiry = arena_printf(a, "%sZ", clock_format(a, expires));

	return arena_printf(a, "%s" FILES "%s?se=%.13s%%3A%.2s%%3A%s&sp=r&sig=%s",
	    sandbox_base(sb, rq), escape_slashes(file, a), expiry, expiry + 14, expiry + 17,
	    signature(sb, file, expiry, a));
}

static bool
may_read(const struct sandbox *sb, const struct req *rq, const char *file)
{
	const char *expiry = req_query(rq, "se");
	const char *sig = req_query(rq, "sig");
	int64_t expires;

	return expiry != NULL && sig != NULL &&
	    digest_equal(sig, signature(sb, file, expiry, rq->arena)) &&
	    clock_parse(expiry, &expires) && clock_now() < expires;
}

void
media_clip(const struct sandbox *sb, const struct job *job, bool still,
    struct arena *a, struct clip_spec *out)
{
	*out = (struct clip_spec){
		.kind = job->image ? CLIP_PNG : still ? CLIP_WEBP : CLIP_MP4,
		.width = job->width, .height = job->height,
		.n_frames = job->n_frames,
		.text = sb->shared_clips ? NULL : arena_strdup(a, job->prompt),
	};
}

void
media_send(struct resp *rs, const char *file, const char *type)
{
	resp_text(rs, 200, type, "");
	resp_header(rs, "X-Accel-Redirect",
	    arena_printf(rs->arena, LOCATION "%s", file));
}

/* What has to be sent: a clip to make, or a file that is there. */
struct wanted {
	struct clip_spec clip;
	const char	*file;		/* NULL: the clip */
	const char	*type;
};

static bool
find_file(struct sandbox *sb, const char *file, struct arena *a,
    struct wanted *out)
{
	const char *underscore = strchr(file, '_');
	const char *uuid = arena_strndup(a,
	    underscore != NULL ? underscore + 1 : file, UUID_LEN);
	const struct media *media = index_find(sb, INDEX_FILE_MEDIA, uuid);
	const struct job *job = index_find(sb, INDEX_FILE_JOB, uuid);
	bool still = strstr(file, "thumbnail") != NULL;

	if (media != NULL) {
		out->file = arena_strdup(a, media->file);
		out->type = media->mime;
		return true;
	}
	if (job == NULL && index_find(sb, INDEX_FILE_CAMEO, uuid) != NULL) {
		out->type = "image/webp";
		out->clip = (struct clip_spec){
			.kind = CLIP_WEBP, .width = PICTURE, .height = PICTURE,
		};
		return true;
	}
	if (job == NULL)
		return false;
	*out = (struct wanted){ .type = job->image ? "image/png"
	    : still ? "image/webp" : "video/mp4" };
	media_clip(sb, job, still, a, &out->clip);
	return true;
}

/* Nobody should show his key to the host of the files. */
static void
note_key(struct visit *v, const struct req *rq)
{
	const char *key = req_header(rq, "Authorization");

	visit_identify(rq, NULL, key);
	v->sb->media_keys += key != NULL;
}

enum err
handle_sandbox_media(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *file = rq->param[0];
	struct wanted wanted = { 0 };
	bool allowed, found = false;
	enum err rc;

	sandbox_lock(v->sb);
	note_key(v, rq);
	if ((allowed = may_read(v->sb, rq, file)))
		found = find_file(v->sb, file, rq->arena, &wanted);
	sandbox_unlock(v->sb);
	if (!allowed)
		return refuse(e, "media_expired");
	if (!found)
		return refuse(e, "not_found");
	if (wanted.file == NULL && (rc = clip_get(v->sb->clips, &wanted.clip,
	    rq->arena, &wanted.file, e)) != ERR_OK)
		return rc;
	media_send(rs, wanted.file, wanted.type);
	return ERR_OK;
}
