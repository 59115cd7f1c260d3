/* SPDX-License-Identifier: MIT */
/* asked.c: the rows of callers, found by all that they consist of. */
#include "asked.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "cookies.h"
#include "json.h"
#include "xalloc.h"

#define MAX_ROWS	4096

enum {
	ENDPOINT, ACCOUNT, CREDENTIAL, USER_AGENT, COOKIES, ADDRESS, VIA,
	N_FIELDS
};

static const char *const names[N_FIELDS] = { "endpoint", "account",
	"credential", "user_agent", "cookies", "address", "via" };

struct asked {
	char		*field[N_FIELDS];	/* NULL where there was none */
	long		 calls;
	struct asked	*next;
};

static int
by_fields(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *s = x->field[i] != NULL ? x->field[i] : "";
		const char *t = y->field[i] != NULL ? y->field[i] : "";
		int order = strcmp(s, t);

		if (order != 0)
			return order;
	}
	return 0;
}

static struct asked *
asked_add(struct sandbox *sb, const struct asked *wanted)
{
	struct asked *row;

	if (sb->n_asked >= MAX_ROWS)
		return NULL;
	row = xcalloc(1, sizeof(*row));
	for (size_t i = 0; i < N_FIELDS; i++)
		row->field[i] = xstrdup(wanted->field[i]);
	row->next = sb->asked;
	sb->asked = row;
	sb->n_asked++;
	xmade(tsearch(row, &sb->asked_index, by_fields));
	return row;
}

void
asked_note(struct sandbox *sb, const struct req *rq, const char *account,
    const char *credential)
{
	const char *have[N_FIELDS] = {
		[ENDPOINT] = rq->route->operation,
		[ACCOUNT] = account,
		[CREDENTIAL] = credential[0] != '\0' ? credential : NULL,
		[USER_AGENT] = req_header(rq, "User-Agent"),
		[COOKIES] = cookie_names(req_header(rq, "Cookie"), rq->arena),
		[ADDRESS] = req_variable(rq, "REMOTE_ADDR"),
		[VIA] = req_header(rq, "Via"),
	};
	struct asked wanted = { .calls = 0 }, *row, **found;

	for (size_t i = 0; i < N_FIELDS; i++)
		wanted.field[i] = arena_strdup(rq->arena, have[i]);
	found = tfind(&wanted, &sb->asked_index, by_fields);
	row = found != NULL ? *found : asked_add(sb, &wanted);
	if (row != NULL)
		row->calls++;
}

static bool
matches(const char *wanted, const char *have)
{
	return wanted == NULL || (have != NULL && strcmp(wanted, have) == 0);
}

cJSON *
asked_json(const struct sandbox *sb, const char *endpoint, const char *account)
{
	cJSON *json = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(json, "asked");

	for (const struct asked *r = sb->asked; r != NULL; r = r->next) {
		cJSON *row;

		if (!matches(endpoint, r->field[ENDPOINT]) ||
		    !matches(account, r->field[ACCOUNT]))
			continue;
		row = cJSON_CreateObject();
		for (size_t i = 0; i < N_FIELDS; i++)
			json_add_string(row, names[i], r->field[i]);
		json_add_int(row, "calls", r->calls);
		cJSON_InsertItemInArray(list, 0, row);
	}
	return json;
}

static void
asked_free(void *object)
{
	struct asked *row = object;

	for (size_t i = 0; i < N_FIELDS; i++)
		free(row->field[i]);
	free(row);
}

void
asked_clear(struct sandbox *sb)
{
	tdestroy(sb->asked_index, asked_free);
	sb->asked_index = NULL;
	sb->asked = NULL;
	sb->n_asked = 0;
}
