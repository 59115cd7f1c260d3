/* SPDX-License-Identifier: MIT */
/* image.c: magic bytes and sizes of PNG, JPEG and WebP. */
#include "image.h"

#include <string.h>

static int
big16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static int
little16(const unsigned char *p)
{
	return p[1] << 8 | p[0];
}

static void
sniff_png(const unsigned char *p, size_t len, struct image *out)
{
	*out = (struct image){ "image/png", "png", 0, 0 };
	if (len >= 24 && p[16] == 0 && p[17] == 0) {
		out->width = big16(p + 18);
		out->height = big16(p + 22);
	}
}

/* Walks the segments up to the frame header, SOF0 to SOF15 without DHT, JPG and DAC. */
static void
sniff_jpeg(const unsigned char *p, size_t len, struct image *out)
{
	size_t at = 2;

	*out = (struct image){ "image/jpeg", "jpg", 0, 0 };
	while (at + 9 < len && p[at] == 0xff) {
		int marker = p[at + 1];

		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
		    marker != 0xc8 && marker != 0xcc) {
			out->height = big16(p + at + 5);
			out->width = big16(p + at + 7);
			return;
		}
		at += 2 + (size_t)big16(p + at + 2);
	}
}

static void
sniff_webp(const unsigned char *p, size_t len, struct image *out)
{
	*out = (struct image){ "image/webp", "webp", 0, 0 };
	if (len < 30)
		return;
	if (memcmp(p + 12, "VP8 ", 4) == 0) {
		out->width = little16(p + 26) & 0x3fff;
		out->height = little16(p + 28) & 0x3fff;
	} else if (memcmp(p + 12, "VP8X", 4) == 0) {
		out->width = 1 + little16(p + 24);
		out->height = 1 + little16(p + 27);
	} else if (memcmp(p + 12, "VP8L", 4) == 0) {
		out->width = 1 + (little16(p + 21) & 0x3fff);
		out->height = 1 + ((p[22] >> 6 | p[23] << 2 |
		    (p[24] & 15) << 10) & 0x3fff);
	}
}

bool
image_sniff(const unsigned char *data, size_t len, struct image *out)
{
	if (len >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
		sniff_png(data, len, out);
	else if (len >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
		sniff_jpeg(data, len, out);
	else if (len >= 12 && memcmp(data, "RIFF", 4) == 0 &&
	    memcmp(data + 8, "WEBP", 4) == 0)
		sniff_webp(data, len, out);
	else
		return false;
	return true;
}
