/* SPDX-License-Identifier: MIT */
/* header.h: a header of a request or of an answer. */
#ifndef HEADER_H
#define HEADER_H

struct header {
	const char	*name;
	const char	*value;
};

#endif
