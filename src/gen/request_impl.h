/* SPDX-License-Identifier: MIT */
/* request_impl.h: what the readers of requests share. */
#ifndef REQUEST_IMPL_H
#define REQUEST_IMPL_H

#include "error.h"
#include "field.h"
#include "media_ref.h"

#define MAX_PROMPT	32000	/* characters */
#define MAX_STRING	4096

struct arena;

struct request_step {		/* a field, and what is checked once it has been read */
	struct field	 field;
	enum err	(*check)(void *request, const struct request_body *b, struct arena *a,
			    struct error *e);	/* NULL: nothing */
};

/* Reads and checks one field after the other: the first that is wrong is told. */
MUST_CHECK enum err request_read(const struct request_step *steps, size_t n,
    const struct request_body *b, struct arena *a, void *out, struct error *e);

/*
 * Adds the media of a field, its file parts first, then its values in order.
 * ERR_INVALID_VALUE when there are more than MEDIA_REFS_MAX.
 */
MUST_CHECK enum err request_add_media(const struct request_body *b, const char *field,
    struct media_ref *refs, size_t *n, struct error *e);
/* Whether the body has anything under that name, a file part or a value. */
bool	 request_has(const struct request_body *b, const char *field);

#endif
