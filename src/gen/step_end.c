/* step_end.c: how a task ends: its file, its account, its time. */
#include "step_impl.h"

#include <stddef.h>

#include "arena.h"
#include "step_character.h"

#define CHARACTER_TIMEOUT	600	/* s, for a character that is made for a task */
#define CLOCK_SLACK_MS	1000
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
	*out = step_finish(t, url, env);
	out->result_file = file;
}

void
step_download_failed(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (t->attempts >= env->max_retries) {
		*out = step_finish(t, t->source_url, env);
		return;
	}
	*out = step_enter(t, STEP_DOWNLOAD, env);
	out->attempts = t->attempts + 1;
	out->due_ms += t->attempts < 5 ? 1000 << t->attempts
	    : MAX_DOWNLOAD_PAUSE_MS;
}

/* All that is left is to bring the file home, and to tidy up. */
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
	/* nothing is lost that only this account has */
	if (!step_stays(t) && (t->step == STEP_CLIP || t->step == STEP_UPLOAD ||
	    t->step == STEP_CREATE)) {
		*out = step_requeue(t, env);
		return;
	}
	if (has_result(t) && t->source_url == NULL)
		*out = step_fail(t, "generation_failed", 500, why);
	else if (t->step == STEP_UNPUBLISH || t->step == STEP_SHOW)
		*out = step_complete(t, t->source_url);
	else if (t->step == STEP_DOWNLOAD)	/* the file is not the account's alone */
		*out = step_unchanged(t);
	else if (has_result(t))
		*out = step_normal_file(t, why, env);
	else
		*out = step_fail(t, "generation_failed", 500, why);
}

/* How long the upstream may work on it. */
static int
timeout_of(const struct task *t, const struct step_env *env)
{
	if (env->by_job)
		return env->job_age;
	return step_makes_character(t->step) ? CHARACTER_TIMEOUT
	    : t->kind == TASK_IMAGE ? env->image_timeout : env->video_timeout;
}

int64_t
step_deadline(const struct task *t, const struct step_env *env)
{
	int64_t timeout = timeout_of(t, env);
	int64_t start = t->status == TASK_QUEUED ? t->created_at
	    : t->submitted_at != 0 ? t->submitted_at : t->started_at;

	if (t->status == TASK_QUEUED)
		timeout = env->video_timeout;
	/* times are whole seconds: never early */
	return (start + timeout) * 1000 + CLOCK_SLACK_MS;
}

bool
step_expired(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (env->now_ms < step_deadline(t, env) ||
	    (env->by_job && t->step == STEP_DOWNLOAD))
		return false;
	if (has_result(t) || t->step == STEP_SHOW) {	/* it is there: maybe not in our cache */
		*out = step_complete(t, t->source_url);
		return true;
	}
	if (t->status == TASK_QUEUED) {
		*out = step_fail(t, "no_available_token", 500,
		    "No account became free in time");
		return true;
	}
	*out = step_fail(t, env->by_job ? "upstream_timeout"
	    : "generation_timeout", 408, arena_printf(env->arena,
	    "Generation timeout after %d seconds", timeout_of(t, env)));
	out->token.verdict = env->by_job ? TOKEN_OVERLOADED : TOKEN_ERROR;
	return true;
}
