/* SPDX-License-Identifier: MIT */
/* migrate.c: sora2apictl migrate. */
#include <stdio.h>

#include "conf.h"
#include "ctl.h"
#include "json.h"

static void
report(const struct ctl *ctl, const struct migration *m)
{
	cJSON *root;

	if (!ctl->json && m->steps == 0) {
		printf("Schema %d: nothing to do\n", store_schema_version());
		return;
	}
	if (!ctl->json) {
		printf("Schema %d is now %d\nThe database from before: %s\n",
		    m->from, store_schema_version(), m->backup);
		return;
	}
	root = cJSON_CreateObject();
	json_add_int(root, "from", m->from);
	json_add_int(root, "schema", store_schema_version());
	json_add_string(root, "backup", m->steps == 0 ? NULL : m->backup);
	ctl_print_json(root);
}

enum err
ctl_migrate(struct ctl *ctl, struct error *e)
{
	const struct store_conf conf = site_store_conf(&ctl->site);
	struct migration m;
	enum err rc;

	if ((rc = store_migrate(&conf, &m, e)) == ERR_OK)
		report(ctl, &m);
	return rc;
}
