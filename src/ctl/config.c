/* SPDX-License-Identifier: MIT */
/* config.c: sora2apictl check-config and sample-config. */
#include <stdio.h>

#include "conf.h"
#include "ctl.h"
#include "json.h"

enum err
ctl_check_config(struct ctl *ctl, struct error *e)
{
	const char *path = ctl->conf_path != NULL ? ctl->conf_path
	    : CONF_DEFAULT_PATH;
	struct conf *conf = NULL;
	cJSON *root;
	enum err rc;

	if ((rc = conf_load(ctl->conf_path, &conf, e)) != ERR_OK)
		return rc;
	conf_free(conf);
	if (!ctl->json) {
		printf("%s: the configuration is valid\n", path);
		return ERR_OK;
	}
	root = cJSON_CreateObject();
	json_add_string(root, "file", path);
	json_add_bool(root, "valid", true);
	ctl_print_json(root);
	return ERR_OK;
}

static cJSON *
keys(void)
{
	cJSON *root = cJSON_CreateArray();
	const char *key, *meaning;
	char fallback[512];

	for (size_t i = 0; conf_describe(i, &key, &meaning, fallback,
	    sizeof(fallback)); i++) {
		cJSON *item = cJSON_CreateObject();

		json_add_string(item, "key", key);
		json_add_string(item, "default", fallback);
		json_add_string(item, "meaning", meaning);
		cJSON_AddItemToArray(root, item);
	}
	return root;
}

enum err
ctl_sample_config(struct ctl *ctl, struct error *e UNUSED)
{
	if (ctl->json)
		ctl_print_json(keys());
	else
		conf_write_sample(stdout);
	return ERR_OK;
}
