/* SPDX-License-Identifier: MIT */
/*
 * chat_events.h: the events of a chat completion's stream, and its answer when
 * there is none. Pure.
 */
#ifndef API_CHAT_EVENTS_H
#define API_CHAT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "task.h"

struct arena;
struct character;

struct chat_voice {		/* of one answer */
	const char	*id;		/* chatcmpl-... */
	int64_t		 created;
	const char	*model;		/* as the client named it */
	const char	*task_id;
	bool		 markdown;	/* else structured */
	bool		 include_usage;
};

struct chat_state {		/* what a progress chunk tells */
	const char	*stage;		/* static, as the others */
	const char	*status;
	int		 progress;
	const char	*message;
};

/* What there is to tell of an unfinished task. */
struct chat_state chat_state_of(const struct task *t);

/* A character as `content`. */
const char *chat_character(const struct chat_voice *v, const struct character *c,
	    struct arena *a);
/* The result as `content`: JSON text, or Markdown. */
const char	*chat_content(const struct chat_voice *v, enum task_kind kind, const char *url,
		    struct arena *a);
/* The answer without a stream. */
const char	*chat_answer(const struct chat_voice *v, const char *content, struct arena *a);

/* Each appends one or more whole events. */
void	chat_put_first(const struct chat_voice *v, struct buf *out);
void	chat_put_progress(const struct chat_voice *v, const struct chat_state *s, struct buf *out);
/* All that ends a stream, after which nothing comes. */
void	chat_put_result(const struct chat_voice *v, const char *content, struct buf *out);
void	chat_put_failure(const struct chat_voice *v, int progress, const struct error *e,
	    struct buf *out);

#endif
