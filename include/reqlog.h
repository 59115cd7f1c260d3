/* SPDX-License-Identifier: MIT */
/* reqlog.h: the request log: one row per generation that was asked for. */
#ifndef REQLOG_H
#define REQLOG_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;

struct reqlog {			/* strings live in the arena given; NULL where absent */
	int64_t		 id;
	int64_t		 token_id;	/* 0: none yet */
	const char	*token_email;	/* NULL when the token is gone */
	const char	*token_username;
	const char	*operation;
	int		 status_code;	/* -1: it runs */
	double		 duration;	/* s; -1: it runs */
	int64_t		 created_at;
	const char	*request_body;
	const char	*response_body;
	const char	*task_id;
	int		 progress;	/* 0..100; -1: the task is gone */
	const char	*task_status;	/* internal */
};

/* The newest `limit` rows, newest first. */
MUST_CHECK enum err reqlog_list(struct store *st, int limit, struct arena *a,
    struct reqlog **out, size_t *n, struct error *e);

#endif
