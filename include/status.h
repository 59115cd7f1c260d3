/* SPDX-License-Identifier: MIT */
/* status.h: the whole service in numbers. */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

#include "error.h"

struct store;

struct status {
	int64_t	 tokens;
	int64_t	 active_tokens;		/* enabled, not cooling, not expired */
	int64_t	 queued;
	int64_t	 processing;
	int64_t	 completed;
	int64_t	 failed;
	int64_t	 cancelled;
};

struct totals {			/* sums over the tokens there are */
	int64_t	 tokens;
	int64_t	 active_tokens;
	int64_t	 images, videos, errors;
	int64_t	 today_images, today_videos, today_errors;
};

enum token_state {		/* the first that holds, from the last on */
	STATE_READY,
	STATE_FULL,		/* all its slots are taken */
	STATE_NO_QUOTA,		/* its account has no videos left for now */
	STATE_COOLING,		/* its account takes no requests for now */
	STATE_EXPIRED,
	STATE_DISABLED,
	STATE__MAX,
};

struct gauges {			/* how things are at this moment */
	int64_t	 queued_videos;		/* characters are among them */
	int64_t	 queued_images;
	int64_t	 oldest_queued_at;	/* 0: none waits */
	int64_t	 tokens[STATE__MAX];
	int64_t	 running[STATE__MAX];	/* tasks of tokens in that state */
	int64_t	 lease_ends_ms;		/* the poller's; 0: nobody has it */
};

MUST_CHECK enum err gauges_load(struct store *st, struct gauges *out, struct error *e);
MUST_CHECK enum err totals_load(struct store *st, struct totals *out, struct error *e);
MUST_CHECK enum err status_load(struct store *st, struct status *out, struct error *e);

#endif
