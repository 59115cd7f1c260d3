/* SPDX-License-Identifier: MIT */
/*
 * multipart.h: an incremental parser of multipart/form-data (RFC 7578, and RFC
 * 2046 section 5.1); private to src/http.
 *
 * It is fed the body in pieces of any size and calls back with the parts; the
 * data of a part comes in pieces as they arrive and is never gathered.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <stddef.h>

#include "error.h"

struct arena;
struct multipart;

#define MULTIPART_MAX_PARTS	200
#define MULTIPART_MAX_HEADER	8192	/* bytes of one part's header block */

struct part {
	const char	*name;		/* UTF-8, not empty */
	const char	*filename;	/* as sent; "_" for bytes that are no UTF-8; NULL: none */
	const char	*type;		/* its Content-Type; NULL: none */
};

struct multipart_ops {		/* an error ends the parsing and is returned by multipart_feed */
	enum err	(*begin)(void *arg, const struct part *part, struct error *e);
	enum err	(*data)(void *arg, const char *data, size_t len, struct error *e);
	enum err	(*end)(void *arg, struct error *e);
};

/* The parser of a body with that Content-Type; ERR_INVALID_BODY without a valid boundary. */
MUST_CHECK enum err multipart_new(struct arena *a, const char *content_type,
    const struct multipart_ops *ops, void *arg, struct multipart **out, struct error *e);
/* ERR_INVALID_BODY when the body is broken. After an error it must not be fed again. */
MUST_CHECK enum err multipart_feed(struct multipart *m, const char *data, size_t len,
    struct error *e);
/* The body ended; ERR_INVALID_BODY when it should not have. */
MUST_CHECK enum err multipart_finish(struct multipart *m, struct error *e);

#endif
