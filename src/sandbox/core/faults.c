/* SPDX-License-Identifier: MIT */
/* faults.c: the list of faults to come. */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json.h"
#include "refusal.h"
#include "routes.h"
#include "state.h"
#include "xalloc.h"

struct fault {
	char			*endpoint;	/* NULL: any */
	char			*account;	/* NULL: any */
	char			*path;		/* NULL: any */
	char			*body;
	char			*type;
	struct aftermath	 after;		/* body and type unused */
	long			 skip;		/* calls to let pass first */
	long			 left;		/* -1: without end */
	struct fault		*next;
};

static void
fault_free(struct fault *f)
{
	free(f->endpoint);
	free(f->account);
	free(f->path);
	free(f->body);
	free(f->type);
	free(f);
}

void
faults_clear(struct sandbox *sb)
{
	struct fault *next;

	for (struct fault *f = sb->faults; f != NULL; f = next) {
		next = f->next;
		fault_free(f);
	}
	sb->faults = NULL;
}

bool
aftermath_answers(const struct aftermath *after)
{
	return after->refusal != NULL || after->body != NULL;
}

static enum err
check_json(const cJSON *json, struct error *e)
{
	const char *endpoint = json_string(json, "endpoint");
	const char *name = json_string(json, "fault");
	double status = json_number(json, "status", 200);

	if (endpoint != NULL && !route_named(endpoint))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "endpoint: there is no %.64s", endpoint);
	if (name != NULL && refusal_find(name) == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "fault: there is no %.64s", name);
	if (status < 200 || status > 599)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "status: not between 200 and 599");
	if (json_number(json, "count", 1) < 1 ||
	    json_number(json, "skip", 0) < 0)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "count and skip: not below 1 and 0");
	if (name == NULL && json_string(json, "body") == NULL &&
	    json_number(json, "delay_ms", 0) <= 0)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "one of fault, body and delay_ms is needed");
	return ERR_OK;
}

enum err
fault_add(struct sandbox *sb, const cJSON *json, struct error *e)
{
	struct fault *f, **end = &sb->faults;
	enum err rc;

	if ((rc = check_json(json, e)) != ERR_OK)
		return rc;
	f = xcalloc(1, sizeof(*f));
	f->endpoint = xstrdup(json_string(json, "endpoint"));
	f->account = xstrdup(json_string(json, "account"));
	f->path = xstrdup(json_string(json, "path"));
	f->body = xstrdup(json_string(json, "body"));
	f->type = xstrdup(json_string(json, "type"));
	f->after.refusal = refusal_find(json_string(json, "fault"));
	f->after.status = (int)json_number(json, "status", 0);
	f->after.delay_ms = (int64_t)json_number(json, "delay_ms", 0);
	f->after.retry_after = (int)json_number(json, "retry_after", 0);
	f->after.retry_date = json_bool(json, "retry_date");
	f->after.read = (int64_t)json_number(json, "read", 0);
	f->after.after_work = json_bool(json, "after_work");
	f->skip = (long)json_number(json, "skip", 0);
	f->left = (long)json_number(json, "count", -1);
	while (*end != NULL)
		end = &(*end)->next;
	*end = f;
	return ERR_OK;
}

static bool
matches(const char *wanted, const char *have)
{
	return wanted == NULL || (have != NULL && strcmp(wanted, have) == 0);
}

/* Where the first fault hangs that fits and has let enough calls pass; or NULL. */
static struct fault **
find_due(struct sandbox *sb, const char *endpoint, const char *account,
    const char *path)
{
	for (struct fault **at = &sb->faults; *at != NULL; at = &(*at)->next) {
		struct fault *f = *at;

		if (!matches(f->endpoint, endpoint) ||
		    !matches(f->account, account) || !matches(f->path, path))
			continue;
		if (f->skip == 0)
			return at;
		f->skip--;
	}
	return NULL;
}

struct aftermath
fault_take(struct sandbox *sb, const char *endpoint, const char *account,
    const char *path, struct arena *a)
{
	struct fault **at = find_due(sb, endpoint, account, path), *f;
	struct aftermath after;

	if (at == NULL)
		return (struct aftermath){ 0 };
	f = *at;
	after = f->after;
	after.body = arena_strdup(a, f->body);
	after.type = arena_strdup(a, f->type);
	if (f->left > 0 && --f->left == 0) {
		*at = f->next;
		fault_free(f);
	}
	return after;
}

cJSON *
faults_json(const struct sandbox *sb)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct fault *f = sb->faults; f != NULL; f = f->next) {
		cJSON *json = cJSON_CreateObject();

		json_add_string(json, "endpoint", f->endpoint);
		json_add_string(json, "account", f->account);
		json_add_string(json, "path", f->path);
		json_add_string(json, "fault", f->after.refusal == NULL ?
		    NULL : f->after.refusal->name);
		json_add_int(json, "delay_ms", f->after.delay_ms);
		json_add_bool(json, "after_work", f->after.after_work);
		json_add_int(json, "skip", f->skip);
		json_add_int(json, "left", f->left);
		cJSON_AddItemToArray(list, json);
	}
	return list;
}
