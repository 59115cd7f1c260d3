/* SPDX-License-Identifier: MIT */
/* step.c: what comes next for a task. */
#include "step.h"

#include <assert.h>
#include <stddef.h>

#include "step_impl.h"
#include "verdict.h"

#define SLOT_PAUSE_MS	5000	/* pause before a token that was full is used again */

/* A change that keeps everything, for the caller to modify. */
struct task_change
step_unchanged(const struct task *t)
{
	assert(!task_is_terminal(t->status));
	return (struct task_change){
		.status = t->status,
		.step = t->step,
		.progress = t->progress,
		.due_ms = t->due_ms,
		.attempts = t->attempts,
	};
}

/* The change to that step, due now. */
struct task_change
step_enter(const struct task *t, enum task_step step,
    const struct step_env *env)
{
	struct task_change c = step_unchanged(t);

	c.step = step;
	c.clock_ms = c.due_ms = env->clock_ms;
	c.attempts = 0;
	return c;
}

struct task_change
step_fail(const struct task *t, const char *code, int log_status,
    const char *message)
{
	struct task_change c = step_unchanged(t);

	assert(code != NULL && message != NULL && log_status >= 400);
	c.status = TASK_FAILED;
	c.step = STEP_DONE;
	c.error_code = code;
	c.error_message = message;
	c.log_status = log_status;
	return c;
}

struct task_change
step_complete(const struct task *t, const char *url)
{
	struct task_change c = step_unchanged(t);

	c.status = TASK_COMPLETED;
	c.step = STEP_DONE;
	c.progress = 100;
	c.result_url = url;
	c.log_status = 200;
	c.token.verdict = TOKEN_SUCCEEDED;
	return c;
}

struct task_change
step_requeue(const struct task *t, const struct step_env *env)
{
	struct task_change c = step_enter(t, STEP_ASSIGN, env);

	c.status = TASK_QUEUED;
	return c;
}

/* Whether the task must stay with its token, whose account has begun a character for it. */
bool
step_stays(const struct task *t)
{
	return t->character != NULL;
}

static struct task_change
another_token(const struct task *t, const struct outcome *o, int most,
    const struct step_env *env)
{
	if (step_stays(t) || t->tokens_tried >= most)
		return step_fail(t, o->code != NULL ? o->code
		    : "generation_failed", 500, o->message != NULL
		    ? o->message : "The upstream did not accept the task");
	return step_requeue(t, env);
}

static struct task_change
retry(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	if (!retry_allowed(t, env))
		return another_token(t, o, STEP_MAX_TOKENS, env);
	return step_again(t, o->retry_ms, env);
}

static struct task_change
wait_for_slot(const struct task *t, const struct step_env *env)
{
	struct task_change c;

	if (step_stays(t))
		return step_wait_for(t, SLOT_PAUSE_MS, env);
	c = step_requeue(t, env);
	c.untried = true;
	c.due_ms = env->clock_ms + SLOT_PAUSE_MS;
	return c;
}

/*
 * The network is at fault, not the token: the task backs off for half of its age each
 * time, for as long as a task may wait. Another token is tried first, since its proxy
 * may work.
 */
static struct task_change
wait_for_egress(const struct task *t, const struct step_env *env)
{
	int64_t pause_ms = step_long_pause(env->clock_ms - t->wait_from_ms);
	struct task_change c;

	if (step_stays(t))
		return step_wait_for(t, pause_ms, env);
	c = step_requeue(t, env);
	c.uncounted = true;
	c.due_ms += step_spread(pause_ms, env);
	return c;
}

/* Rests the token; the task goes back to the queue and is first there. */
static struct task_change
wait_for_server(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	struct task_change c = step_requeue(t, env);

	c.untried = true;
	if (o->unreachable)
		c.error_code = STEP_CUT_OFF;
	return c;
}

/* Nothing was sent: retries with the same token a few times. */
static struct task_change
wait_for_network(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	struct task_change c = retry_allowed(t, env)
	    ? step_again(t, o->retry_ms, env) : wait_for_egress(t, env);

	c.error_code = STEP_CUT_OFF;
	return c;
}

/*
 * Whether a lost answer to a create can be found in the upstream's lists: they have no
 * images.
 */
static bool
is_listed(const struct task *t, const struct step_env *env)
{
	return !env->by_job || (env->can_list && t->kind != TASK_IMAGE);
}

/*
 * This host is at fault, for now: its open files, its disk. Every account would
 * meet the same, so the task stays, each time for half of its age.
 */
static struct task_change
wait_for_host(const struct task *t, const struct step_env *env)
{
	return step_wait_for(t, step_long_pause(env->clock_ms - t->wait_from_ms), env);
}

static struct task_change
refused(const struct task *t, const struct outcome *o)
{
	const char *message = o->message != NULL ? o->message
	    : "Generation failed";

	if (o->local)
		return step_fail(t, "internal_error", 500, message);
	if (o->policy)
		return step_fail(t, "content_policy_violation", 400, message);
	if (o->bad_clip)
		return step_fail(t, "invalid_video", 400, message);
	if (o->code != NULL)
		return step_fail(t, o->code, 400, message);
	return step_fail(t, "generation_failed", 500, message);
}

struct task_change
step_after_failure(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	const struct turn_facts facts = {
		.may_pass = step_may_pass(t, o, env),
		.is_listed = is_listed(t, env),
	};

	switch (verdict_task(o, &facts)) {
	case TURN_CHALLENGE:
		return step_retry_challenge(t, env);
	case TURN_EGRESS:
		return wait_for_egress(t, env);
	case TURN_HOST:
		return wait_for_host(t, env);
	case TURN_NETWORK:
		return wait_for_network(t, o, env);
	case TURN_AGAIN:
		return retry(t, o, env);
	case TURN_OTHER:
		return another_token(t, o, STEP_MAX_TOKENS, env);
	case TURN_OTHER_ONCE:
		return another_token(t, o, 2, env);
	case TURN_SLOT:
		return wait_for_slot(t, env);
	case TURN_SERVER:
		return wait_for_server(t, o, env);
	case TURN_SEARCH:
		return step_enter(t, STEP_RECONCILE, env);
	case TURN_UNKNOWN:
		return step_fate_unknown(t, env);
	case TURN_FAIL:
		break;
	}
	return refused(t, o);
}

void
step_explain(const struct outcome *o, struct task_change *out)
{
	out->token = o->token;
	out->log_error = o->log;
	if (o->verdict == VERDICT_SLOT)
		out->token.full = true;
}

void
step_creating(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	*out = step_enter(t, STEP_CREATING, env);
	out->attempts = t->attempts;
	out->limit_s = env->job_age;	/* 0: no limit of its own */
}

void
step_uploaded(const struct task *t, size_t index, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	assert(index < t->n_media);
	if (o->verdict != VERDICT_OK) {
		*out = step_after_failure(t, o, env);
		step_explain(o, out);
		return;
	}
	*out = step_enter(t, index + 1 < t->n_media ? STEP_UPLOAD : STEP_CREATE,
	    env);
	out->media_id = o->id;
	out->media_index = index;
}

/* What the answer to a create that was taken tells. */
static void
accept(const struct outcome *o, const struct step_env *env,
    struct task_change *out)
{
	out->upstream_id = o->id;
	out->seconds = o->seconds;
	out->size = o->size;
	out->token = o->token;
	out->token.accepted = true;
	step_quota(&o->quota, env->now_ms / 1000, &out->token);
}

void
step_created(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict != VERDICT_OK) {
		*out = step_after_failure(t, o, env);
		if (out->step == STEP_RECONCILE)
			out->attempts = t->attempts;
		step_explain(o, out);
		return;
	}
	if (o->id == NULL && o->n_sightings > 0)	/* done at once */
		step_seen(t, o->sightings, env, out);
	else
		*out = step_enter(t, STEP_POLL, env);
	accept(o, env, out);
}

void
step_made(const struct task *t, const struct outcome *o, const char *file,
    const char *url, const struct step_env *env, struct task_change *out)
{
	step_downloaded(t, file, url, env, out);
	accept(o, env, out);
}

static struct task_change
seen_failed(const struct task *t, const struct sighting *s,
    const struct step_env *env)
{
	const char *message = s->message != NULL ? s->message
	    : "Generation failed";
	struct task_change c;

	if (s->policy) {
		c = step_fail(t, "content_policy_violation", 400, message);
		c.log_error = s->log;
		return c;
	}
	if (s->retryable && t->tokens_tried < 2 && !step_stays(t))
		c = step_requeue(t, env);
	else
		c = step_fail(t, s->code != NULL ? s->code
		    : "generation_failed", 500, message);
	c.token.verdict = verdict_blame(env->by_job);
	c.log_error = s->log != NULL ? s->log : message;
	return c;
}

/* Whether the client wants the image's bytes and not its URL. */
static bool
wants_file(const struct task *t)
{
	return t->kind == TASK_IMAGE && t->metadata != NULL;
}

/* An existing post is not ours: it is parsed and not deleted. */
static struct task_change
after_done(const struct task *t, const struct sighting *s,
    const struct step_env *env)
{
	if (env->watermark_free && !s->watermark_free &&
	    t->kind == TASK_VIDEO && t->step != STEP_DOWNLOAD &&
	    s->generation_id != NULL)
		return step_enter(t, s->permalink != NULL ? STEP_PARSE
		    : STEP_PUBLISH, env);
	return env->cache || wants_file(t) || s->url == NULL
	    ? step_enter(t, STEP_DOWNLOAD, env) : step_complete(t, s->url);
}

static struct task_change
seen_done(const struct task *t, const struct sighting *s,
    const struct step_env *env)
{
	struct task_change c = after_done(t, s, env);

	if (t->step == STEP_DOWNLOAD)	/* its link had expired */
		c.attempts = t->attempts;
	c.source_url = s->url;
	c.fetch_url = s->fetch_url;
	c.generation_id = s->generation_id;
	c.permalink = s->permalink;
	if (c.progress < 99)
		c.progress = 99;
	return c;
}

bool
step_seen(const struct task *t, const struct sighting *s,
    const struct step_env *env, struct task_change *out)
{
	switch (s->state) {
	case SEEN_DONE:
		*out = seen_done(t, s, env);
		return true;
	case SEEN_FAILED:
		*out = seen_failed(t, s, env);
		return true;
	case SEEN_NOT_READY:
		return step_left(t, env, out);
	case SEEN_RUNNING:
		break;
	}
	*out = t->step == STEP_POLL ? step_unchanged(t)
	    : step_enter(t, STEP_POLL, env);
	if (s->progress > t->progress)
		out->progress = s->progress > 99 ? 99 : s->progress;
	return out->step != t->step ||
	    (int)out->progress != (int)t->progress;
}

bool
step_left(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	*out = step_enter(t, STEP_RESOLVE, env);
	return t->step == STEP_POLL;
}

void
step_interrupted(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (!is_listed(t, env)) {
		*out = step_fate_unknown(t, env);
		return;
	}
	*out = step_enter(t, STEP_RECONCILE, env);
	out->attempts = t->attempts;
}

void
step_found(const struct task *t, const char *upstream_id,
    const struct step_env *env, struct task_change *out)
{
	*out = step_enter(t, STEP_POLL, env);
	out->upstream_id = upstream_id;
	out->token.accepted = true;
}

bool
step_not_found(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (env->clock_ms < t->step_ms + env->settle_ms)
		return false;
	if (env->by_job) {
		*out = step_fate_unknown(t, env);
		return true;
	}
	if (!retry_allowed(t, env)) {
		*out = step_fail(t, STEP_CUT_OFF, 500,
		    "The upstream could not be reached to start the task");
		return true;
	}
	*out = step_enter(t, STEP_CREATE, env);
	out->attempts = t->attempts + 1;
	return true;
}

void
step_refused(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	*out = step_enter(t, step_unmarked(t->step), env);
	out->attempts = t->attempts;
	step_explain(o, out);
	out->token = verdict_change(o, true);
}

void
step_quota(const struct quota *q, int64_t now, struct token_change *out)
{
	if (!q->known)
		return;
	if (q->remaining >= 0)
		out->remaining_plus_1 = q->remaining + 1;
	if ((q->reached || q->remaining == 0) && q->resets_in > 0)
		out->sora2_cooldown_until = now + q->resets_in;
}

int64_t
step_poll_interval(const struct task *t, int looks_without_progress,
    int64_t base_ms)
{
	double factor = t->step != STEP_POLL ? 1.0
	    : t->progress < 30 ? 2.5
	    : t->progress < 70 ? 1.5
	    : 1.0;

	assert(looks_without_progress >= 0 && base_ms > 0);
	if (t->kind == TASK_IMAGE)	/* soon done */
		return base_ms;
	for (int i = looks_without_progress / 3; i > 0 && factor < 5; i--)
		factor *= 1.5;
	return (int64_t)((double)base_ms * (factor > 5 ? 5 : factor));
}
