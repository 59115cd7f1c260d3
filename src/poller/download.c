/* SPDX-License-Identifier: MIT */
/* download.c: results into the cache. */
#include <string.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "content.h"
#include "digest.h"
#include "download.h"
#include "env.h"
#include "file.h"
#include "job_call.h"
#include "log.h"
#include "media_type.h"
#include "poller.h"
#include "provider.h"
#include "quota.h"
#include "step.h"
#include "task_log.h"
#include "token_store.h"
#include "upstream.h"

#define TIMEOUT		60	/* s for one attempt */

static const char *
name_of(const char *url, const char *extension, struct arena *a)
{
	char md5[33];

	digest_md5_hex(md5, url, strlen(url));
	return arena_printf(a, "%s.%s", md5, extension);
}

const char *
download_url(const struct job *job, const char *file)
{
	const struct poller *p = job->poller;
	const char *base = *p->settings.cache_base_url != '\0'
	    ? p->settings.cache_base_url : job->task.base_url;

	return arena_printf(p->arena, "%s/tmp/%s", base, file);
}

static void
succeed(struct job *job, const char *file)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_downloaded(&job->task, file, download_url(job, file), &env,
	    &change);
	decide(job, &change);
}

static void
fail(struct job *job, bool unreachable, const char *why)
{
	struct step_env env = job_env(job);
	struct task_change change;

	task_log(&job->task, LOG_LEVEL_WARN, "its file could not be cached: %s",
	    why);
	step_download_failed(&job->task, unreachable, &env, &change);
	decide(job, &change);
}

static void renew_link(struct job *job);

static bool
is_expired_link(const struct call_response *r)
{
	return r->status == 401 || r->status == 403 || r->status == 404;
}

const char *
download_commit(struct job *job, struct file *f, const char *seed,
    const char **why)
{
	struct poller *p = job->poller;
	const struct media_type *type = media_type_of_file(
	    arena_printf(p->arena, "%s/%s", f->dir, f->tmp));
	const char *name;
	struct error e;

	if (type == NULL) {
		*why = "it is neither a video nor an image";
		file_abort(f);
		return NULL;
	}
	name = name_of(seed, type->extension, p->arena);
	if (file_commit_nosync(f, name, &e) != ERR_OK) {
		*why = arena_strdup(p->arena, e.text);
		return NULL;
	}
	p->cache_dirty = true;
	if (job->task.kind == TASK_VIDEO)	/* images have no quota */
		quota_want(job->token);
	return name;
}

const char *
download_keep(struct job *job, const struct call_response *r, const char *url,
    const char **why)
{
	if (r->transport == TRANSPORT_OK && r->status == 200 &&
	    r->sink != NULL)
		return download_commit(job, r->sink, url, why);
	*why = r->reason != NULL ? r->reason
	    : arena_printf(job->poller->arena, "status %ld", r->status);
	content_drop(r);
	return NULL;
}

static void
on_downloaded(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	const char *why, *name;

	job_end(job);
	if (is_expired_link(r) && !job->link_renewed) {
		content_drop(r);
		renew_link(job);
		return;
	}
	name = download_keep(job, r, job->task.source_url, &why);
	if (name != NULL)
		succeed(job, name);
	else
		fail(job, r->transport == TRANSPORT_NOT_SENT, why);
}

/* How the list that has the task's result is asked. */
static enum call
result_call(const struct task *t)
{
	return t->kind == TASK_IMAGE ? CALL_RECENT : CALL_DRAFT;
}

/* The finished task among what was told; NULL when it is not there. */
static const struct sighting *
result_of(const struct task *t, const struct outcome *o)
{
	for (size_t i = 0; o->verdict == VERDICT_OK && i < o->n_sightings; i++)
		if (o->sightings[i].state == SEEN_DONE &&
		    (t->kind == TASK_VIDEO || (t->upstream_id != NULL &&
		    strcmp(o->sightings[i].upstream_id, t->upstream_id) == 0)))
			return &o->sightings[i];
	return NULL;
}

static void
on_renewed(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	const struct sighting *seen;
	struct outcome o;

	job_end(job);
	job_answer(job, result_call(&job->task), r, &o);
	seen = result_of(&job->task, &o);
	if (seen == NULL || !step_seen(&job->task, seen, &env, &change)) {
		fail(job, o.unreachable, "its link had expired, and there is no new one");
		return;
	}
	decide(job, &change);
}

/* The token can tell a fresh link. */
static void
renew_link(struct job *job)
{
	struct error e;

	job->link_renewed = true;
	if (job_ask(job, result_call(&job->task), &job->poller->downloading,
	    on_renewed, &e) != ERR_OK)
		fail(job, false, e.text);
}

void
download_fetch(struct job *job, const char *url, transfer_fn *done)
{
	struct poller *p = job->poller;
	struct arena *a = arena_new();
	struct call_request request = {
		.method = "GET", .url = url,
		.timeout = TIMEOUT, .sink_dir = p->conf->cache_dir,
		.label = "file",
		/* named by the upstream, or the parse service, of the configuration */
		.reach = REACH_ANY,
	};

	if (*p->conf->sora_user_agent != '\0')
		request_header(&request, a, "User-Agent",
		    p->conf->sora_user_agent);
	job_fetch(job, &request, &p->downloading, done);
	arena_free(a);
}

void
download_take(struct job *job)
{
	if (pool_token_by_job(job->token) || job->task.source_url == NULL)
		content_fetch(job);
	else
		download_fetch(job, job->task.source_url, on_downloaded);
}
