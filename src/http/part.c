/* SPDX-License-Identifier: MIT */
/* part.c: what the header block of a part says. */
#include "part.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "media.h"
#include "url.h"

static enum err
broken(struct error *e, const char *why)
{
	return error_set(e, ERR_INVALID_BODY, NULL,
	    "Malformed multipart body: %s", why);
}

/* A line that begins with a blank continues the one before (RFC 5322, section 2.2.3). */
static void
unfold(char *block)
{
	for (char *p = block; (p = strstr(p, "\r\n")) != NULL; p += 2)
		if (p[2] == ' ' || p[2] == '\t')
			memset(p, ' ', 2);
}

/* The value of the header line if it is `name`; else NULL. */
static const char *
value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " \t");
}

static bool
encoding_is_identity(const char *value)
{
	return media_is(value, "binary") || media_is(value, "8bit") ||
	    media_is(value, "7bit");
}

/* RFC 8187: UTF-8'language'percent-encoded; NULL when it is something else. */
static char *
decode_extended(struct arena *a, const char *value)
{
	const char *quote = value == NULL ? NULL : strchr(value, '\'');

	if (quote == NULL || strncasecmp(value, "utf-8'", 6) != 0)
		return NULL;
	if ((quote = strchr(quote + 1, '\'')) == NULL)
		return NULL;
	return url_decode_segment(a, quote + 1, strlen(quote + 1));
}

/* A name in another encoding is accepted: file names are not used. */
static void
make_utf8(char *name)
{
	if (name == NULL || url_text_ok(name, strlen(name)))
		return;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name >= 0x80)
			*name = '_';
}

static enum err
parse_disposition(struct arena *a, const char *value, struct part *out,
    struct error *e)
{
	const char *extended = media_param(a, value, "filename*");
	char *filename;

	if (!media_is(value, "form-data"))
		return broken(e, "a part is no form-data");
	out->name = media_param(a, value, "name");
	if ((filename = decode_extended(a, extended)) == NULL)
		filename = media_param(a, value, "filename");
	if (filename == NULL && extended != NULL)
		filename = arena_strdup(a, "");
	out->filename = filename;
	if (out->name == NULL || out->name[0] == '\0')
		return broken(e, "a part has no name");
	if (!url_text_ok(out->name, strlen(out->name)))
		return broken(e, "the name of a part is not valid UTF-8");
	make_utf8(filename);
	return ERR_OK;
}

enum err
part_parse(struct arena *a, char *block, size_t len, struct part *out,
    struct error *e)
{
	const char *disposition = NULL;
	char *end;

	*out = (struct part){ 0 };
	if (memchr(block, '\0', len) != NULL)
		return broken(e, "the header of a part holds a NUL");
	unfold(block);
	for (char *line = block; *line != '\0'; line = end + 2) {
		const char *value;

		end = strstr(line, "\r\n");
		*end = '\0';
		if (end != line && strchr(line, ':') == NULL)
			return broken(e, "a line of a part's header has no colon");
		if ((value = value_of(line, "Content-Disposition")) != NULL)
			disposition = value;
		value = value_of(line, "Content-Type");
		if (value != NULL && *value != '\0')
			out->type = arena_strdup(a, value);
		value = value_of(line, "Content-Transfer-Encoding");
		if (value != NULL && !encoding_is_identity(value))
			return broken(e, "a part has a transfer encoding");
	}
	if (disposition == NULL)
		return broken(e, "a part has no Content-Disposition");
	return parse_disposition(a, disposition, out, e);
}
