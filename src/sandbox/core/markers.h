/* SPDX-License-Identifier: MIT */
/*
 * markers.h: what a prompt asks the sandbox to do: "[[sandbox:NAME]]" or
 * "[[sandbox:NAME=NUMBER]]", anywhere in it and as many as one likes.
 */
#ifndef SANDBOX_MARKERS_H
#define SANDBOX_MARKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "timeline.h"

struct refusal;

struct marker {
	char	 name[48];	/* with '-' for '_' */
	bool	 has_number;
	double	 number;
};

/*
 * The next marker at or behind `*at`, which moves on; false when there is none
 * more. One that is none of that form has the name "".
 */
bool	marker_next(const char **at, struct marker *out);

struct markers {
	const struct refusal	*refusal;	/* refuse the create with it; or NULL */
	long			 refusals;	/* only the first so many creates of the prompt; -1: all */
	long			 drops;		/* do the first so many, but do not answer; -1: all */
	int64_t			 delay_ms;	/* between the work and the answer */
};

/*
 * Reads the markers of `prompt`; those about the task's life change `t`.
 * Refuses the request when one is unknown: a test has a typing error.
 */
MUST_CHECK enum err markers_read(const char *prompt, struct timeline *t,
    struct markers *out, struct error *e);

#endif
