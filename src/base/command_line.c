/* SPDX-License-Identifier: MIT */
/* command_line.c: the command line of the worker and of the poller. */
#include "command_line.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "attr.h"
#include "config.h"

static const struct option longs[] = {
	{ "listen", required_argument, NULL, 'l' },	/* first: left out if not ours */
	{ "config", required_argument, NULL, 'c' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static NORETURN void
refuse(const char *usage)
{
	fputs(usage, stderr);
	exit(2);
}

struct command_line
command_line_read(int argc, char **argv, bool listens, const char *usage)
{
	struct command_line line = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, listens ? "c:l:Vh" : "c:Vh",
	    listens ? longs : longs + 1, NULL)) != -1) {
		switch (c) {
		case 'c':
			line.conf = optarg;
			break;
		case 'l':
			line.listen = optarg;
			break;
		case 'V':
			puts(PACKAGE_STRING);
			exit(EXIT_SUCCESS);
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			refuse(usage);
		}
	}
	if (optind < argc)
		refuse(usage);
	return line;
}
