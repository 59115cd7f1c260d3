/* SPDX-License-Identifier: MIT */
/* character.c: characters made from videos. */
#include "character_store.h"

#include <string.h>

#include "arena.h"
#include "character_row.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"

void
character_from_row(struct query *q, struct arena *a, struct character *c)
{
	*c = (struct character){ .id = query_get_int(q) };
	c->cameo_id = query_get_text(q, a);
	c->character_id = query_get_text(q, a);
	c->token_id = query_get_int(q);
	c->username = query_get_text(q, a);
	c->display_name = query_get_text(q, a);
	c->profile_url = query_get_text(q, a);
	c->instruction_set = query_get_text(q, a);
	c->safety_instruction_set = query_get_text(q, a);
	c->visibility = query_get_text(q, a);
	c->status = query_get_text(q, a);
	c->created_at = query_get_int(q);
	c->updated_at = query_get_int(q);
}

enum err
character_list(struct store *st, int64_t token_id, struct arena *a,
    struct character **out, size_t *n, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_LIST);

	*out = NULL;
	*n = 0;
	query_int(&q, 1, token_id);
	while (query_next(&q)) {
		*out = arena_grow(a, *out, *n, sizeof(**out));
		character_from_row(&q, a, &(*out)[(*n)++]);
	}
	return query_end(&q, e);
}

enum err
character_load(struct store *st, const char *cameo_id, struct arena *a,
    struct character *out, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_LOAD);

	query_text(&q, 1, cameo_id);
	if (query_next(&q))
		character_from_row(&q, a, out);
	else
		query_fail(&q, ERR_NOT_FOUND, NULL, "Character not found");
	return query_end(&q, e);
}

enum err
character_add(struct store *st, struct character *c, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_ADD);
	enum err rc;

	c->created_at = c->updated_at = clock_now();
	query_text(&q, 1, c->cameo_id);
	query_text(&q, 2, c->character_id);
	query_int(&q, 3, c->token_id);
	query_text(&q, 4, c->username);
	query_text(&q, 5, c->display_name);
	query_text(&q, 6, c->profile_url);
	query_text(&q, 7, c->instruction_set);
	query_text(&q, 8, c->safety_instruction_set);
	query_text(&q, 9, c->visibility);
	query_text(&q, 10, c->status);
	query_int(&q, 11, c->created_at);
	if ((rc = query_new_id(&q, &c->id, e)) == ERR_OK && c->id == 0)
		return error_set(e, ERR_CONFLICT, NULL,
		    "This character is stored already");
	return rc;
}

static enum err
must_change(struct query *q, struct error *e)
{
	enum err rc = query_run(q, e);

	if (rc == ERR_OK && query_changes(q) == 0)
		rc = error_set(e, ERR_NOT_FOUND, NULL, "Character not found");
	return rc;
}

enum err
character_change(struct store *st, const char *cameo_id,
    const char *instruction_set, const char *safety_instruction_set,
    const char *visibility, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_CHANGE);

	query_text(&q, 1, cameo_id);
	query_text(&q, 2, instruction_set);
	query_text(&q, 3, safety_instruction_set);
	query_text(&q, 4, visibility);
	query_int(&q, 5, clock_now());
	return must_change(&q, e);
}

enum err
character_delete(struct store *st, const char *cameo_id, struct error *e)
{
	struct query q = query(st, SQL_CHARACTER_DELETE);

	query_text(&q, 1, cameo_id);
	return must_change(&q, e);
}
