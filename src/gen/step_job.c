/* SPDX-License-Identifier: MIT */
/*
 * step_job.c: what comes next for a task whose upstream is asked for each job by
 * itself, when that upstream lost it, or has no file for it.
 */
#include "step_impl.h"

#include <stddef.h>

#define RESEND_MS	2000	/* seconds, times the number of the attempt */
#define MOST_DOUBLINGS	4	/* of the back-off before a file is asked for again */

struct task_change
step_fate_unknown(const struct task *t, const struct step_env *env)
{
	struct task_change c;

	if (!env->resubmit_ambiguous || !retry_allowed(t, env))
		return step_fail(t, "upstream_outcome_unknown", 500,
		    "The upstream did not say whether it took the task;"
		    " it was not sent again");
	c = step_enter(t, STEP_CREATE, env);
	c.attempts = t->attempts + 1;
	c.due_ms += RESEND_MS * c.attempts;
	c.log_error = "its fate is unknown: it is sent again";
	return c;
}

bool
step_gone(const struct task *t, int times, int64_t since_ms,
    const struct step_env *env, struct task_change *out)
{
	if (times < 3 || env->clock_ms < since_ms + env->gone_ms)
		return false;
	if (t->resubmitted >= env->resubmit_lost) {
		*out = step_fail(t, "upstream_lost", 500,
		    "The upstream lost the task");
		return true;
	}
	*out = step_enter(t, STEP_CREATE, env);
	out->upstream_id = "";
	out->resubmit = true;
	out->log_error = "the upstream lost it: it is sent again";
	return true;
}

static int64_t
pause_of(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	int doublings = t->attempts < MOST_DOUBLINGS ? t->attempts
	    : MOST_DOUBLINGS;
	int64_t pause = env->pause_ms << doublings;

	return o->retry_ms > pause ? o->retry_ms : pause;
}

/* Whether it is worth another try. */
static bool
may_come(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	int64_t since = env->clock_ms - t->step_ms;

	if (o->verdict == VERDICT_FAIL)
		return false;
	if (o->verdict == VERDICT_EARLY || o->verdict == VERDICT_GONE)
		return since < env->content_ms;
	if (o->verdict == VERDICT_RETRY)	/* the server is paused */
		return since < (int64_t)(t->limit_s != 0 ? t->limit_s
		    : env->job_age) * 1000;
	return retry_allowed(t, env);
}

void
step_content_failed(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	bool gone = o->verdict == VERDICT_GONE;

	if (o->unreachable || (o->local && o->verdict == VERDICT_RETRY)) {
		*out = step_wait(t, env);
		out->log_error = o->log;
		return;
	}
	if (may_come(t, o, env)) {
		*out = step_again(t, pause_of(t, o, env), env);
		out->log_error = o->log;
		return;
	}
	*out = step_fail(t, gone ? "video_expired" : "upstream_error", 500,
	    gone ? "The upstream has no file of the finished task any more"
	    : "The result could not be fetched from the upstream");
	out->log_error = o->log;
	out->token.verdict = TOKEN_OVERLOADED;
}
