/* SPDX-License-Identifier: MIT */
/* options.h: the command line of sora2api-sandbox. */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include <stdbool.h>

#include "limits.h"
#include "sandbox/openai/dialects.h"

struct options {		/* strings are those of argv */
	const char	*listen;	/* NULL: a socket that was passed in */
	const char	*public_url;	/* NULL: as each client wrote it */
	const char	*media_dir;
	struct limits	 limits;
	const struct dialect *dialect;	/* NULL: the video service itself */
	struct manners	 manners;	/* of the dialect */
	const char	*key;		/* NULL: the dialect's */
	bool		 control;
	bool		 shared_clips;
	int		 threads;
	bool		 done;		/* help or version was asked for and told */
};

MUST_CHECK enum err options_read(int argc, char **argv, struct options *out,
    struct error *e);

#endif
