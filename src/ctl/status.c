/* status.c: sora2apictl status and admin reset-password. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "ctl.h"
#include "id.h"
#include "json.h"
#include "settings.h"
#include "status.h"
#include "token.h"

#define PASSWORD_DIGITS	20

static void
print(const struct ctl *ctl, const struct status *s, const char *owner)
{
	cJSON *root;

	if (!ctl->json) {
		printf("Poller:  %s\n", *owner == '\0' ? "none works"
		    : "works");
		printf("Tokens:  %lld, %lld of them active\n",
		    (long long)s->tokens, (long long)s->active_tokens);
		printf("Tasks:   %lld queued, %lld processing, %lld completed,"
		    " %lld failed, %lld cancelled\n", (long long)s->queued,
		    (long long)s->processing, (long long)s->completed,
		    (long long)s->failed, (long long)s->cancelled);
		return;
	}
	root = cJSON_CreateObject();
	json_add_bool(root, "poller", *owner != '\0');
	json_add_int(root, "tokens", s->tokens);
	json_add_int(root, "active_tokens", s->active_tokens);
	json_add_int(root, "queued", s->queued);
	json_add_int(root, "processing", s->processing);
	json_add_int(root, "completed", s->completed);
	json_add_int(root, "failed", s->failed);
	json_add_int(root, "cancelled", s->cancelled);
	ctl_print_json(root);
}

int
ctl_status(const struct ctl *ctl, int argc, char **argv UNUSED)
{
	struct arena *a = arena_new();
	struct store *st = NULL;
	struct site site = { 0 };
	struct status s;
	const char *owner;
	struct error e;
	int status = CTL_FAILED;

	if (argc != 0) {
		status = ctl_usage("status");
		goto out;
	}
	if (!ctl_open(ctl, &site, &st))
		goto out;
	if (status_load(st, &s, &e) != ERR_OK ||
	    lease_owner(st, "poller", a, &owner, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	print(ctl, &s, owner);
	status = CTL_OK;
out:
	ctl_close(&site, st);
	arena_free(a);
	return status;
}

int
ctl_admin(const struct ctl *ctl, int argc, char **argv)
{
	struct store *st = NULL;
	struct site site = { 0 };
	char password[PASSWORD_DIGITS + 1];
	struct error e;
	int status = CTL_FAILED;

	if (argc != 1 || strcmp(argv[0], "reset-password") != 0)
		return ctl_usage("admin reset-password");
	if (!ctl_open(ctl, &site, &st))
		goto out;
	id_hex(password, PASSWORD_DIGITS);
	if (settings_set_password(st, password, NULL, &e) != ERR_OK) {
		status = ctl_fail(&e);
		goto out;
	}
	status = CTL_OK;
	if (ctl->json)
		printf("{\"admin_password\":\"%s\"}\n", password);
	else
		printf("Admin password: %s\nIt is shown this once only; every "
		    "session has ended.\n", password);
out:
	ctl_close(&site, st);
	return status;
}
