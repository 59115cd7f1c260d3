/* SPDX-License-Identifier: MIT */
/*
 * round_impl.h: one look at a token's lists: round.c, rounds.c, relist.c and
 * reconcile.c among themselves.
 */
#ifndef POLLER_ROUND_IMPL_H
#define POLLER_ROUND_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "provider.h"
#include "round.h"
#include "token.h"

struct pool_token;
struct task;
struct upstream_call;

struct round {			/* one look at the lists of a token; lives in its arena */
	struct arena	*arena;
	struct token	 token;
	struct upstream_call *call;	/* NULL: it waits for what was seen to be written */
	enum call	 asked;		/* the last list */
	int64_t		 started_ms;	/* of the service's clock */
	int64_t		 now;		/* Unix time, as the upstream has it; 0: not known yet */
	bool		 images;	/* the list of images is read, those of videos were */
	const char	*cursor;	/* of the next page */
	int		 pages;
	char		**taken;	/* upstream ids adopted in this round */
	size_t		 n_taken;
	struct sighting	*seen;		/* relist.c: all of the pages so far */
	size_t		 n_seen;
};

/* What was seen so far is written first; then round_continue. */
void	round_pause(struct pool_token *pt);
/* Begins a round; NULL: its token could not be loaded, and none is on. */
struct round *round_new(struct pool_token *pt);
/* Begins a round of a token with lists; it goes on by itself, and plans the next. */
void	round_start(struct pool_token *pt);
/* What was decided so far is written: goes on with the list of what is finished. */
void	round_continue(struct pool_token *pt);
/* Looks for the lost jobs of a server that is otherwise asked for each job. */
void	relist_start(struct pool_token *pt);
/* Whether a create with this prompt is on its way now: a sighting may be its. */
bool	reconcile_being_sent(const struct pool_token *pt, const char *prompt);
/* Whether a task of ours has that upstream id, or was given it in this round. */
bool	reconcile_claimed(const struct pool_token *pt, const char *upstream_id);
void	reconcile_take(struct pool_token *pt, const char *upstream_id);
/* When the task was begun at the earliest, Unix time as the upstream of this round has it. */
int64_t	reconcile_since(const struct pool_token *pt, const struct task *t);
/* Adopts a sighting for a lost job of the token if it is its task. */
void	reconcile_match(struct pool_token *pt, const struct sighting *s);
/* Whether the token has lost jobs that this round looks for. */
bool	reconcile_wanted(const struct pool_token *pt);
/* What was wanted of the lists of videos, or of that of images, was read. */
void	reconcile_finish(struct pool_token *pt);

#endif
