/* SPDX-License-Identifier: MIT */
/* status.c: sora2apictl status and stats. */
#include "status.h"

#include <stdio.h>

#include "ctl.h"
#include "json.h"
#include "lease.h"

static void
print_status(const struct ctl *ctl, const struct status *s, bool poller)
{
	cJSON *root;

	if (!ctl->json) {
		printf("Poller:  %s\n", poller ? "running" : "not running");
		printf("Tokens:  %lld, %lld of them active\n",
		    (long long)s->tokens, (long long)s->active_tokens);
		printf("Tasks:   %lld queued, %lld processing, %lld completed,"
		    " %lld failed, %lld cancelled\n", (long long)s->queued,
		    (long long)s->processing, (long long)s->completed,
		    (long long)s->failed, (long long)s->cancelled);
		return;
	}
	root = cJSON_CreateObject();
	json_add_bool(root, "poller", poller);
	json_add_int(root, "tokens", s->tokens);
	json_add_int(root, "active_tokens", s->active_tokens);
	json_add_int(root, "queued", s->queued);
	json_add_int(root, "processing", s->processing);
	json_add_int(root, "completed", s->completed);
	json_add_int(root, "failed", s->failed);
	json_add_int(root, "cancelled", s->cancelled);
	ctl_print_json(root);
}

enum err
ctl_status(struct ctl *ctl, struct error *e)
{
	struct status s = { 0 };
	const char *owner;
	enum err rc;

	if ((rc = status_load(ctl->st, &s, e)) == ERR_OK &&
	    (rc = lease_owner(ctl->st, "poller", ctl->arena, &owner, e))
	    == ERR_OK)
		print_status(ctl, &s, *owner != '\0');
	return rc;
}

static void
print_stats(const struct ctl *ctl, const struct totals *t)
{
	cJSON *root;

	if (!ctl->json) {
		printf("%-8s%10s%10s\n", "", "all", "today");
		printf("%-8s%10lld%10lld\n", "Videos", (long long)t->videos,
		    (long long)t->today_videos);
		printf("%-8s%10lld%10lld\n", "Images", (long long)t->images,
		    (long long)t->today_images);
		printf("%-8s%10lld%10lld\n", "Errors", (long long)t->errors,
		    (long long)t->today_errors);
		printf("%-8s%10lld\n%-8s%10lld\n", "Tokens",
		    (long long)t->tokens, "Active",
		    (long long)t->active_tokens);
		return;
	}
	root = cJSON_CreateObject();
	json_add_int(root, "videos", t->videos);
	json_add_int(root, "images", t->images);
	json_add_int(root, "errors", t->errors);
	json_add_int(root, "today_videos", t->today_videos);
	json_add_int(root, "today_images", t->today_images);
	json_add_int(root, "today_errors", t->today_errors);
	json_add_int(root, "tokens", t->tokens);
	json_add_int(root, "active_tokens", t->active_tokens);
	ctl_print_json(root);
}

enum err
ctl_stats(struct ctl *ctl, struct error *e)
{
	struct totals totals = { 0 };
	enum err rc;

	if ((rc = totals_load(ctl->st, &totals, e)) == ERR_OK)
		print_stats(ctl, &totals);
	return rc;
}
