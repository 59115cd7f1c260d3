/* SPDX-License-Identifier: MIT */
/* limits.h: every number of the sandbox that a test may want to set. */
#ifndef SANDBOX_LIMITS_H
#define SANDBOX_LIMITS_H

#include <cjson/cJSON.h>

#include "error.h"

struct limits {			/* durations are seconds; limits_init says what is usual */
	double	 speed;		/* the durations up to `cameo` are divided by it */
	double	 preprocessing;
	double	 queued;
	double	 running;
	double	 processing;
	double	 gap;		/* between leaving the pending list and being a draft */
	double	 late;		/* a late URL comes that much after its draft */
	double	 linger;	/* a failed task stays that long in the pending list */
	double	 cameo;		/* a character takes that long */
	double	 concurrency;	/* unfinished videos of an account */
	double	 quota;		/* videos of an account in a window */
	double	 quota_window;
	double	 page_size;	/* drafts on a page, when the client does not say */
	double	 page_max;
	double	 media_ttl;	/* a media URL is good that long */
	double	 token_life;	/* of a new access token */
	double	 invite_tries;	/* wrong invite codes of an account */
	double	 check_remix;	/* 1: what is remixed must be a post here */
	double	 need_username;	/* 1: a create needs one */
};

void	limits_init(struct limits *l);
/* Sets the limit called `name`; ERR_INVALID_VALUE names what is wrong with it. */
MUST_CHECK enum err limits_set(struct limits *l, const char *name, double value, struct error *e);
/* Sets one limit from "name=value". */
MUST_CHECK enum err limits_set_text(struct limits *l, const char *text, struct error *e);
/* All limits as a new object. */
cJSON	*limits_json(const struct limits *l);

#endif
