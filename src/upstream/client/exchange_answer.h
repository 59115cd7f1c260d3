/* SPDX-License-Identifier: MIT */
/*
 * exchange_answer.h: where the bytes of an answer go; of exchange.c alone.
 *
 * To memory or to a file, or a JSON text to memory and the file inside it to a
 * file, or the rest of a file after what there is of it.
 */
#ifndef EXCHANGE_ANSWER_H
#define EXCHANGE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"

/* The most bytes of a body that the request takes. */
int64_t	 exchange_limit(const struct call_request *rq);
/* Makes room for them; rq->resume becomes the exchange's. A failure is in x->setup and the fault. */
void	 exchange_sink(struct exchange *x, const struct call_request *rq);
/* Takes the next ones; false: the exchange is to end, the fault says why. */
bool	 exchange_store(struct exchange *x, const char *data, size_t len);
/* The fault of an answer that passes x->max. */
void	 exchange_too_large(struct exchange *x);
/* A whole answer's bytes, as exchange_result gives them. */
void	 exchange_hand_over(struct exchange *x, struct arena *a, struct call_response *r);
/* What came of a file before the exchange failed, if that is wanted. */
void	 exchange_hand_over_partial(struct exchange *x, struct arena *a, struct call_response *r);

#endif
