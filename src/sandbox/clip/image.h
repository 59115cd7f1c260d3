/* SPDX-License-Identifier: MIT */
/* image.h: what a picture file says about itself. */
#ifndef SANDBOX_IMAGE_H
#define SANDBOX_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

struct image {
	const char	*mime;		/* static */
	const char	*extension;
	int		 width;		/* 0 when its header does not say it early */
	int		 height;
};

/* Reads the first bytes of a file; false when it is no PNG, JPEG or WebP. */
bool	image_sniff(const unsigned char *data, size_t len, struct image *out);

#endif
