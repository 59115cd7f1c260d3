/* SPDX-License-Identifier: MIT */
/* backup.c: sora2apictl backup. */
#include <stdio.h>
#include <sys/stat.h>

#include "conf.h"
#include "ctl.h"
#include "ctl_options.h"
#include "json.h"
#include "store_backup.h"

static void
report(const struct ctl *ctl, const struct site *site, const char *path)
{
	struct stat st = { 0 };
	cJSON *root;

	if (stat(path, &st) != 0)
		st.st_size = 0;
	if (!ctl->json) {
		printf("%s: %lld bytes, checked\nIts secrets need the key file "
		    "%s, which is not in it\n", path, (long long)st.st_size,
		    site->key_file);
		return;
	}
	root = cJSON_CreateObject();
	json_add_string(root, "backup", path);
	json_add_int(root, "bytes", st.st_size);
	json_add_string(root, "key_file", site->key_file);
	ctl_print_json(root);
}

enum err
ctl_backup(struct ctl *ctl, struct error *e)
{
	const struct store_conf conf = site_store_conf(&ctl->site);
	const char *path = ctl->argv[0];
	enum err rc;

	if ((rc = store_backup(&conf, path, ctl->option[BACKUP_FORCE] != NULL,
	    e)) == ERR_OK)
		report(ctl, &ctl->site, path);
	return rc;
}
