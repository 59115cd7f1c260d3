/* SPDX-License-Identifier: MIT */
/* shared.c: what the commands of sora2apictl share. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "buf.h"
#include "ctl.h"
#include "json.h"
#include "xalloc.h"

#define MAX_SECRET	16384

void
ctl_print_json(cJSON *json)
{
	char *text = xmade(cJSON_PrintUnformatted(json));

	puts(text);
	cJSON_free(text);
	cJSON_Delete(json);
}

void
ctl_note(void *arg, const char *text)
{
	(void)buf_printf(arg, "sora2apictl: %s\n", text);
}

void
ctl_tell_notes(struct buf *notes)
{
	fflush(stdout);
	fputs(notes->data, stderr);
}

enum err
ctl_read_secret_or_none(const char *path, struct arena *a, const char **out,
    struct error *e)
{
	FILE *in = path == NULL ? stdin : fopen(path, "r");
	char *text = arena_alloc(a, MAX_SECRET + 2);
	size_t len;

	if (in == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "cannot open %s: %s", path, strerror(errno));
	len = fread(text, 1, MAX_SECRET + 1, in);
	if (path != NULL)
		fclose(in);
	if (len > MAX_SECRET || strlen(text) != len)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%s: no text of at most %d bytes", path == NULL
		    ? "standard input" : path, MAX_SECRET);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	while (isspace((unsigned char)*text))
		text++;
	*out = text;
	return ERR_OK;
}

enum err
ctl_read_secret(const char *path, struct arena *a, const char **out,
    struct error *e)
{
	enum err rc = ctl_read_secret_or_none(path, a, out, e);

	if (rc != ERR_OK || **out != '\0')
		return rc;
	return error_set(e, ERR_INVALID_VALUE, NULL, "%s is empty",
	    path == NULL ? "standard input" : path);
}
