/* SPDX-License-Identifier: MIT */
/*
 * refusal.h: the catalogue of the ways in which the service refuses.
 *
 * A handler refuses with `return refuse(e, "heavy_load")`: the name travels in
 * the error's param, and the answer is written where all answers to errors are.
 */
#ifndef SANDBOX_REFUSAL_H
#define SANDBOX_REFUSAL_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct resp;

enum refusal_shape {
	SHAPE_JSON,		/* the envelope */
	SHAPE_STATUS,		/* the envelope and the status in it */
	SHAPE_COUNTRY,		/* the envelope, its param the account's country */
	SHAPE_TASKS,		/* the envelope with details.num_tasks */
	SHAPE_QUOTA,		/* the envelope beside type and balance */
	SHAPE_CHALLENGE,	/* a challenge page */
	SHAPE_HTML,		/* a page of a proxy in between */
	SHAPE_XML,		/* as the media host refuses */
	SHAPE_OAUTH,		/* RFC 6749 section 5.2 */
	SHAPE_PLAIN,		/* {"error": text} of the link service */
	SHAPE_UNSOLVED,		/* of the challenge solver */
	SHAPE_NOTHING,		/* {} */
	SHAPE_CUT,		/* JSON that breaks off */
	SHAPE_EMPTY,		/* no body */
	SHAPE_DROP,		/* no answer: nginx closes the connection */
	SHAPE_RESET,		/* the same, with a reset */
};

struct refusal {
	const char	*name;
	int		 status;
	const char	*code;		/* NULL: null */
	const char	*type;		/* NULL: invalid_request_error */
	const char	*param;		/* NULL: null */
	const char	*message;
	enum refusal_shape shape;
};

struct refusal_facts {		/* what the answer tells about the account */
	long		 num_tasks;	/* that it may have */
	int64_t		 resets_in;	/* seconds */
	const char	*country;	/* NULL: of the row */
};

/* The row of that name, '-' and '_' being equal; NULL when there is none. */
const struct refusal *refusal_find(const char *name);
/* The row that suits an error which named none. */
const struct refusal *refusal_of(enum err code);
/* The i-th row; NULL past the last. */
const struct refusal *refusal_at(size_t i);
/* Fills `e` so that the row of that name (it must exist) is the answer. */
enum err refuse(struct error *e, const char *name);
/* Writes the answer; a status of 0 is the row's own. */
void	refusal_write(const struct refusal *r, int status,
	    const struct refusal_facts *facts, struct resp *rs);

#endif
