/* SPDX-License-Identifier: MIT */
/* step_end.c: how a task ends: its file, its account, its time. */
#include "step_impl.h"

#include <assert.h>
#include <string.h>

#include "arena.h"
#include "step_character.h"
#include "verdict.h"

#define CHARACTER_TIMEOUT	600	/* s, for a character that is made for a task */
#define CLOCK_SLACK_MS	2000	/* tolerance: the stored start may be LEASE_SIGN_MS too early */
#define MAX_DOWNLOAD_PAUSE_MS	32000

struct task_change
step_finish(const struct task *t, const char *url, const struct step_env *env)
{
	return t->post_id != NULL ? step_enter(t, STEP_UNPUBLISH, env)
	    : step_complete(t, url);
}

void
step_downloaded(const struct task *t, const char *file, const char *url,
    const struct step_env *env, struct task_change *out)
{
	assert(file != NULL && url != NULL);
	*out = step_finish(t, url, env);
	out->result_file = file;
}

void
step_download_failed(const struct task *t, bool unreachable,
    const struct step_env *env, struct task_change *out)
{
	if (unreachable) {
		*out = step_wait(t, env);
		return;
	}
	if (!retry_allowed(t, env)) {
		*out = step_finish(t, t->source_url, env);
		return;
	}
	*out = step_enter(t, STEP_DOWNLOAD, env);
	out->attempts = t->attempts + 1;
	out->due_ms += t->attempts < 5 ? 1000 << t->attempts
	    : MAX_DOWNLOAD_PAUSE_MS;
}

/* Only the download and the cleanup are left. */
static bool
has_result(const struct task *t)
{
	return t->step == STEP_PUBLISH || t->step == STEP_PARSE ||
	    t->step == STEP_DOWNLOAD || t->step == STEP_UNPUBLISH;
}

void
step_account_lost(const struct task *t, const char *why,
    const struct step_env *env, struct task_change *out)
{
	/* another token can do it: nothing exists only at this one */
	if (!step_stays(t) && (t->step == STEP_CLIP || t->step == STEP_UPLOAD ||
	    t->step == STEP_CREATE)) {
		*out = step_requeue(t, env);
		return;
	}
	if (has_result(t) && t->source_url == NULL)
		*out = step_fail(t, "generation_failed", 500, why);
	else if (t->step == STEP_UNPUBLISH || t->step == STEP_SHOW)
		*out = step_complete(t, t->source_url);
	else if (t->step == STEP_DOWNLOAD)	/* the file can be fetched without this token */
		*out = step_unchanged(t);
	else if (has_result(t))
		*out = step_normal_file(t, why, env);
	else
		*out = step_fail(t, "generation_failed", 500, why);
}

/* ---- time ---- */

/* The time limit of the current phase, in seconds. */
static int
limit_of(const struct task *t, const struct step_env *env)
{
	if (t->status == TASK_PROCESSING && env->by_job)
		return t->limit_s != 0 ? t->limit_s : env->job_age;
	if (step_makes_character(t->step))
		return CHARACTER_TIMEOUT;
	if (t->timeout_s != 0)
		return t->timeout_s;
	return t->kind == TASK_IMAGE && t->status == TASK_PROCESSING
	    ? env->image_timeout : env->video_timeout;
}

/* The upstream has seen nothing of it yet. */
static bool
is_unsent(const struct task *t)
{
	return t->submitted_at == 0 && (t->step == STEP_ASSIGN ||
	    t->step == STEP_CLIP || t->step == STEP_UPLOAD ||
	    t->step == STEP_CREATE);
}

/* Whether the task waits for an unreachable upstream. */
static bool
is_cut_off(const struct task *t)
{
	return is_unsent(t) && t->error_code != NULL &&
	    strcmp(t->error_code, STEP_CUT_OFF) == 0;
}

/* Whether no client waits for it, so that it may wait for the end of an outage. */
static bool
outlasts_outages(const struct task *t)
{
	return t->is_async || !is_unsent(t);
}

int64_t
step_deadline(const struct task *t, const struct step_env *env)
{
	int64_t from = t->status == TASK_QUEUED ? t->wait_from_ms
	    : t->work_from_ms;
	int64_t outage = t->outage_ms;

	if (is_cut_off(t)) {
		from = t->wait_from_ms;
		if (t->is_async)
			outage = (int64_t)env->max_outage * 1000;
	}
	return from + (int64_t)limit_of(t, env) * 1000 + outage +
	    CLOCK_SLACK_MS;
}

/* The upstream has been unreachable for too long: fails the task. */
static struct task_change
fail_cut_off(const struct task *t)
{
	return step_fail(t, STEP_CUT_OFF, 500,
	    "The upstream could not be reached in time");
}

static struct task_change
fail_unsent(const struct task *t, const struct step_env *env)
{
	if (is_cut_off(t) || env->silent)
		return fail_cut_off(t);
	if (t->status == TASK_QUEUED)
		return step_fail(t, "no_available_token", 500,
		    "No token became free in time");
	return step_fail(t, "generation_timeout", 408, arena_printf(env->arena,
	    "Generation timeout after %d seconds", limit_of(t, env)));
}

static struct task_change
fail_late(const struct task *t, bool asked, const struct step_env *env)
{
	struct task_change c = step_fail(t, env->by_job ? "upstream_timeout"
	    : "generation_timeout", 408, arena_printf(env->arena,
	    "Generation timeout after %d seconds", limit_of(t, env)));

	if (asked)
		c.token.verdict = verdict_blame(env->by_job);
	return c;
}

bool
step_expired(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	int64_t end = step_deadline(t, env);
	bool given_up = env->silent &&
	    t->outage_ms >= (int64_t)env->max_outage * 1000;
	bool asked = env->asked_ms >= end;

	if (env->silent && outlasts_outages(t) && !given_up)
		return false;
	if (!given_up && (env->clock_ms < end ||
	    (env->by_job && t->step == STEP_DOWNLOAD)))
		return false;
	if ((has_result(t) && t->source_url != NULL) || t->step == STEP_SHOW)
		*out = step_complete(t, t->source_url);	/* it exists, maybe not in our cache */
	else if (is_unsent(t))
		*out = fail_unsent(t, env);
	else if (given_up)
		*out = fail_cut_off(t);
	else if (!asked && env->clock_ms < end + env->last_look_ms)
		return false;
	else
		*out = fail_late(t, asked, env);
	return true;
}
