/* SPDX-License-Identifier: MIT */
/* media_type.c: images and videos by their first bytes. */
#include "media_type.h"

#include <stdio.h>
#include <string.h>

#include "attr.h"

struct mark {			/* bytes at a place of the head */
	size_t		 at;
	const char	*bytes;		/* NULL: no such mark; "": it is so long */
};

/* The first that fits: a QuickTime file is also one of the MP4 family. */
static const struct row {
	struct media_type type;
	struct mark	 mark[2];
} rows[] = {
	{ { "video/quicktime", "mov", true }, { { 4, "ftyp" }, { 8, "qt  " } } },
	{ { "video/mp4", "mp4", true }, { { 4, "ftyp" }, { 12, "" } } },
	{ { "video/webm", "webm", true }, { { 0, "\x1a\x45\xdf\xa3" } } },
	{ { "video/x-msvideo", "avi", true }, { { 0, "RIFF" }, { 8, "AVI " } } },
	{ { "image/png", "png", false }, { { 0, "\x89PNG\r\n\x1a\n" } } },
	{ { "image/jpeg", "jpg", false }, { { 0, "\xff\xd8\xff" } } },
	{ { "image/webp", "webp", false }, { { 0, "RIFF" }, { 8, "WEBP" } } },
	{ { "image/gif", "gif", false }, { { 0, "GIF8" } } },
};

static bool
has_mark(const struct mark *m, const unsigned char *head, size_t len)
{
	size_t n = m->bytes == NULL ? 0 : strlen(m->bytes);

	return m->bytes == NULL || (m->at + n <= len &&
	    memcmp(head + m->at, m->bytes, n) == 0);
}

const struct media_type *
media_type_of(const unsigned char *head, size_t len)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (has_mark(&rows[i].mark[0], head, len) &&
		    has_mark(&rows[i].mark[1], head, len))
			return &rows[i].type;
	return NULL;
}

const struct media_type *
media_type_of_file(const char *path)
{
	unsigned char head[MEDIA_HEAD];
	FILE *in = fopen(path, "rb");
	size_t len;

	if (in == NULL)
		return NULL;
	len = fread(head, 1, sizeof(head), in);
	fclose(in);
	return media_type_of(head, len);
}

const struct media_type *
media_type_at(size_t i)
{
	return i < NELEM(rows) ? &rows[i].type : NULL;
}
