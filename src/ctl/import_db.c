/* SPDX-License-Identifier: MIT */
/* import_db.c: sora2apictl import-db. */
#include <stdio.h>

#include "buf.h"
#include "ctl.h"
#include "ctl_options.h"
#include "import.h"
#include "json.h"

#define MAX_NOTES	(16 * 1024 * 1024)

static void
report(const struct ctl *ctl, bool dry_run, const struct import_result *r)
{
	cJSON *root;

	if (!ctl->json) {
		printf("%s%d tokens (%d were stored already), %d characters "
		    "(%d were stored already), %d tables of settings\n",
		    dry_run ? "Nothing was changed; it would be: " : "",
		    r->tokens, r->known_tokens, r->characters,
		    r->known_characters, r->settings);
		return;
	}
	root = cJSON_CreateObject();
	json_add_bool(root, "dry_run", dry_run);
	json_add_int(root, "tokens", r->tokens);
	json_add_int(root, "known_tokens", r->known_tokens);
	json_add_int(root, "characters", r->characters);
	json_add_int(root, "known_characters", r->known_characters);
	json_add_int(root, "settings", r->settings);
	ctl_print_json(root);
}

enum err
ctl_import_db(struct ctl *ctl, struct error *e)
{
	struct buf notes;
	const struct import in = {
		.path = ctl->argv[0], .note = ctl_note, .arg = &notes,
		.dry_run = ctl->option[IMPORT_DRY_RUN] != NULL,
	};
	struct import_result result;
	enum err rc;

	buf_init(&notes, MAX_NOTES);
	if ((rc = store_import(ctl->st, &in, &result, e)) == ERR_OK) {
		report(ctl, in.dry_run, &result);
		ctl_tell_notes(&notes);
	}
	buf_clear(&notes);
	return rc;
}
