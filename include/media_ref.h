/* SPDX-License-Identifier: MIT */
/*
 * media_ref.h: the body of a request with media in it, and where in the body
 * each of them is. Pure: nothing is read or decoded here.
 */
#ifndef MEDIA_REF_H
#define MEDIA_REF_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

#define MEDIA_REFS_MAX	16	/* images of one request */

struct request_body {
	const cJSON	*fields;	/* NULL: none */
	const cJSON	*repeated;	/* of a form: arrays of those given several times; or NULL */
	bool		 text;		/* a form: booleans and numbers are written as text */
	const char	*const *uploads;	/* of a form: the field name of each file part, as sent */
	size_t		 n_uploads;
};

struct media_ref {		/* zeroed: there is none */
	const char	*field;		/* whose fault it is when it is no good: static */
	const cJSON	*node;		/* a string or an object, of the body; NULL: a file part */
	size_t		 upload;	/* of a file part: its index */
};

#endif
