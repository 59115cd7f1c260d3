/* SPDX-License-Identifier: MIT */
/* import_config.c: sora2apictl import-config. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conf_import.h"
#include "ctl.h"
#include "ctl_options.h"
#include "file.h"
#include "json.h"

#define MAX_FILE	(1024 * 1024)

/* Never overwrites: an existing file may be in use. */
static enum err
write_file(const char *path, const char *text, struct error *e)
{
	const char *slash = strrchr(path, '/');
	struct file f = { .fd = -1 };
	char dir[512] = ".";
	enum err rc;

	if (access(path, F_OK) == 0)
		return error_set(e, ERR_CONFLICT, NULL,
		    "%s exists already; nothing was changed", path);
	if (slash != NULL)
		snprintf(dir, sizeof(dir), "%.*s", slash == path ? 1
		    : (int)(slash - path), path);
	if ((rc = file_begin(&f, dir, e)) == ERR_OK &&
	    (rc = file_write(&f, text, strlen(text), e)) == ERR_OK)
		return file_commit(&f, slash == NULL ? path : slash + 1, e);
	file_abort(&f);
	return rc;
}

static void
report(const struct ctl *ctl, const char *output, const char *text)
{
	cJSON *root;

	if (ctl->json) {
		root = cJSON_CreateObject();
		json_add_string(root, "file", output);
		json_add_string(root, "configuration", text);
		ctl_print_json(root);
	} else if (output == NULL) {
		fputs(text, stdout);
	} else {
		printf("%s: written; the service's user must be able to read "
		    "it, others should not\n", output);
	}
}

static enum err
make(struct ctl *ctl, const struct conf_import *in, struct error *e)
{
	const char *output = ctl->option[IMPORT_OUTPUT], *text;
	enum err rc;

	if ((rc = conf_import(in, ctl->arena, &text, e)) != ERR_OK ||
	    (output != NULL && (rc = write_file(output, text, e)) != ERR_OK))
		return rc;
	report(ctl, output, text);
	ctl_tell_notes(in->arg);
	return ERR_OK;
}

enum err
ctl_import_config(struct ctl *ctl, struct error *e)
{
	struct buf notes;
	struct conf_import in = {
		.name = ctl->argv[0], .note = ctl_note, .arg = &notes,
		.skip_unknown = ctl->option[IMPORT_SKIP_UNKNOWN] != NULL,
	};
	char *toml;
	enum err rc;

	if (file_load(in.name, MAX_FILE, ctl->arena, &toml, &in.len, e)
	    != ERR_OK)
		return error_set(e, ERR_INVALID_VALUE, NULL, "%s", e->text);
	in.toml = toml;
	buf_init(&notes, MAX_FILE);
	rc = make(ctl, &in, e);
	buf_clear(&notes);
	return rc;
}
