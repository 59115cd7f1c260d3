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
};

struct idem_answer {		/* of the first request */
	int64_t		 task_row;	/* 0: this request is the first, and has claimed the key */
	const char	*answer;	/* NULL: none was stored */
};

/*
 * Claims the key for this request, or tells what the first one got. ERR_IDEM_REUSE
 * when the first had another body; ERR_IDEM_IN_PROGRESS when it is still being
 * stored. A claim that led to nothing for two minutes is free again.
 */
MUST_CHECK enum err idem_claim(struct store *st, const struct idem *idem, int hours,
    struct arena *a, struct idem_answer *out, struct error *e);
/* Frees a claimed key whose request was refused; failures are ignored: the claim ends by itself. */
void	idem_release(struct store *st, const struct idem *idem);

#endif
