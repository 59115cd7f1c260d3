/* SPDX-License-Identifier: MIT */
/* multipart.c: finds the parts of a multipart/form-data body. */
#include "multipart.h"

#include <stdbool.h>
#include <string.h>

#include "arena.h"
#include "media.h"
#include "part.h"

#define MAX_BOUNDARY	70	/* RFC 2046, section 5.1.1 */

enum state {
	PREAMBLE,		/* before the first delimiter */
	DATA,			/* in a part's body */
	AFTER_DELIMITER,
	AFTER_DASH,		/* one of the two that follow the last boundary */
	PADDING,
	AFTER_CR,
	HEADER,
	EPILOGUE,
};

struct multipart {
	struct arena	*arena;
	const struct multipart_ops *ops;
	void		*arg;
	enum state	 state;
	char		 delimiter[MAX_BOUNDARY + 5];	/* CR LF "--" boundary */
	size_t		 delimiter_len;
	size_t		 matched;	/* bytes of the delimiter just seen */
	/*
	 * Of those, how many stand for the line end before the body, which may
	 * be the one of the delimiter: they are no data if the match fails.
	 */
	size_t		 borrowed;
	int		 parts;
	size_t		 header_len;
	char		 header[MULTIPART_MAX_HEADER + 1];
};

static enum err
broken(struct error *e, const char *why)
{
	return error_set(e, ERR_INVALID_BODY, NULL,
	    "Malformed multipart body: %s", why);
}

static bool
boundary_ok(const char *boundary)
{
	size_t len = boundary == NULL ? 0 : strlen(boundary);

	if (len < 1 || len > MAX_BOUNDARY || boundary[len - 1] == ' ')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)boundary[i] < 0x20 ||
		    (unsigned char)boundary[i] >= 0x7f)
			return false;
	return true;
}

enum err
multipart_new(struct arena *a, const char *content_type,
    const struct multipart_ops *ops, void *arg, struct multipart **out,
    struct error *e)
{
	const char *boundary = media_param(a, content_type, "boundary");
	struct multipart *m;

	if (!boundary_ok(boundary))
		return broken(e, "the content type has no valid boundary");
	m = arena_alloc(a, sizeof(*m));
	m->arena = a;
	m->ops = ops;
	m->arg = arg;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary, strlen(boundary));
	m->delimiter_len = 4 + strlen(boundary);
	m->matched = m->borrowed = 2;	/* the body may begin with a delimiter */
	*out = m;
	return ERR_OK;
}

static enum err
emit(struct multipart *m, const char *data, size_t len, struct error *e)
{
	if (len == 0 || m->state == PREAMBLE)
		return ERR_OK;
	return m->ops->data(m->arg, data, len, e);
}

static enum err
delimiter_found(struct multipart *m, struct error *e)
{
	bool in_part = m->state == DATA;

	m->matched = m->borrowed = 0;
	m->state = AFTER_DELIMITER;
	return in_part ? m->ops->end(m->arg, e) : ERR_OK;
}

/*
 * Hands out data until the delimiter or the end of this piece. The delimiter's
 * first byte occurs in it only once, so a failed match can only start anew.
 * Whatever of a match lies in earlier pieces is `carried`: when the match
 * fails it is handed out from the delimiter itself.
 */
static enum err
scan(struct multipart *m, const char **next, const char *end, struct error *e)
{
	const char *start = *next, *p = *next;
	size_t carried = m->matched;
	enum err rc;

	while (p < end) {
		if (m->matched == 0) {
			p = memchr(p, '\r', (size_t)(end - p));
			if (p == NULL)
				break;
			m->matched = 1;
			p++;
		} else if (*p == m->delimiter[m->matched]) {
			p++;
			if (++m->matched == m->delimiter_len)
				break;
		} else {
			rc = emit(m, m->delimiter + m->borrowed,
			    carried - m->borrowed, e);
			if (rc != ERR_OK)
				return rc;
			carried = m->matched = m->borrowed = 0;
		}
	}
	if (p == NULL)
		p = end;
	*next = p;
	rc = emit(m, start, (size_t)(p - start) - (m->matched - carried), e);
	if (rc == ERR_OK && m->matched == m->delimiter_len)
		rc = delimiter_found(m, e);
	return rc;
}

static enum err
header_complete(struct multipart *m, struct error *e)
{
	struct part part;
	enum err rc;

	if (++m->parts > MULTIPART_MAX_PARTS)
		return broken(e, "more than 200 parts");
	m->header[m->header_len] = '\0';
	rc = part_parse(m->arena, m->header, m->header_len, &part, e);
	if (rc != ERR_OK)
		return rc;
	m->state = DATA;
	m->matched = m->borrowed = 2;	/* the empty line's end may be the delimiter's */
	return m->ops->begin(m->arg, &part, e);
}

static enum err
take_header(struct multipart *m, char c, struct error *e)
{
	const char *h = m->header;
	size_t len;

	if (m->header_len == MULTIPART_MAX_HEADER)
		return broken(e, "the header of a part is too long");
	m->header[m->header_len++] = c;
	len = m->header_len;
	if (c != '\n' || len < 2 || h[len - 2] != '\r')
		return ERR_OK;
	if (len == 2 || (len >= 4 && memcmp(h + len - 4, "\r\n", 2) == 0))
		return header_complete(m, e);
	return ERR_OK;
}

/* A byte between a delimiter and the next part's header. */
static enum err
take_delimiter_end(struct multipart *m, char c, struct error *e)
{
	if (m->state == AFTER_CR && c == '\n') {
		m->state = HEADER;
		m->header_len = 0;
	} else if (m->state == AFTER_DASH && c == '-') {
		m->state = EPILOGUE;
	} else if (m->state == AFTER_DELIMITER && c == '-') {
		m->state = AFTER_DASH;
	} else if (m->state == AFTER_CR || m->state == AFTER_DASH) {
		return broken(e, "a boundary is followed by something else");
	} else if (c == '\r') {
		m->state = AFTER_CR;
	} else if (c == ' ' || c == '\t') {
		m->state = PADDING;
	} else {
		return broken(e, "a boundary is followed by something else");
	}
	return ERR_OK;
}

enum err
multipart_feed(struct multipart *m, const char *data, size_t len,
    struct error *e)
{
	const char *end = data + len;
	enum err rc = ERR_OK;

	while (data < end && rc == ERR_OK && m->state != EPILOGUE) {
		if (m->state == PREAMBLE || m->state == DATA)
			rc = scan(m, &data, end, e);
		else if (m->state == HEADER)
			rc = take_header(m, *data++, e);
		else
			rc = take_delimiter_end(m, *data++, e);
	}
	return rc;
}

enum err
multipart_finish(struct multipart *m, struct error *e)
{
	if (m->state != EPILOGUE)
		return broken(e, "it ends before its last boundary");
	return ERR_OK;
}
