/* step_impl.h: the files of step.h among themselves. */
#ifndef STEP_IMPL_H
#define STEP_IMPL_H

#include "step.h"

/* The task as it is, to be changed by the caller. */
struct task_change step_unchanged(const struct task *t);
/* Why a task waits whose upstream cannot be reached; what it fails with in the end. */
#define STEP_CUT_OFF	"upstream_error"

/* It is to get a token again. */
struct task_change step_requeue(const struct task *t, const struct step_env *env);
/* The account has begun a character for it, which no other account knows. */
bool	step_stays(const struct task *t);
/* step_job.c: the upstream may have it or not, and there is no (other) way to find out. */
struct task_change step_fate_unknown(const struct task *t, const struct step_env *env);
/* The next step, from now on. */
struct task_change step_enter(const struct task *t, enum task_step step,
    const struct step_env *env);
/* The same step with the same token, a little later. */
struct task_change step_again(const struct task *t, int64_t pause_ms, const struct step_env *env);
/* The same, because there is no way to the upstream now: not counted, and each time for longer. */
struct task_change step_wait(const struct task *t, const struct step_env *env);
/* The end of it all. */
struct task_change step_complete(const struct task *t, const char *url);
/* step_end.c: the result is there; a post of ours goes first. */
struct task_change step_finish(const struct task *t, const char *url, const struct step_env *env);
/* With the solver's new credentials the account may go, which is not at fault. */
bool	step_may_pass(const struct task *t, const struct outcome *o, const struct step_env *env);
struct task_change step_retry_challenge(const struct task *t, const struct step_env *env);
/* The task has failed for good; `code` is of the API, `log_status` of the request log. */
struct task_change step_fail(const struct task *t, const char *code, int log_status,
    const char *message);
/* What all calls for a task have in common when they did not succeed. */
struct task_change step_after_failure(const struct task *t, const struct outcome *o,
    const struct step_env *env);
/* What the answer said of the token, and for the log, goes along. */
void	step_explain(const struct outcome *o, struct task_change *out);
/* step_post.c: the file as the upstream offers it; `why` is for the log. */
struct task_change step_normal_file(const struct task *t, const char *why,
    const struct step_env *env);

#endif
