/* SPDX-License-Identifier: MIT */
/* create.h: what the creates of videos and of images share. With the lock held. */
#ifndef SANDBOX_CREATE_H
#define SANDBOX_CREATE_H

#include "error.h"

struct job;
struct prompt_count;
struct visit;

/* Refuses, or sets up the answer's fate, as the prompt's markers say. */
MUST_CHECK enum err create_follow_markers(struct visit *v, struct job *job,
    const struct prompt_count *count, struct error *e);

#endif
