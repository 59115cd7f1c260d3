/* SPDX-License-Identifier: MIT */
/* step_impl.h: what the files behind step.h share. */
#ifndef STEP_IMPL_H
#define STEP_IMPL_H

#include "step.h"

/* A change that keeps everything, for the caller to modify. */
struct task_change step_unchanged(const struct task *t);
/*
 * The error code of a task that waits for an unreachable upstream, and of its failure
 * in the end.
 */
#define STEP_CUT_OFF	"upstream_error"

/* The task goes back to the queue for another token. */
struct task_change step_requeue(const struct task *t, const struct step_env *env);
/* Whether the task must stay with its token, whose account has begun a character for it. */
bool	step_stays(const struct task *t);
/* step_job.c: the upstream may have it or not, and there is no (other) way to find out. */
struct task_change step_fate_unknown(const struct task *t, const struct step_env *env);
/* The change to that step, due now. */
struct task_change step_enter(const struct task *t, enum task_step step,
    const struct step_env *env);
/* ---- step_retry.c ---- */
/* Such a pause, and up to a quarter more: so that what waits does not come together. */
int64_t	step_spread(int64_t pause_ms, const struct step_env *env);
/* The step before the mark that it is being sent. */
enum task_step step_unmarked(enum task_step step);
/* The same step with the same token, a little later: one more try. */
struct task_change step_again(const struct task *t, int64_t pause_ms, const struct step_env *env);
/* The same, but no try is counted. */
struct task_change step_wait_for(const struct task *t, int64_t pause_ms, const struct step_env *env);
/* Half of what was waited, 2 to 60 s. */
int64_t	step_long_pause(int64_t waited_ms);
/* There is no way to the upstream now: no try is counted, and each pause is longer. */
struct task_change step_wait(const struct task *t, const struct step_env *env);
/* The task is completed. */
struct task_change step_complete(const struct task *t, const char *url);
/* step_end.c: the result is known; deletes our post first, if there is one. */
struct task_change step_finish(const struct task *t, const char *url, const struct step_env *env);
/*
 * A challenge: the token is not at fault and is used again with the solver's new
 * credentials.
 */
bool	step_may_pass(const struct task *t, const struct outcome *o, const struct step_env *env);
struct task_change step_retry_challenge(const struct task *t, const struct step_env *env);
/* Of a call without which the task goes on: false when it is not made again. */
bool	step_repeat(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* The task has failed for good; `code` is of the API, `log_status` of the request log. */
struct task_change step_fail(const struct task *t, const char *code, int log_status,
    const char *message);
/* What each unsuccessful call for a task leads to. */
struct task_change step_after_failure(const struct task *t, const struct outcome *o,
    const struct step_env *env);
/* Copies the verdict on the token and the log text into the change. */
void	step_explain(const struct outcome *o, struct task_change *out);
/* step_post.c: the file as the upstream offers it; `why` is for the log. */
struct task_change step_normal_file(const struct task *t, const char *why,
    const struct step_env *env);

#endif
