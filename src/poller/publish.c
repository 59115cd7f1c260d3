/* SPDX-License-Identifier: MIT */
/*
 * publish.c: the file without watermark: the task gets a post, the operator's
 * service tells the file behind it, and the post goes when the result is there.
 * After a stop, or when an answer was lost, the draft tells whether there is a
 * post already: there is never a second one.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "challenge.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "conf.h"
#include "download.h"
#include "env.h"
#include "job_call.h"
#include "log.h"
#include "parse_service.h"
#include "poller.h"
#include "prompt.h"
#include "provider.h"
#include "publish.h"
#include "refresh.h"
#include "solver.h"
#include "step.h"
#include "task_log.h"
#include "upstream.h"
#include "xalloc.h"

#define MOST_FAILURES	4	/* in a row, before the service is left alone */
#define REST_S		60	/* for so long; longer with each failure after it */
#define MOST_REST_S	600

/* ---- the parse service's rest ---- */

struct parse_rest {
	int		 failures;	/* in a row */
	int64_t		 until_ms;	/* when it may be asked again, clock_mono_ms */
	char		 url[512];	/* that failed */
};

struct parse_rest *
parse_rest_new(void)
{
	return xcalloc(1, sizeof(struct parse_rest));
}

/*
 * A service that is out of order is not asked for each video, which would wait
 * for all of its tries. What the administrator changes is tried at once.
 */
static bool
parse_rests(const struct poller *p)
{
	return p->parse_rest->until_ms > clock_mono_ms() &&
	    strcmp(p->parse_rest->url, p->settings.custom_parse_url) == 0;
}

static void
parse_worked(struct poller *p)
{
	p->parse_rest->failures = 0;
	p->parse_rest->until_ms = 0;
}

static void
parse_did_not_work(struct poller *p, const char *why)
{
	int s = REST_S;

	if (++p->parse_rest->failures < MOST_FAILURES)
		return;
	for (int i = MOST_FAILURES; i < p->parse_rest->failures && s < MOST_REST_S;
	    i++)
		s *= 2;
	if (s > MOST_REST_S)
		s = MOST_REST_S;
	p->parse_rest->until_ms = clock_mono_ms() + poller_pause(p, s);
	snprintf(p->parse_rest->url, sizeof(p->parse_rest->url), "%s",
	    p->settings.custom_parse_url);
	log_warn("%s, %d times in a row: it is not asked for %d s, and videos"
	    " get their normal file", why, p->parse_rest->failures, s);
}

/* Why it cannot be asked now; NULL: it can. */
static const char *
parse_obstacle(const struct poller *p)
{
	const char *url = p->settings.custom_parse_url;

	if (url == NULL || *url == '\0')
		return "no parse service is configured";
	return parse_rests(p) ? "the parse service failed too often" : NULL;
}

/* ---- publishing ---- */

static void
publish_failed(struct job *job, const struct outcome *o)
{
	struct step_env env = job_env(job);
	struct task_change change;

	if (job_refused(job, o))
		step_refused(&job->task, o, &env, &change);
	else
		step_publish_failed(&job->task, o, &env, &change);
	decide(job, &change);
}

static void
cannot_publish(struct job *job, const char *why)
{
	const struct outcome o = {
		.verdict = VERDICT_OTHER,
		.log = arena_strdup(job->poller->arena, why),
	};

	publish_failed(job, &o);
}

static void
published(struct job *job, const char *post_id, const char *permalink)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_published(&job->task, post_id, permalink, &env, &change);
	decide(job, &change);
}

static void
on_published(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct outcome o;

	job_end(job);
	job_answer(job, CALL_PUBLISH, r, &o);
	if (o.verdict == VERDICT_OK)
		published(job, o.id, o.permalink);
	else
		publish_failed(job, &o);
}

static void
on_looked(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	const char *link, *post_id;
	struct outcome o;
	struct error e;

	job_end(job);
	job_answer(job, CALL_DRAFT, r, &o);
	if (o.verdict != VERDICT_OK) {
		publish_failed(job, &o);
		return;
	}
	if (o.n_sightings == 0 || o.sightings[0].state != SEEN_DONE) {
		cannot_publish(job, "its draft is gone");
		return;
	}
	link = o.sightings[0].permalink;
	post_id = link == NULL ? NULL
	    : prompt_find_post(link, job->poller->arena);
	if (post_id != NULL)
		published(job, post_id, link);
	else if (job_call(job, CALL_PUBLISH, on_published, &e) != ERR_OK)
		cannot_publish(job, e.text);
}

static void
publish(struct job *job)
{
	const char *obstacle = parse_obstacle(job->poller);
	struct error e;

	if (obstacle != NULL)
		cannot_publish(job, obstacle);
	else if (job_call(job, CALL_DRAFT, on_looked, &e) != ERR_OK)
		cannot_publish(job, e.text);
}

/* ---- the parse service ---- */

static void
parse_failed(struct job *job, const char *why, bool transient)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_parse_failed(&job->task, arena_strdup(job->poller->arena, why),
	    transient, &env, &change);
	decide(job, &change);
}

static void
on_file(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	const char *why, *name;

	job_end(job);
	if ((name = download_keep(job, r, job->link, &why)) == NULL) {
		parse_failed(job, why, true);
		return;
	}
	step_parsed_downloaded(&job->task, job->link, name,
	    download_url(job, name), &env, &change);
	decide(job, &change);
}

static void
on_told(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	const char *why = NULL;

	job_end(job);
	if ((job->link = parse_service_read(r, job->arena, &why)) == NULL) {
		parse_did_not_work(job->poller, why);
		parse_failed(job, why, true);
		return;
	}
	parse_worked(job->poller);
	if (step_parsed(&job->task, job->link, &env, &change))
		decide(job, &change);
	else
		download_fetch(job, job->link, on_file);
}

static void
parse(struct job *job)
{
	struct poller *p = job->poller;
	const struct settings *s = &p->settings;
	const char *obstacle = parse_obstacle(p);
	struct call_request request;
	struct arena *a;

	if (obstacle != NULL || job->task.permalink == NULL) {
		parse_failed(job, obstacle != NULL ? obstacle
		    : "it has no post", false);
		return;
	}
	a = arena_new();
	parse_service_build(s->custom_parse_url, s->custom_parse_token,
	    job->task.permalink, a, &request);
	request.proxy = poller_proxy(p, NULL, a);
	job_begin(job, client_start(p->client, &request, on_told, job),
	    &p->sending);
	arena_free(a);
}

/* ---- taking the post back ---- */

static void
unpublished(struct job *job, const char *why)
{
	const struct task *t = &job->task;
	struct task_change change;

	if (why != NULL)
		task_log(t, LOG_LEVEL_WARN, "its post stays: %s", why);
	step_unpublished(t, why, t->result_file != NULL
	    ? download_url(job, t->result_file) : t->source_url, &change);
	decide(job, &change);
}

static void
on_unpublished(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct outcome o;

	job_end(job);
	job_answer(job, CALL_UNPUBLISH, r, &o);
	unpublished(job, o.verdict == VERDICT_OK ? NULL
	    : o.log != NULL ? o.log : "no reason");
}

static void
unpublish(struct job *job)
{
	struct error e;

	if (job_call(job, CALL_UNPUBLISH, on_unpublished, &e) != ERR_OK)
		unpublished(job, arena_strdup(job->poller->arena, e.text));
}

void
publish_take(struct job *job)
{
	if (job->task.step == STEP_PARSE)
		parse(job);
	else if (job->task.step == STEP_UNPUBLISH)
		unpublish(job);
	else if (refresh_waits(job->token) || challenge_holds(job))
		job_later(job, LOOK_MS);
	else
		publish(job);
}
