/* SPDX-License-Identifier: MIT */
/*
 * step_retry.c: whether, and when, a step is tried again with the same token.
 * All other files ask here.
 */
#include "step_impl.h"

#define CHALLENGE_TRIES	3
#define CHALLENGE_MS	3000	/* times the number of the try */
#define EGRESS_PAUSE_MS	2000	/* between the first tries of what is not the task's fault */
#define MAX_EGRESS_PAUSE_MS	60000

bool
retry_allowed(const struct task *t, const struct step_env *env)
{
	return t->attempts < env->max_retries;
}

int64_t
step_spread(int64_t pause_ms, const struct step_env *env)
{
	return pause_ms + (int64_t)((double)pause_ms * 0.25 * env->jitter);
}

/* The mark that the task is being sent, taken back. */
enum task_step
step_unmarked(enum task_step step)
{
	return step == STEP_CREATING ? STEP_CREATE :
	    step == STEP_CLIP_SENDING ? STEP_CLIP :
	    step == STEP_FINALIZING ? STEP_FINALIZE : step;
}

struct task_change
step_again(const struct task *t, int64_t pause_ms, const struct step_env *env)
{
	struct task_change c = step_enter(t, step_unmarked(t->step), env);

	c.attempts = t->attempts + 1;
	c.due_ms += step_spread(pause_ms, env);
	return c;
}

struct task_change
step_wait_for(const struct task *t, int64_t pause_ms,
    const struct step_env *env)
{
	struct task_change c = step_again(t, pause_ms, env);

	c.attempts = t->attempts;
	return c;
}

int64_t
step_long_pause(int64_t waited_ms)
{
	int64_t pause_ms = waited_ms / 2;

	return pause_ms < EGRESS_PAUSE_MS ? EGRESS_PAUSE_MS
	    : pause_ms > MAX_EGRESS_PAUSE_MS ? MAX_EGRESS_PAUSE_MS : pause_ms;
}

struct task_change
step_wait(const struct task *t, const struct step_env *env)
{
	return step_wait_for(t, step_long_pause(env->clock_ms - t->step_ms),
	    env);
}

bool
step_may_pass(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	return o->challenge && env->solver && t->attempts < CHALLENGE_TRIES;
}

struct task_change
step_retry_challenge(const struct task *t, const struct step_env *env)
{
	return step_again(t, CHALLENGE_MS * (t->attempts + 1), env);
}

bool
step_repeat(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (step_may_pass(t, o, env))
		*out = step_retry_challenge(t, env);
	else if (o->unreachable || (o->local && o->verdict == VERDICT_RETRY))
		*out = step_wait(t, env);
	else if (o->verdict == VERDICT_RETRY && retry_allowed(t, env))
		*out = step_again(t, o->retry_ms, env);
	else
		return false;
	return true;
}
