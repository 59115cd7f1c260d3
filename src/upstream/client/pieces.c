/* SPDX-License-Identifier: MIT */
/* pieces.c: a request's body that is read as it is sent. */
#include "pieces.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "file.h"
#include "upstream.h"
#include "xalloc.h"

static bool
open_one(struct piece *out, const struct call_piece *from)
{
	int64_t len;

	if (from->text != NULL) {
		out->text = xstrdup(from->text);
		out->len = (int64_t)strlen(out->text);
		return true;
	}
	if ((out->file = file_open_read(from->path, &len)) == NULL)
		return false;
	out->len = (len + 2) / 3 * 4;
	return true;
}

bool
pieces_open(struct pieces *p, const struct call_piece *from, size_t n)
{
	*p = (struct pieces){ .all = xcalloc(n, sizeof(*p->all)), .n = n };
	for (size_t i = 0; i < n; i++)
		if (!open_one(&p->all[i], &from[i]))
			return false;
	return true;
}

void
pieces_close(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->all[i].text);
		if (p->all[i].file != NULL)
			fclose(p->all[i].file);
	}
	free(p->all);
	*p = (struct pieces){ 0 };
}

int64_t
pieces_length(const struct pieces *p)
{
	int64_t total = 0;

	for (size_t i = 0; i < p->n; i++)
		total += p->all[i].len;
	return total;
}

/* What was encoded and did not fit. */
static size_t
read_left(struct pieces *p, char *out, size_t room)
{
	size_t n = p->n_left < room ? p->n_left : room;

	memcpy(out, p->left, n);
	p->n_left -= n;
	memmove(p->left, p->left + n, p->n_left);
	return n;
}

static size_t
read_text(struct piece *t, char *out, size_t room)
{
	size_t n = (size_t)(t->len - t->done);

	n = n < room ? n : room;
	memcpy(out, t->text + t->done, n);
	t->done += (int64_t)n;
	return n;
}

/* Three bytes, and four characters, at a time. */
static size_t
read_file(struct pieces *p, FILE *in, char *out, size_t room)
{
	unsigned char three[3];
	char four[5];
	size_t n = 0, got;

	while (room - n >= 4 && (got = fread(three, 1, 3, in)) > 0) {
		base64_encode_to(four, three, got);
		memcpy(out + n, four, 4);
		n += 4;
	}
	if (n > 0 || room >= 4 || (got = fread(three, 1, 3, in)) == 0)
		return n;
	base64_encode_to(four, three, got);
	memcpy(p->left, four, 4);
	p->n_left = 4;
	return read_left(p, out, room);
}

size_t
pieces_read(char *out, size_t size, size_t n, void *arg)
{
	struct pieces *p = arg;
	size_t room = size * n, got;

	if (p->n_left > 0)
		return read_left(p, out, room);
	while (p->at < p->n) {
		struct piece *now = &p->all[p->at];

		got = now->text != NULL ? read_text(now, out, room)
		    : read_file(p, now->file, out, room);
		if (now->file != NULL && ferror(now->file))
			return CURL_READFUNC_ABORT;
		if (got > 0)
			return got;
		p->at++;
	}
	return 0;
}
