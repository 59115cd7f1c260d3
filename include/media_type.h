/* SPDX-License-Identifier: MIT */
/*
 * media_type.h: the kinds of image and video files that are known here, told
 * apart by their first bytes: what others call a file is not trusted. All that
 * the cache may hold is in this list, and nginx/snippets/sora2api.conf serves
 * all of it (tests/unit/test_media_type.c). Any thread.
 */
#ifndef MEDIA_TYPE_H
#define MEDIA_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#define MEDIA_HEAD	12	/* bytes that are enough to tell */

struct media_type {
	const char	*mime;
	const char	*extension;	/* without its dot */
	bool		 is_video;
};

/* By the first bytes of a file, of which `len` are there; NULL: none of these. */
const struct media_type	*media_type_of(const unsigned char *head, size_t len);
/* The same, of a file; NULL also when it cannot be read. */
const struct media_type	*media_type_of_file(const char *path);
/* The list, from 0 on; NULL behind its end. */
const struct media_type	*media_type_at(size_t i);

#endif
