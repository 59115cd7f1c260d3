/* SPDX-License-Identifier: MIT */
/* task.c: sora2apictl task list, show, cancel, retry. */
#include "task_store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "ctl.h"
#include "ctl_options.h"
#include "field.h"
#include "json.h"

#define LIMIT		20
#define MAX_LIMIT	10000

/* The prompt is the client's: it is shown by "task show" alone. */
static cJSON *
short_json(const struct task *t, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();

	json_add_string(root, "id", t->task_id);
	json_add_string(root, "status", task_status_name(t->status));
	json_add_string(root, "step", task_step_name(t->step));
	json_add_int(root, "progress", (int64_t)t->progress);
	json_add_string(root, "operation", t->operation);
	json_add_string(root, "model", t->model);
	json_add_int(root, "token_id", t->token_id);
	json_add_string(root, "created_at", clock_format(a, t->created_at));
	json_add_string(root, "completed_at", clock_format(a,
	    t->completed_at));
	json_add_string(root, "error_code", t->error_code);
	return root;
}

static cJSON *
full_json(const struct task *t, struct arena *a)
{
	cJSON *root = short_json(t, a);

	json_add_string(root, "error_message", t->error_message);
	json_add_string(root, "prompt", t->prompt);
	json_add_string(root, "size", t->size);
	json_add_int(root, "seconds", t->seconds);
	json_add_string(root, "style_id", t->style_id);
	json_add_string(root, "remixed_from", t->remixed_from);
	json_add_bool(root, "is_async", t->is_async);
	json_add_int(root, "references", (int64_t)t->n_media +
	    (t->clip != NULL ? 1 : 0));
	json_add_string(root, "request_id", t->request_id);
	json_add_string(root, "upstream_id", t->upstream_id);
	json_add_string(root, "generation_id", t->generation_id);
	json_add_string(root, "result_file", t->result_file);
	json_add_string(root, "started_at", clock_format(a, t->started_at));
	json_add_string(root, "submitted_at", clock_format(a,
	    t->submitted_at));
	return root;
}

static void
print_rows(const struct task_page *page, struct arena *a)
{
	printf("%-28s %-10s %5s %6s  %-19s  %s\n", "id", "status", "done",
	    "token", "created (UTC)", "operation");
	for (size_t i = 0; i < page->n; i++) {
		const struct task *t = &page->tasks[i];

		printf("%-28s %-10s %3d %% %6lld  %-19s  %s%s%s\n",
		    t->task_id, task_status_name(t->status),
		    (int)t->progress, (long long)t->token_id,
		    clock_format(a, t->created_at), t->operation,
		    t->error_code != NULL ? ": " : "",
		    t->error_code != NULL ? t->error_code : "");
	}
}

static enum err
read_list_options(const struct ctl *ctl, int *limit, struct error *e)
{
	const char *status = ctl->option[LIST_STATUS];
	int64_t value = LIMIT;

	if (ctl->option[LIST_LIMIT] != NULL &&
	    (!field_parse_int(ctl->option[LIST_LIMIT], &value) || value < 1 ||
	    value > MAX_LIMIT))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--limit must be 1 to %d", MAX_LIMIT);
	*limit = (int)value;
	for (int s = TASK_QUEUED; status != NULL; s++) {
		if (s > TASK_CANCELLED)
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "--status must be queued, processing, completed, "
			    "failed or cancelled");
		if (strcmp(status, task_status_name((enum task_status)s)) == 0)
			break;
	}
	return ERR_OK;
}

enum err
ctl_task_list(struct ctl *ctl, struct error *e)
{
	struct arena *a = ctl->arena;
	struct task_page page;
	int limit = LIMIT;
	cJSON *root;
	enum err rc;

	if ((rc = read_list_options(ctl, &limit, e)) != ERR_OK ||
	    (rc = task_recent(ctl->st, ctl->option[LIST_STATUS], limit, a,
	    &page, e)) != ERR_OK)
		return rc;
	if (!ctl->json) {
		print_rows(&page, a);
		return ERR_OK;
	}
	root = cJSON_CreateArray();
	for (size_t i = 0; i < page.n; i++)
		cJSON_AddItemToArray(root, short_json(&page.tasks[i], a));
	ctl_print_json(root);
	return ERR_OK;
}

/* "name: value" for each member that says something. */
static void
print_members(cJSON *root)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, root) {
		if (cJSON_IsString(item))
			printf("%-14s %s\n", item->string, item->valuestring);
		else if (cJSON_IsNumber(item))
			printf("%-14s %.0f\n", item->string,
			    item->valuedouble);
		else if (cJSON_IsBool(item))
			printf("%-14s %s\n", item->string,
			    cJSON_IsTrue(item) ? "yes" : "no");
	}
	cJSON_Delete(root);
}

static enum err
load(struct ctl *ctl, struct task *t, struct error *e)
{
	enum err rc;

	if ((rc = task_load(ctl->st, ctl->argv[0], ctl->arena, t, e))
	    != ERR_OK)
		return rc;
	return task_load_media(ctl->st, t, ctl->arena, e);
}

enum err
ctl_task_show(struct ctl *ctl, struct error *e)
{
	struct task t;
	enum err rc;

	if ((rc = load(ctl, &t, e)) != ERR_OK)
		return rc;
	if (ctl->json)
		ctl_print_json(full_json(&t, ctl->arena));
	else
		print_members(full_json(&t, ctl->arena));
	return ERR_OK;
}

/* `retry_of` NULL: the task itself was changed. */
static void
report(const struct ctl *ctl, const char *id, const char *retry_of)
{
	cJSON *root;

	if (!ctl->json && retry_of == NULL) {
		printf("Task %s cancelled\n", id);
		return;
	}
	if (!ctl->json) {
		printf("Task %s resubmitted as %s\n", retry_of, id);
		return;
	}
	root = cJSON_CreateObject();
	json_add_string(root, "id", id);
	if (retry_of != NULL)
		json_add_string(root, "retry_of", retry_of);
	ctl_print_json(root);
}

enum err
ctl_task_cancel(struct ctl *ctl, struct error *e)
{
	bool cancelled;
	struct task t;
	enum err rc;

	if ((rc = load(ctl, &t, e)) != ERR_OK ||
	    (rc = task_cancel(ctl->st, t.row, false,
	    "Cancelled by the administrator", &cancelled, e)) != ERR_OK)
		return rc;
	if (!cancelled)
		return error_set(e, ERR_CONFLICT, NULL, "task %s is %s: there "
		    "is nothing to cancel", t.task_id,
		    task_status_name(t.status));
	report(ctl, t.task_id, NULL);
	return ERR_OK;
}

static bool
is_gone(const struct ctl *ctl, const struct task_media *m)
{
	return access(arena_printf(ctl->arena, "%s/%s", ctl->site.spool_dir,
	    m->file), R_OK) != 0;
}

/* The poller removes the references of a task that has ended, in time. */
static enum err
check_references(const struct ctl *ctl, const struct task *t,
    struct error *e)
{
	bool gone = t->clip != NULL && is_gone(ctl, t->clip);

	for (size_t i = 0; i < t->n_media; i++)
		gone = gone || is_gone(ctl, &t->media[i]);
	return !gone ? ERR_OK : error_set(e, ERR_CONFLICT, NULL, "the image or "
	    "video that task %s was given is gone; the client has to send it "
	    "again", t->task_id);
}

enum err
ctl_task_retry(struct ctl *ctl, struct error *e)
{
	const char *id;
	struct task t;
	enum err rc;

	if ((rc = load(ctl, &t, e)) != ERR_OK ||
	    (rc = check_references(ctl, &t, e)) != ERR_OK ||
	    (rc = task_retry(ctl->st, t.task_id,
	    ctl->option[RETRY_FORCE] != NULL, ctl->arena, &id, e)) != ERR_OK)
		return rc;
	report(ctl, id, t.task_id);
	return ERR_OK;
}
