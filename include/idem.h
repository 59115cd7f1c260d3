/* SPDX-License-Identifier: MIT */
/* idem.h: idempotency keys: the same request sent twice is done once. */
#ifndef IDEM_H
#define IDEM_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct store;
struct task;

#define IDEM_KEY_MAX	255		/* bytes of a key */

struct idem {			/* an Idempotency-Key that came with a request */
	const char	*key;
	int64_t		 api_key_id;
	const unsigned char *body_hash;	/* 32 bytes: of route and body */
	/* The answer to store with the task, made inside task_submit; NULL: none is stored. Pure. */
	const char	*(*answer)(const struct task *t, struct arena *a);
	struct arena	*arena;
	int64_t		 holder;	/* by idem_claim: see holder.h; 0: none */
	int		 holder_fd;
};

struct idem_answer {		/* of the first request */
	int64_t		 task_row;	/* 0: this request is the first, and has claimed the key */
	const char	*answer;	/* NULL: none was stored */
};

/*
 * Claims the key for this request, or tells what the first one got. ERR_IDEM_REUSE
 * when the first had another body; ERR_IDEM_IN_PROGRESS when it is still being
 * stored, however long that takes. The claim of a request that has ended without a
 * task, or whose process has, is free again. idem_end in any case, and last.
 */
MUST_CHECK enum err idem_claim(struct store *st, struct idem *idem, int hours,
    struct arena *a, struct idem_answer *out, struct error *e);
/*
 * Removes the row of a claimed key whose request was refused; not needed for the key
 * to be free, so failures are ignored.
 */
void	idem_release(struct store *st, const struct idem *idem);
/* The request has ended. Fine for one that claimed nothing. */
void	idem_end(struct idem *idem);

#endif
