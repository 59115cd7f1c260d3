/* SPDX-License-Identifier: MIT */
/* table.c: the commands. Help, completion and the manual's test come from here. */
#include "ctl.h"

#include "ctl_options.h"

static const struct ctl_option backup_options[] = {
	[BACKUP_FORCE] = { "force", NULL }, { NULL, NULL },
};
static const struct ctl_option check_options[] = {
	[CHECK_OFFLINE] = { "offline", NULL }, { NULL, NULL },
};
static const struct ctl_option import_config_options[] = {
	[IMPORT_OUTPUT] = { "output", "file" },
	[IMPORT_SKIP_UNKNOWN] = { "skip-unknown", NULL }, { NULL, NULL },
};
static const struct ctl_option import_db_options[] = {
	[IMPORT_DRY_RUN] = { "dry-run", NULL }, { NULL, NULL },
};
static const struct ctl_option task_list_options[] = {
	[LIST_STATUS] = { "status",
	    "queued|processing|completed|failed|cancelled" },
	[LIST_LIMIT] = { "limit", "number" }, { NULL, NULL },
};
static const struct ctl_option task_retry_options[] = {
	[RETRY_FORCE] = { "force", NULL }, { NULL, NULL },
};
static const struct ctl_option secret_options[] = {
	[SECRET_FILE] = { "file", "file" },
	[SECRET_GENERATE] = { "generate", NULL }, { NULL, NULL },
};
static const struct ctl_option token_delete_options[] = {
	[DELETE_NOW] = { "now", NULL }, { NULL, NULL },
};

static const struct ctl_command commands[] = {
	{ "init", "", 0, 0, NEEDS_CONF, ctl_init, NULL,
	    "make database, key file and folders" },
	{ "migrate", "", 0, 0, NEEDS_SITE, ctl_migrate, NULL,
	    "bring an older database up to date, after a backup" },
	{ "backup", "file", 1, 1, NEEDS_SITE, ctl_backup, backup_options,
	    "copy the database while it is in use" },
	{ "check", "", 0, 0, NEEDS_NOTHING, ctl_check, check_options,
	    "check everything that the service needs" },
	{ "check-config", "", 0, 0, NEEDS_NOTHING, ctl_check_config, NULL,
	    "read the configuration file" },
	{ "sample-config", "", 0, 0, NEEDS_NOTHING, ctl_sample_config, NULL,
	    "print a configuration file" },
	{ "import-config", "setting.toml", 1, 1, NEEDS_NOTHING, ctl_import_config,
	    import_config_options, "convert a setting.toml into a configuration" },
	{ "import-db", "hancat.db", 1, 1, NEEDS_STORE, ctl_import_db, import_db_options,
	    "import tokens, characters and settings of an older database" },
	{ "token add", "", 0, 0, NEEDS_STORE, ctl_token_add, ctl_token_add_options,
	    "add a token, which comes from standard input" },
	{ "token list", "", 0, 0, NEEDS_STORE, ctl_token_list, NULL,
	    "the tokens and their counters" },
	{ "token enable", "id", 1, 1, NEEDS_STORE, ctl_token_enable, NULL,
	    "let new tasks use a token" },
	{ "token disable", "id", 1, 1, NEEDS_STORE, ctl_token_disable, NULL,
	    "give a token no new tasks" },
	{ "token delete", "id", 1, 1, NEEDS_STORE, ctl_token_delete,
	    token_delete_options, "remove a token" },
	{ "token test", "id", 1, 1, NEEDS_STORE, ctl_token_test, NULL,
	    "ask the upstream whether a token is valid" },
	{ "task list", "", 0, 0, NEEDS_STORE, ctl_task_list, task_list_options,
	    "the newest tasks" },
	{ "task show", "id", 1, 1, NEEDS_STORE, ctl_task_show, NULL,
	    "everything stored about a task" },
	{ "task cancel", "id", 1, 1, NEEDS_STORE, ctl_task_cancel, NULL,
	    "end a task that has not finished" },
	{ "task retry", "id", 1, 1, NEEDS_STORE, ctl_task_retry, task_retry_options,
	    "resubmit a failed task as a new one" },
	{ "tail", "", 0, 0, NEEDS_STORE, ctl_tail, NULL,
	    "watch the tasks; ends with Ctrl-C" },
	{ "status", "", 0, 0, NEEDS_STORE, ctl_status, NULL,
	    "poller, queue and tokens" },
	{ "stats", "", 0, 0, NEEDS_STORE, ctl_stats, NULL,
	    "results and errors, in total and today" },
	{ "admin reset-password", "", 0, 0, NEEDS_STORE, ctl_admin_reset_password, NULL,
	    "a new password for the administrator" },
	{ "api-key show", "", 0, 0, NEEDS_STORE, ctl_api_key_show, NULL,
	    "print the API key" },
	{ "api-key set", "", 0, 0, NEEDS_STORE, ctl_api_key_set, secret_options,
	    "store a new API key, from standard input" },
	{ "completion", "-- word ...", 0, 1000, NEEDS_NOTHING, ctl_completion, NULL,
	    "what may come next on a command line, for the shell" },
};

const struct ctl_command *
ctl_command_get(size_t i)
{
	return i < NELEM(commands) ? &commands[i] : NULL;
}
