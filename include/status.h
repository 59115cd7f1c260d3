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

MUST_CHECK enum err totals_load(struct store *st, struct totals *out, struct error *e);
MUST_CHECK enum err status_load(struct store *st, struct status *out, struct error *e);

#endif
