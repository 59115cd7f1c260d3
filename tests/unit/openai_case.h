/* SPDX-License-Identifier: MIT */
/* openai_case.h: what the tests of the openai provider share. */
#ifndef OPENAI_CASE_H
#define OPENAI_CASE_H

#include "fixture.h"

#include <string.h>

#include "conf.h"
#include "provider.h"
#include "upstream/openai/options.h"

#define NOW	1774688900

/* A server, a token and a task that a test may change; an answer read for them. */
struct openai_case {
	struct arena	*a;
	struct conf	 conf;
	struct openai_options options;
	struct token	 token;
	struct task	 task;
	struct task_media media[2];
	struct call_input in;
	struct error	 e;
};

int	openai_case_setup(void **state);
int	openai_case_teardown(void **state);
/* What the provider makes of an answer to `call`. */
struct outcome openai_answer(struct openai_case *c, enum call call, long status, const char *body);
/* The same, with headers "Name: value" and more of the answer. */
struct outcome openai_answer_with(struct openai_case *c, enum call call,
	    const struct call_response *r, const char *header);
/* The one sighting of a look at a job that was answered so. */
struct sighting openai_job(struct openai_case *c, const char *body);
/* The request of `call`; fails the test when there is none. */
struct call_request openai_request(struct openai_case *c, enum call call);
/* The value of a header of a request; NULL: none. */
const char *openai_header(const struct call_request *rq, const char *name);

#endif
