/* SPDX-License-Identifier: MIT */
/*
 * step.h: what comes next for a task: the step machine.
 *
 * Each function looks at a task and at what happened, and says what to write:
 * a struct task_change for task_apply. All are pure; strings of the change are
 * those of the task, of the outcome, or in the arena.
 */
#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "outcome.h"
#include "task.h"

struct arena;

struct step_env {
	int64_t		 now_ms;	/* Unix time, milliseconds: for what is told outside */
	int64_t		 clock_ms;	/* the service's clock, see work_clock.h: for all that is waited for */
	double		 jitter;	/* 0..1: spreads what would come together */
	int		 max_retries;	/* of one step with one token */
	int		 image_timeout;	/* s */
	int		 video_timeout;
	int		 max_outage;	/* s that an upstream may be out of reach in all, for one task */
	bool		 silent;	/* its upstream cannot be reached now; of a queued task: none can */
	int64_t		 asked_ms;	/* when its upstream was last asked for it and answered, of clock_ms; 0: never */
	int64_t		 last_look_ms;	/* how long an answer is waited for when its time is over */
	int64_t		 settle_ms;	/* how long a lost create is looked for */
	int64_t		 cameo_ms;	/* between two looks at a character that is being made */
	bool		 cache;		/* results are downloaded */
	bool		 watermark_free;	/* the operator's parse service is asked for a file */
	bool		 solver;	/* challenges are answered by the operator's solver */
	struct arena	*arena;
	/* of a task whose upstream is asked for each job by itself; zeroed for the others */
	bool		 by_job;
	bool		 can_list;	/* a lost create can be looked for */
	bool		 resubmit_ambiguous;	/* a create of unknown fate is sent again */
	int		 resubmit_lost;	/* times that a job is sent again that the upstream lost */
	int		 job_age;	/* s; in place of the timeouts above */
	int64_t		 gone_ms;	/* how long the upstream may not know a job */
	int64_t		 content_ms;	/* how long a file may not be there */
	int64_t		 pause_ms;	/* before a file is asked for again; grows */
};

/* At most so many accounts get a task before it fails. */
#define STEP_MAX_TOKENS	3

/* Whether the same token is tried once more for this step: the only place that counts. */
bool	retry_allowed(const struct task *t, const struct step_env *env);
/* The task is about to be sent: from here on a crash leaves its fate unknown. */
void	step_creating(const struct task *t, const struct step_env *env, struct task_change *out);
/* The answer to CALL_UPLOAD of media[index]. */
void	step_uploaded(const struct task *t, size_t index, const struct outcome *o,
	    const struct step_env *env, struct task_change *out);
/* The answer to CALL_CREATE. */
void	step_created(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* The same, and the file came along: it is in the cache as `file`, told to clients as `url`. */
void	step_made(const struct task *t, const struct outcome *o, const char *file, const char *url,
	    const struct step_env *env, struct task_change *out);
/* A list shows the task. False when that changes nothing. */
bool	step_seen(const struct task *t, const struct sighting *s, const struct step_env *env,
	    struct task_change *out);
/* The list of the unfinished does not show it (any more). False when that changes nothing. */
bool	step_left(const struct task *t, const struct step_env *env, struct task_change *out);
/* A task whose create was interrupted (the program stopped there) is to be looked for. */
void	step_interrupted(const struct task *t, const struct step_env *env, struct task_change *out);
/* The lost task was found under that upstream id. */
void	step_found(const struct task *t, const char *upstream_id, const struct step_env *env,
	    struct task_change *out);
/* The lost task is in neither list: false while it may still appear, then it is sent again. */
bool	step_not_found(const struct task *t, const struct step_env *env, struct task_change *out);
/* The file is in the cache as `file`, told to clients as `url`. */
void	step_downloaded(const struct task *t, const char *file, const char *url,
	    const struct step_env *env, struct task_change *out);
/* It has that post now, which is ours. */
void	step_published(const struct task *t, const char *post_id, const char *permalink,
	    const struct step_env *env, struct task_change *out);
/* It could not be published: another try when the outcome asks for one, else the normal file. */
void	step_publish_failed(const struct task *t, const struct outcome *o,
	    const struct step_env *env, struct task_change *out);
/* The parse service told `link`: without a cache it is the result. False: it is to be downloaded. */
bool	step_parsed(const struct task *t, const char *link, const struct step_env *env,
	    struct task_change *out);
/* That file is in the cache. */
void	step_parsed_downloaded(const struct task *t, const char *link, const char *file,
	    const char *url, const struct step_env *env, struct task_change *out);
/* The service told none, or it could not be had: another try after 2, 4, 6 s, or the normal file. */
void	step_parse_failed(const struct task *t, const char *why, bool transient,
	    const struct step_env *env, struct task_change *out);
/* The post was deleted, or could not be (`why`): the task is done. `url` as in step_downloaded. */
void	step_unpublished(const struct task *t, const char *why, const char *url,
	    struct task_change *out);
/*
 * It could not be had: another try, or the upstream's URL is the result. While its
 * place cannot be reached (`unreachable`) no try counts.
 */
void	step_download_failed(const struct task *t, bool unreachable, const struct step_env *env,
	    struct task_change *out);
/*
 * The upstream has not known the job for `times` looks in a row, the first of
 * them at `since_ms` of the service's clock. False while that may be an accident; else it is sent again
 * or has failed.
 */
bool	step_gone(const struct task *t, int times, int64_t since_ms, const struct step_env *env,
	    struct task_change *out);
/*
 * The answer to CALL_CONTENT was no file (VERDICT_OTHER: it cannot be used):
 * another try, or the task has failed.
 */
void	step_content_failed(const struct task *t, const struct outcome *o,
	    const struct step_env *env, struct task_change *out);
/* The token was refused, but may be renewed: the same step again with the same token. */
void	step_refused(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* The account cannot be used any more (deleted, or refused for good) while the upstream works. */
void	step_account_lost(const struct task *t, const char *why, const struct step_env *env,
	    struct task_change *out);
/*
 * Whether the task's time is over; then `out` ends it. What the upstream has is
 * first asked for once more (env->asked_ms), and nothing ends while its upstream
 * cannot be reached, but for what that may last at most. Only an upstream that
 * was asked and had it still in work is to blame.
 */
bool	step_expired(const struct task *t, const struct step_env *env, struct task_change *out);
/* When its time is over, ms of the service's clock. */
int64_t	step_deadline(const struct task *t, const struct step_env *env);

/* What a quota means for its token. `now` in seconds. */
void	step_quota(const struct quota *q, int64_t now, struct token_change *out);

/*
 * Milliseconds until a token's lists are to be read again for this task:
 * `base_ms` times 2.5 below 30 %, 1.5 below 70 %, 1 above, times 1.5 for every
 * three looks without progress, at most five times the base. An image: the base.
 */
int64_t	step_poll_interval(const struct task *t, int looks_without_progress, int64_t base_ms);

#endif
