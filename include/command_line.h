/* SPDX-License-Identifier: MIT */
/* command_line.h: the command line of the worker and of the poller. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <stdbool.h>

struct command_line {		/* its strings are those of argv */
	const char	*conf;		/* -c; NULL: not given */
	const char	*listen;	/* -l; NULL: not given, or not one of this program's options */
};

/*
 * Reads the command line; -l is an option only of a program that `listens`. Ends the
 * process after -V (the version) and -h (`usage`) with status 0, and for what is no
 * option, or too much, with `usage` on stderr and status 2. Before threads are started.
 */
struct command_line command_line_read(int argc, char **argv, bool listens, const char *usage);

#endif
