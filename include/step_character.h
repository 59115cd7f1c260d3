/* SPDX-License-Identifier: MIT */
/*
 * step_character.h: the steps that make a character of a clip: it is sent, the
 * upstream works on it, its picture goes from one place there to another, a free
 * name is found and given, and, unless it is for one video alone, everybody may
 * use it. As in step.h, each function says what to write, and all are pure.
 *
 * Nothing lists what was begun of a clip: one whose answer was lost is not sent
 * again, the task has failed.
 */
#ifndef STEP_CHARACTER_H
#define STEP_CHARACTER_H

#include "step.h"

/* Whether the step is one of these. */
bool	step_makes_character(enum task_step step);
/* The clip, or the name, is about to be sent: from here on a crash leaves its fate unknown. */
void	step_clip_sending(const struct task *t, const struct step_env *env,
	    struct task_change *out);
void	step_finalizing(const struct task *t, const struct step_env *env, struct task_change *out);
/* It was marked by a program that is no more. */
void	step_making_interrupted(const struct task *t, const struct step_env *env,
	    struct task_change *out);
/* The answer to CALL_CAMEO_UPLOAD. */
void	step_clip_sent(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/*
 * The answer to CALL_CAMEO_STATUS. False when that changes nothing but due_ms and
 * attempts, which need not be stored.
 */
bool	step_cameo_seen(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* The picture could not be had: its address may have become old. */
void	step_picture_failed(const struct task *t, const char *why, const struct step_env *env,
	    struct task_change *out);
/* The answer to CALL_ASSET_UPLOAD. */
void	step_picture_sent(const struct task *t, const struct outcome *o,
	    const struct step_env *env, struct task_change *out);
/* The answer to CALL_USERNAME_CHECK. */
void	step_name_judged(const struct task *t, const struct outcome *o,
	    const struct step_env *env, struct task_change *out);
/* The answer to CALL_CAMEO_FINALIZE. */
void	step_finalized(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* It has its name after all; `id` is the character's, or NULL. */
void	step_finalize_found(const struct task *t, const char *id, const struct step_env *env,
	    struct task_change *out);
/* It has none yet. False while it may still get it (see step_cameo_seen), then it is given again. */
bool	step_finalize_missing(const struct task *t, const struct step_env *env,
	    struct task_change *out);
/* The answer to the CALL_CAMEO_UPDATE that shows it. */
void	step_shown(const struct task *t, const struct outcome *o, const struct step_env *env,
	    struct task_change *out);
/* Somebody removed it here while it was made. */
void	step_character_gone(const struct task *t, struct task_change *out);

#endif
