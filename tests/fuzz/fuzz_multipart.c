/* SPDX-License-Identifier: MIT */
/*
 * fuzz_multipart.c: a multipart body, the first line its content type. Fed
 * whole and in small pieces it must have the same parts.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "fuzz.h"
#include "http/multipart.h"

static enum err
on_begin(void *arg, const struct part *part, struct error *e)
{
	(void)e;
	buf_printf(arg, "[%s|%s=", part->name,
	    part->filename == NULL ? "" : part->filename);
	return ERR_OK;
}

static enum err
on_data(void *arg, const char *data, size_t len, struct error *e)
{
	(void)e;
	buf_append(arg, data, len);
	return ERR_OK;
}

static enum err
on_end(void *arg, struct error *e)
{
	(void)e;
	buf_puts(arg, "]");
	return ERR_OK;
}

static const struct multipart_ops ops = { on_begin, on_data, on_end };

static enum err
parse(const char *type, const char *body, size_t len, size_t step,
    struct buf *seen)
{
	struct arena *a = arena_new();
	struct multipart *m;
	struct error e;
	enum err rc;

	buf_reset(seen);
	rc = multipart_new(a, type, &ops, seen, &m, &e);
	for (size_t i = 0; rc == ERR_OK && i < len; i += step) {
		size_t n = len - i < step ? len - i : step;
		char *piece = malloc(n);	/* of its own, so that overreads show */

		if (piece == NULL)
			abort();
		memcpy(piece, body + i, n);
		rc = multipart_feed(m, piece, n, &e);
		free(piece);
	}
	if (rc == ERR_OK)
		rc = multipart_finish(m, &e);
	arena_free(a);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *eol = len == 0 ? NULL : memchr(data, '\n', len);
	struct buf whole, pieces;
	const char *body;
	char *type;
	enum err rc;

	if (eol == NULL || (type = strndup((const char *)data,
	    (size_t)(eol - data))) == NULL)
		return 0;
	body = (const char *)eol + 1;
	len -= (size_t)(eol + 1 - data);
	buf_init(&whole, 1 << 20);
	buf_init(&pieces, 1 << 20);
	rc = parse(type, body, len, len + 1, &whole);
	for (size_t step = 1; step < 8; step += 3) {
		if (parse(type, body, len, step, &pieces) != rc)
			abort();
		if (rc == ERR_OK && (whole.len != pieces.len ||
		    memcmp(whole.data, pieces.data, whole.len) != 0))
			abort();
	}
	buf_clear(&whole);
	buf_clear(&pieces);
	free(type);
	return 0;
}
