/* SPDX-License-Identifier: MIT */
/* character_task.c: characters and the tasks that make them, or mention them. */
#include "arena.h"
#include "character_row.h"
#include "character_store.h"
#include "clock.h"
#include "prompt.h"
#include "query.h"
#include "store_impl.h"

#define MOST_DELETED	64

/* ---- of a task ---- */

static enum err
begin(struct store *st, const struct task *t, const char *cameo_id,
    struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_BEGIN);

	query_int(&q, 1, t->row);
	query_text(&q, 2, cameo_id);
	query_int(&q, 3, t->token_id);
	query_int(&q, 4, t->kind != TASK_CHARACTER);
	query_int(&q, 5, clock_now());
	return query_run(&q, e);
}

enum err
character_apply(struct store *st, const struct task *t,
    const struct cameo_change *c, struct error *e)
{
	struct query q;
	enum err rc;

	if (c->cameo_id != NULL &&
	    (rc = begin(st, t, c->cameo_id, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_CHARACTER_APPLY);
	query_int(&q, 1, t->row);
	query_text(&q, 2, c->username_hint);
	query_text(&q, 3, c->username);
	query_int(&q, 4, c->name_tries);
	query_text(&q, 5, c->display_name);
	query_text(&q, 6, c->profile_url);
	query_text(&q, 7, c->instruction_set);
	query_text(&q, 8, c->safety_instruction_set);
	query_text(&q, 9, c->asset_pointer);
	query_text(&q, 10, c->character_id);
	query_int(&q, 11, c->finalized);
	query_int(&q, 12, c->shown);
	query_int(&q, 13, clock_now());
	return query_run(&q, e);
}

static struct character *
from_row(struct query *q, struct arena *a)
{
	struct character *c = arena_alloc(a, sizeof(*c));

	character_from_row(q, a, c);
	c->temporary = query_get_int(q) != 0;
	c->username_hint = query_get_text(q, a);
	c->name_tries = (int)query_get_int(q);
	c->asset_pointer = query_get_text(q, a);
	return c;
}

enum err
character_load_of_task(struct store *st, struct task *t, struct arena *a,
    struct error *e)
{
	struct query q;

	t->character = NULL;
	if (t->character_options == NULL)
		return ERR_OK;
	q = query(st, SQL_CHARACTER_OF_TASK);
	query_int(&q, 1, t->row);
	if (query_next(&q))
		t->character = from_row(&q, a);
	return query_end(&q, e);
}

/* ---- mentions ---- */

static enum err
bind(struct store *st, const char *name, const char *param, int64_t *token_id,
    struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_BOUND);

	query_text(&q, 1, name);
	while (query_next(&q)) {
		int64_t id = query_get_int(&q);

		if (*token_id != 0 && *token_id != id)
			query_fail(&q, ERR_INVALID_VALUE, param,
			    "the prompt mentions private characters of "
			    "different accounts");
		*token_id = id;
	}
	return query_end(&q, e);
}

enum err
character_bound_token(struct store *st, const char *prompt,
    const char *param, struct arena *a, int64_t *token_id, struct error *e)
{
	const char **names;
	size_t n = prompt_mentions(prompt, a, &names);
	enum err rc = ERR_OK;

	*token_id = 0;
	for (size_t i = 0; i < n && rc == ERR_OK; i++)
		rc = bind(st, names[i], param, token_id, e);
	return rc;
}

/* ---- those that do not stay ---- */

enum err
character_to_delete(struct store *st, int64_t now_ms, struct arena *a,
    struct character **out, size_t *n, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_TO_DELETE);

	*out = arena_array(a, MOST_DELETED, sizeof(**out));
	*n = 0;
	query_int(&q, 1, now_ms);
	query_int(&q, 2, MOST_DELETED);
	while (*n < MOST_DELETED && query_next(&q)) {
		struct character *c = &(*out)[(*n)++];

		character_from_row(&q, a, c);
		c->delete_tries = (int)query_get_int(&q);
	}
	return query_end(&q, e);
}

enum err
character_deleted(struct store *st, int64_t id, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_DELETED);

	query_int(&q, 1, id);
	query_int(&q, 2, clock_now());
	return query_run(&q, e);
}

enum err
character_delete_again(struct store *st, int64_t id, int64_t due_ms,
    struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_AGAIN);

	query_int(&q, 1, id);
	query_int(&q, 2, due_ms);
	return query_run(&q, e);
}

enum err
character_unwanted(struct store *st, int64_t task, const char *character_id,
    struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_UNWANTED);

	query_int(&q, 1, task);
	query_text(&q, 2, character_id);
	query_int(&q, 3, clock_now());
	return query_run(&q, e);
}
