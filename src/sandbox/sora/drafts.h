/* SPDX-License-Identifier: MIT */
/* drafts.h: finished tasks as the service shows them. */
#ifndef SANDBOX_DRAFTS_H
#define SANDBOX_DRAFTS_H

struct job;

/* The object creation_config, and the prompt, as JSON; kept in the job. */
const char	*job_config(struct job *job);
const char	*job_prompt_json(struct job *job);

#endif
