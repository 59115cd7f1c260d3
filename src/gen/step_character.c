/* SPDX-License-Identifier: MIT */
/* step_character.c: what comes next for a task that makes a character of a clip. */
#include "step_character.h"

#include <string.h>

#include "arena.h"
#include "character.h"
#include "character_request.h"
#include "chat_request.h"
#include "id.h"
#include "json.h"
#include "step_impl.h"

#define ASSET_WAIT_MS	30000	/* seconds to wait for the picture of a finished character */
#define MAX_PAUSE_MS	30000	/* seconds between polls that fail */
#define RANDOMS		1000	/* names get three random digits */
#define LOST		"The upstream's answer was lost: the character may " \
			"have been begun"

/* Percents of a task that makes nothing else. */
enum { BEGUN = 5, READY = 60, PICTURED = 75, NAMED = 85, GIVEN = 95 };

bool
step_makes_character(enum task_step step)
{
	switch (step) {
	case STEP_CLIP:
	case STEP_CLIP_SENDING:
	case STEP_CAMEO:
	case STEP_ASSET:
	case STEP_PICTURE:
	case STEP_NAME:
	case STEP_FINALIZE:
	case STEP_FINALIZING:
	case STEP_FINALIZE_LOST:
	case STEP_SHOW:
		return true;
	case STEP_ASSIGN:
	case STEP_UPLOAD:
	case STEP_CREATE:
	case STEP_CREATING:
	case STEP_RECONCILE:
	case STEP_POLL:
	case STEP_RESOLVE:
	case STEP_PUBLISH:
	case STEP_PARSE:
	case STEP_DOWNLOAD:
	case STEP_UNPUBLISH:
	case STEP_DONE:
		break;
	}
	return false;
}

/* The next step, with its progress; a following video has its own progress. */
static struct task_change
advance(const struct task *t, enum task_step step, double progress,
    const struct step_env *env)
{
	struct task_change c = step_enter(t, step, env);

	if (t->kind == TASK_CHARACTER && c.progress < progress)
		c.progress = progress;
	return c;
}

static struct cameo_change *
change_cameo(struct task_change *c, const struct step_env *env)
{
	struct cameo_change *cameo = arena_alloc(env->arena, sizeof(*cameo));

	c->cameo = cameo;
	return cameo;
}

static void
options_of(const struct task *t, const struct step_env *env,
    struct character_options *out)
{
	character_options_load(t->character_options, env->arena, out);
}

/* ---- the clip ---- */

void
step_clip_sending(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	*out = step_enter(t, STEP_CLIP_SENDING, env);
	out->attempts = t->attempts;
}

/* A plain instruction is a JSON string. */
static const char *
json_text(const char *text, struct arena *a)
{
	cJSON *json;
	const char *out;

	if (text == NULL)
		return NULL;
	json = cJSON_CreateString(text);
	out = json_print(json, a);
	cJSON_Delete(json);
	return out;
}

static void
begun(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	struct character_options options;
	struct cameo_change *cameo;

	options_of(t, env, &options);
	*out = advance(t, STEP_CAMEO, BEGUN, env);
	out->submitted = true;
	cameo = change_cameo(out, env);
	cameo->cameo_id = o->id;
	cameo->instruction_set = json_text(options.instruction_set,
	    env->arena);
	cameo->safety_instruction_set = json_text(
	    options.safety_instruction_set, env->arena);
}

void
step_clip_sent(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict == VERDICT_OK)
		begun(t, o, env, out);
	else if (o->verdict == VERDICT_UNKNOWN)
		*out = step_fail(t, "generation_failed", 500, LOST);
	else
		*out = step_after_failure(t, o, env);
	step_explain(o, out);
}

void
step_making_interrupted(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (t->step == STEP_CLIP_SENDING)
		*out = step_fail(t, "generation_failed", 500, LOST);
	else
		*out = step_enter(t, STEP_FINALIZE_LOST, env);
}

void
step_character_gone(const struct task *t, struct task_change *out)
{
	*out = step_fail(t, "generation_failed", 500,
	    "The character was removed");
}

/* ---- the upstream's work ---- */

/* Polls again. */
static struct task_change
look_again(const struct task *t, const struct step_env *env)
{
	struct task_change c = step_enter(t, t->step, env);

	c.due_ms += env->cameo_ms;
	return c;
}

/* A failed poll is repeated with back-off; it does not fail the task. */
static struct task_change
look_failed(const struct task *t, const struct step_env *env)
{
	struct task_change c = step_enter(t, t->step, env);
	int64_t pause = env->cameo_ms;

	for (int i = 0; i < t->attempts && pause < MAX_PAUSE_MS; i++)
		pause += pause / 2;
	c.due_ms += pause < MAX_PAUSE_MS ? pause : MAX_PAUSE_MS;
	c.attempts = t->attempts + 1;
	return c;
}

static struct task_change
cameo_failed(const struct task *t, const struct outcome *o)
{
	const char *message = o->cameo.message;
	struct task_change c;

	if (o->cameo.policy) {
		c = step_fail(t, "content_policy_violation", 400, message);
	} else if (o->bad_clip) {
		c = step_fail(t, "invalid_video", 400, message);
	} else {
		c = step_fail(t, "generation_failed", 500, message);
		c.token.verdict = TOKEN_ERROR;
	}
	c.log_error = o->log;
	return c;
}

static struct task_change
cameo_ready(const struct task *t, const struct cameo_status *s,
    const struct step_env *env)
{
	struct task_change c = advance(t, STEP_PICTURE, READY, env);
	struct cameo_change *cameo = change_cameo(&c, env);
	struct character_options options;

	options_of(t, env, &options);
	cameo->username_hint = s->username_hint;
	cameo->display_name = character_display_name(options.display_name,
	    s->display_name_hint, env->arena);
	cameo->profile_url = s->asset_url;
	return c;
}

static struct task_change
without_picture(const struct task *t, const struct step_env *env)
{
	struct task_change c;

	if (t->step == STEP_ASSET &&
	    env->clock_ms >= t->step_ms + ASSET_WAIT_MS) {
		c = step_fail(t, "generation_failed", 500,
		    "The upstream made no picture of the character");
		c.token.verdict = TOKEN_ERROR;
		return c;
	}
	c = look_again(t, env);
	c.step = STEP_ASSET;
	return c;
}

static struct task_change
after_look(const struct task *t, const struct outcome *o,
    const struct step_env *env)
{
	switch (o->cameo.state) {
	case CAMEO_FAILED:
		return cameo_failed(t, o);
	case CAMEO_READY:
		return cameo_ready(t, &o->cameo, env);
	case CAMEO_NO_ASSET:
		return without_picture(t, env);
	case CAMEO_PROCESSING:
		break;
	}
	return look_again(t, env);
}

bool
step_cameo_seen(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict != VERDICT_OK) {
		*out = step_may_pass(t, o, env) ? step_retry_challenge(t, env)
		    : look_failed(t, env);
		step_explain(o, out);
		return out->token.verdict != TOKEN_FINE ||
		    out->token.cooled_until != 0;
	}
	*out = after_look(t, o, env);
	return out->step != t->step;
}

/* ---- the picture ---- */

void
step_picture_failed(const struct task *t, const char *why,
    const struct step_env *env, struct task_change *out)
{
	*out = step_enter(t, STEP_CAMEO, env);
	out->due_ms += env->cameo_ms;
	out->log_error = why;
}

/* ---- the name ---- */

static const char *
name_at(const struct task *t, int attempt, const struct step_env *env)
{
	struct character_options options;

	options_of(t, env, &options);
	return character_username(options.username,
	    t->character->username_hint, attempt,
	    (unsigned)(env->jitter * RANDOMS), env->now_ms / 1000,
	    env->arena);
}

/* The last name is used without asking whether it is free. */
static struct task_change
try_name(const struct task *t, int attempt, const struct step_env *env)
{
	const char *name = name_at(t, attempt, env);
	struct cameo_change *cameo;
	struct task_change c;

	if (name == NULL)
		return step_fail(t, "generation_failed", 500,
		    "No user name was free for the character");
	c = advance(t, name_at(t, attempt + 1, env) != NULL ? STEP_NAME
	    : STEP_FINALIZE, PICTURED, env);
	cameo = change_cameo(&c, env);
	cameo->username = name;
	cameo->name_tries = attempt;
	return c;
}

void
step_picture_sent(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	struct cameo_change *cameo;

	if (o->verdict != VERDICT_OK) {
		*out = step_after_failure(t, o, env);
	} else {
		*out = try_name(t, 0, env);
		cameo = arena_alloc(env->arena, sizeof(*cameo));
		*cameo = *out->cameo;
		cameo->asset_pointer = o->id;
		out->cameo = cameo;
	}
	step_explain(o, out);
}

/* When the upstream cannot be asked, the name does not count as free. */
void
step_name_judged(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict == VERDICT_OK && o->facts.available)
		*out = advance(t, STEP_FINALIZE, NAMED, env);
	else if (!step_repeat(t, o, env, out))
		*out = try_name(t, t->character->name_tries + 1, env);
	step_explain(o, out);
}

void
step_finalizing(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	*out = step_enter(t, STEP_FINALIZING, env);
	out->attempts = t->attempts;
}

/* ---- the character ---- */

/* Next: the video with the character, or its publication. */
void
step_finalize_found(const struct task *t, const char *id,
    const struct step_env *env, struct task_change *out)
{
	struct cameo_change *cameo;

	if (t->kind == TASK_CHARACTER) {
		*out = advance(t, STEP_SHOW, GIVEN, env);
	} else {
		*out = step_enter(t, t->n_media > 0 ? STEP_UPLOAD
		    : STEP_CREATE, env);
		out->prompt = chat_prompt_with(t->character->username,
		    t->prompt, env->arena);
	}
	cameo = change_cameo(out, env);
	cameo->finalized = true;
	/* one that does not stay is deleted by its id: it must be the upstream's */
	cameo->character_id = id != NULL || t->kind != TASK_CHARACTER ? id
	    : id_new(env->arena, "char_", 24);
}

void
step_finalized(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict == VERDICT_OK)
		step_finalize_found(t, o->id, env, out);
	else if (o->verdict == VERDICT_UNKNOWN)
		*out = step_enter(t, STEP_FINALIZE_LOST, env);
	else if (o->name_refused)
		*out = try_name(t, t->character->name_tries + 1, env);
	else
		*out = step_after_failure(t, o, env);
	step_explain(o, out);
}

bool
step_finalize_missing(const struct task *t, const struct step_env *env,
    struct task_change *out)
{
	if (env->clock_ms < t->step_ms + env->settle_ms) {
		*out = look_again(t, env);
		return false;
	}
	*out = step_enter(t, STEP_FINALIZE, env);
	return true;
}

/* A character that could not be published is still usable in prompts of its token. */
void
step_shown(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (o->verdict == VERDICT_OK) {
		*out = step_complete(t, NULL);
		change_cameo(out, env)->shown = true;
		return;
	}
	if (!step_repeat(t, o, env, out))
		*out = step_complete(t, NULL);
	out->log_error = o->log;
	if (!task_is_terminal(out->status))
		out->token = o->token;
}
