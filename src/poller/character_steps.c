/* SPDX-License-Identifier: MIT */
/*
 * character.c: characters, step by step: see step_character.h. A clip and a name
 * are marked before they are sent; what another process marked is not sent again.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "challenge.h"
#include "character_request.h"
#include "character_steps.h"
#include "character_store.h"
#include "client.h"
#include "clock.h"
#include "commit.h"
#include "env.h"
#include "file.h"
#include "id.h"
#include "job_call.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "refresh.h"
#include "site.h"
#include "step.h"
#include "step_character.h"
#include "task_log.h"
#include "token_store.h"
#include "upstream.h"
#include "verdict.h"

#define PICTURE_TIMEOUT	60		/* s */
#define MAX_PICTURE	(20 * 1024 * 1024)

typedef void answered_fn(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out);

/* ---- what calls need ---- */

static const char *
spool_path(const struct job *job, const char *file, struct arena *a)
{
	return arena_printf(a, "%s/%s", job->poller->site->spool_dir, file);
}

static const struct cameo_making *
making(const struct task *t, struct arena *a)
{
	struct cameo_making *m = arena_alloc(a, sizeof(*m));
	struct character_options options;

	character_options_load(t->character_options, a, &options);
	*m = (struct cameo_making){
		.timestamps = options.timestamps,
		.instruction_set = options.instruction_set,
		.safety_instruction_set = options.safety_instruction_set,
	};
	if (t->character != NULL) {
		m->cameo_id = t->character->cameo_id;
		m->username = t->character->username;
		m->display_name = t->character->display_name;
		m->asset_pointer = t->character->asset_pointer;
	}
	return m;
}

static const struct cameo_update *
shown(const struct task *t, struct arena *a)
{
	struct cameo_update *u = arena_alloc(a, sizeof(*u));

	u->cameo_id = t->character->cameo_id;
	u->visibility = "public";
	return u;
}

static const struct lookup *
profile(const struct task *t, struct arena *a)
{
	struct lookup *l = arena_alloc(a, sizeof(*l));

	l->name = t->character->username;
	return l;
}

void
character_input(const struct job *job, enum call call, struct arena *a,
    struct call_input *in)
{
	const struct task *t = &job->task;

	in->making = making(t, a);
	if (call == CALL_CAMEO_UPLOAD && t->clip != NULL) {
		in->media = t->clip;
		in->media_path = spool_path(job, t->clip->file, a);
	} else if (call == CALL_ASSET_UPLOAD) {
		in->media_path = spool_path(job, job->picture, a);
	}
	if (t->character == NULL)
		return;
	in->username = t->character->username;
	in->cameo = shown(t, a);
	in->lookup = profile(t, a);
}

void
character_drop_picture(struct job *job)
{
	char path[1024];

	if (*job->picture == '\0')
		return;
	snprintf(path, sizeof(path), "%s/%s", job->poller->site->spool_dir,
	    job->picture);
	unlink(path);
	*job->picture = '\0';
}

/* ---- calls ---- */

/* The answer goes to the step, unless the token is being renewed for it. */
static void
answer(struct job *job, const struct outcome *o, answered_fn *step)
{
	struct step_env env = job_env(job);
	struct task_change change;

	if (job_refused(job, o))
		step_refused(&job->task, o, &env, &change);
	else
		step(&job->task, o, &env, &change);
	decide(job, &change);
}

static void
answered(struct job *job, enum call call, const struct call_response *r,
    answered_fn *step)
{
	struct outcome o;

	job_end(job);
	job_answer(job, call, r, &o);
	answer(job, &o, step);
}

static void
call(struct job *job, enum call call, transfer_fn *done, answered_fn *step)
{
	struct error e;
	struct outcome o;

	if (job_call(job, call, done, &e) == ERR_OK)
		return;
	o = verdict_unsent(&e);
	answer(job, &o, step);
}

static void
on_clip(void *arg, const struct call_response *r)
{
	answered(arg, CALL_CAMEO_UPLOAD, r, step_clip_sent);
}

static void
on_name(void *arg, const struct call_response *r)
{
	answered(arg, CALL_USERNAME_CHECK, r, step_name_judged);
}

/* Its task ended while it was made: it goes like one that was for a video alone. */
static void
unwanted(struct job *job, const struct call_response *r)
{
	struct outcome o;
	struct error e;

	job_end(job);
	job_answer(job, CALL_CAMEO_FINALIZE, r, &o);
	if (o.verdict == VERDICT_OK && character_unwanted(job->poller->store,
	    job->task.row, o.id, &e) != ERR_OK)
		task_log(&job->task, LOG_LEVEL_WARN,
		    "its character stays at the upstream: %s", e.text);
	if (job->orphan)
		job_orphan_end(job);
}

static void
on_finalized(void *arg, const struct call_response *r)
{
	struct job *job = arg;

	if (job->orphan || job->decided)
		unwanted(job, r);
	else
		answered(job, CALL_CAMEO_FINALIZE, r, step_finalized);
}

static void
on_shown(void *arg, const struct call_response *r)
{
	struct job *job = arg;

	answered(job, CALL_CAMEO_UPDATE, r, step_shown);
}

/* ---- looking ---- */

/* What a look without news changes is only when to look again. */
static void
look_again(struct job *job, const struct task_change *change)
{
	job->task.due_ms = change->due_ms;
	job->task.attempts = change->attempts;
	job_queue(job);
}

static void
looked(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	(void)step_cameo_seen(t, o, env, out);
}

/* False when the token was refused: its task waits, or has ended. */
static bool
look_ended(struct job *job, const struct call_response *r, struct outcome *o)
{
	struct pool_token *pt = job->token;
	struct step_env env = job_env(job);
	struct task_change change;

	job_end(job);
	job_answer(job, CALL_CAMEO_STATUS, r, o);
	if (job_refused(job, o)) {
		step_refused(&job->task, o, &env, &change);
		decide(job, &change);
	} else if (o->verdict == VERDICT_REFRESH) {
		pool_token_change(pt, &o->token);
		pool_token_lost(pt, "The account was refused by the upstream");
	}
	return o->verdict != VERDICT_REFRESH;
}

static void
on_looked(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome o;

	if (!look_ended(job, r, &o))
		return;
	if (step_cameo_seen(&job->task, &o, &env, &change))
		decide(job, &change);
	else
		look_again(job, &change);
}

/* ---- a name that may have been given ---- */

static void
found(struct job *job, const char *id)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_finalize_found(&job->task, id, &env, &change);
	decide(job, &change);
}

/* The profile under the new name has the character's id; without it, it cannot be deleted. */
static void
on_profile(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome o;
	const char *id = NULL;

	job_end(job);
	job_answer(job, CALL_PROFILE, r, &o);
	if (o.verdict != VERDICT_OK && o.cause != ERR_NOT_FOUND &&
	    retry_allowed(&job->task, &env)) {
		(void)step_cameo_seen(&job->task, &o, &env, &change);
		look_again(job, &change);
		return;
	}
	if (o.verdict == VERDICT_OK)
		id = json_string(json_get(o.json, "profile"), "user_id");
	found(job, arena_strdup(job->poller->arena, id));
}

static void
on_lost_looked(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome o;
	struct error e;

	if (!look_ended(job, r, &o))
		return;
	if (o.verdict != VERDICT_OK) {
		(void)step_cameo_seen(&job->task, &o, &env, &change);
		look_again(job, &change);
	} else if (o.cameo.finalized) {
		task_log(&job->task, LOG_LEVEL_INFO,
		    "its character has its name");
		if (job_call(job, CALL_PROFILE, on_profile, &e) != ERR_OK)
			found(job, NULL);
	} else if (step_finalize_missing(&job->task, &env, &change)) {
		decide(job, &change);
	} else {
		look_again(job, &change);
	}
}

/* ---- the picture ---- */

static void
on_picture_sent(void *arg, const struct call_response *r)
{
	struct job *job = arg;

	answered(job, CALL_ASSET_UPLOAD, r, step_picture_sent);
	character_drop_picture(job);
}

static void
picture_failed(struct job *job, const char *why)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_picture_failed(&job->task, arena_printf(job->poller->arena,
	    "its picture could not be fetched: %s", why), &env, &change);
	decide(job, &change);
}

static void
on_picture(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct arena *a = job->poller->arena;
	struct error e;

	job_end(job);
	if (r->transport != TRANSPORT_OK || r->status != 200 ||
	    r->sink == NULL) {
		picture_failed(job, r->reason != NULL ? r->reason
		    : arena_printf(a, "status %ld", r->status));
		return;
	}
	snprintf(job->picture, sizeof(job->picture), "%s.webp",
	    id_new(a, "", 32));
	if (file_commit_nosync(r->sink, job->picture, &e) != ERR_OK)
		picture_failed(job, e.text);
	else
		call(job, CALL_ASSET_UPLOAD, on_picture_sent,
		    step_picture_sent);
}

/* No credential goes along: its address is enough. */
static void
fetch_picture(struct job *job)
{
	struct poller *p = job->poller;
	struct call_request request = {
		.method = "GET", .url = job->task.character->profile_url,
		.timeout = PICTURE_TIMEOUT, .sink_dir = p->site->spool_dir,
		.max_sink = MAX_PICTURE, .label = "file",
		.reach = REACH_ANY,	/* named by the upstream of the configuration */
	};

	job_fetch(job, &request, &p->sending, on_picture);
}

/* ---- steps ---- */

static void
mark(struct job *job)
{
	struct step_env env = job_env(job);
	struct task_change change;

	if (job->task.step == STEP_CLIP)
		step_clip_sending(&job->task, &env, &change);
	else
		step_finalizing(&job->task, &env, &change);
	decide(job, &change);
	job_mark(job, &job->poller->marked);
}

static void
take_step(struct job *job)
{
	switch ((int)job->task.step) {
	case STEP_CLIP:
	case STEP_FINALIZE:
		mark(job);
		break;
	case STEP_CAMEO:
	case STEP_ASSET:
		call(job, CALL_CAMEO_STATUS, on_looked, looked);
		break;
	case STEP_PICTURE:
		fetch_picture(job);
		break;
	case STEP_NAME:
		call(job, CALL_USERNAME_CHECK, on_name, step_name_judged);
		break;
	case STEP_FINALIZE_LOST:
		call(job, CALL_CAMEO_STATUS, on_lost_looked, looked);
		break;
	case STEP_SHOW:
		call(job, CALL_CAMEO_UPDATE, on_shown, step_shown);
		break;
	}
}

/* Every step but the first works on a row, which somebody may have removed. */
static bool
is_gone(struct job *job)
{
	struct task_change change;

	if (job->task.character != NULL || job->task.step == STEP_CLIP ||
	    job->task.step == STEP_CLIP_SENDING)
		return false;
	step_character_gone(&job->task, &change);
	decide(job, &change);
	return true;
}

void
character_take(struct job *job)
{
	if (is_gone(job))
		return;
	if (challenge_holds(job) || refresh_waits(job->token))
		job_later(job, LOOK_MS);
	else
		take_step(job);
}

void
character_send_marked(struct job *job)
{
	struct step_env env;
	struct task_change change;

	if (is_gone(job))
		return;
	if (!job_unmark(job)) {	/* marked by a process that is no more */
		env = job_env(job);
		step_making_interrupted(&job->task, &env, &change);
		decide(job, &change);
	} else if (job->task.step == STEP_CLIP_SENDING) {
		call(job, CALL_CAMEO_UPLOAD, on_clip, step_clip_sent);
	} else {
		call(job, CALL_CAMEO_FINALIZE, on_finalized, step_finalized);
	}
}
