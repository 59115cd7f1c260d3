/* SPDX-License-Identifier: MIT */
/* character_steps.h: characters, step by step. */
#ifndef POLLER_CHARACTER_STEPS_H
#define POLLER_CHARACTER_STEPS_H

#include "provider.h"

struct arena;
struct call_input;
struct job;

/* What the call needs to know of the job's character. */
void	character_input(const struct job *job, enum call call, struct arena *a,
	    struct call_input *in);
/* Takes a step that is due; the clip and the name go after their mark was written. */
void	character_take(struct job *job);
void	character_send_marked(struct job *job);
/* The picture is not needed any more. */
void	character_drop_picture(struct job *job);

#endif
