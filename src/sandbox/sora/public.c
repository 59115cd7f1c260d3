/* SPDX-License-Identifier: MIT */
/* public.c: profiles, posts, search and the feed; and longer prompts. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "accounts.h"
#include "arena.h"
#include "attr.h"
#include "cameos.h"
#include "http.h"
#include "json.h"
#include "number.h"
#include "people.h"
#include "posts.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"

#define PAGE		8
#define SEARCH_PAGE	10
#define PAGE_MAX	100

/* ---- pages ---- */

/* A whole number up to `max` behind `text`; false when it is none. */
static bool
read_number(const char *text, int max, int *out)
{
	int64_t n;

	if (!number_read(text, 0, max, &n))
		return false;
	*out = (int)n;
	return true;
}

static int
limit_of(const struct req *rq, int fallback)
{
	const char *text = req_query(rq, "limit");
	int n;

	return text != NULL && read_number(text, PAGE_MAX, &n) && n > 0 ? n
	    : fallback;
}

/* A cursor says how many items went before: "c8". */
static enum err
read_cursor(const struct req *rq, int *out, struct error *e)
{
	const char *text = req_query(rq, "cursor");

	*out = 0;
	if (text == NULL || *text == '\0')
		return ERR_OK;
	if (text[0] == 'c' && read_number(text + 1, 1000000, out))
		return ERR_OK;
	return refuse(e, "invalid_request");
}

/* Answers with a page of `all`, which is deleted. */
static void
answer_page(const struct req *rq, struct resp *rs, cJSON *all, int start)
{
	int limit = limit_of(rq, PAGE), n = 0;
	cJSON *json = cJSON_CreateObject();
	cJSON *items = cJSON_AddArrayToObject(json, "items");

	while (start-- > 0 && cJSON_GetArraySize(all) > 0) {
		cJSON_DeleteItemFromArray(all, 0);
		n++;
	}
	for (int i = 0; i < limit && cJSON_GetArraySize(all) > 0; i++) {
		cJSON_AddItemToArray(items, cJSON_DetachItemFromArray(all, 0));
		n++;
	}
	json_add_string(json, "cursor", cJSON_GetArraySize(all) == 0 ? NULL
	    : arena_printf(rq->arena, "c%d", n));
	cJSON_Delete(all);
	resp_json(rs, 200, json);
}

/* ---- who is meant ---- */

enum key { BY_ID, BY_USERNAME };

static const struct person *
find_person(const char *value, enum key key)
{
	const struct person *p;

	for (size_t i = 0; (p = person_at(i)) != NULL; i++)
		if (strcasecmp(key == BY_ID ? p->user_id : p->username, value)
		    == 0)
			return p;
	return NULL;
}

static const struct account *
find_account(const struct sandbox *sb, const char *value, enum key key)
{
	for (size_t i = 0; i < sb->n_accounts; i++) {
		const struct account *ac = sb->accounts[i];
		const char *have = key == BY_ID ? ac->user_id : ac->username;

		if (ac->known && have != NULL && strcasecmp(have, value) == 0)
			return ac;
	}
	return NULL;
}

enum err
handle_sandbox_profile(struct req *rq, struct resp *rs, struct error *e)
{
	struct sandbox *sb = visit_get(rq)->sb;
	const struct account *ac;
	const struct person *p;
	const struct cameo *c;
	cJSON *json = NULL;

	sandbox_lock(sb);
	if ((ac = find_account(sb, rq->param[0], BY_USERNAME)) != NULL)
		json = person_of_account(sb, rq, ac);
	else if ((p = find_person(rq->param[0], BY_USERNAME)) != NULL)
		json = person_profile(sb, rq, p);
	else if ((c = cameo_named(sb, rq->param[0])) != NULL &&
	    cameo_is_seen(c, visit_get(rq)->account))
		json = cameo_profile(sb, rq, c);
	sandbox_unlock(sb);
	if (json == NULL)
		return refuse(e, "not_found");
	resp_json(rs, 200, json);
	return ERR_OK;
}

enum err
handle_sandbox_profile_feed(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *id = rq->param[0];
	const struct account *ac = v->account;
	const struct person *p = NULL;
	cJSON *all = cJSON_CreateArray();
	int start;
	enum err rc;

	sandbox_lock(v->sb);
	if (strcmp(id, "me") != 0 &&
	    (ac = find_account(v->sb, id, BY_ID)) == NULL)
		p = find_person(id, BY_ID);
	if (ac != NULL)
		posts_add(all, v->sb, rq, ac, v->account);
	else if (p != NULL)
		people_add_posts(all, v->sb, rq, p);
	sandbox_unlock(v->sb);
	rc = ac == NULL && p == NULL ? refuse(e, "not_found")
	    : read_cursor(rq, &start, e);
	if (rc == ERR_OK)
		answer_page(rq, rs, all, start);
	else
		cJSON_Delete(all);
	return rc;
}

/* ---- the feed ---- */

enum err
handle_sandbox_feed(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const char *cut = req_query(rq, "cut");
	bool top = cut != NULL && strcmp(cut, "nf2_top") == 0;
	cJSON *all;
	int start;
	enum err rc;

	if (cut != NULL && strncmp(cut, "nf2", 3) != 0)
		return refuse(e, "invalid_request");
	if ((rc = read_cursor(rq, &start, e)) != ERR_OK)
		return rc;
	all = cJSON_CreateArray();
	sandbox_lock(v->sb);
	if (top)	/* what accounts post, nobody likes */
		people_add_posts(all, v->sb, rq, NULL);
	posts_add(all, v->sb, rq, NULL, v->account);
	if (!top)
		people_add_posts(all, v->sb, rq, NULL);
	sandbox_unlock(v->sb);
	answer_page(rq, rs, all, start);
	return ERR_OK;
}

/* ---- search ---- */

static bool
fits(const char *username, const char *part)
{
	return username != NULL && strcasestr(username, part) != NULL;
}

/* `profile` is taken. */
static void
add_mention(cJSON *items, const struct req *rq, cJSON *profile)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddItemToObject(item, "profile", profile);
	json_add_string(item, "token", arena_printf(rq->arena, "<@%s>",
	    json_string(profile, "user_id")));
	cJSON_AddItemToArray(items, item);
}

static void
search(const struct sandbox *sb, const struct req *rq, const char *part,
    bool cameo, cJSON *items)
{
	int limit = limit_of(rq, SEARCH_PAGE);
	const struct person *p;

	for (size_t i = 0; (p = person_at(i)) != NULL; i++)
		if (cJSON_GetArraySize(items) < limit &&
		    fits(p->username, part) && (!cameo || p->can_cameo))
			add_mention(items, rq, person_profile(sb, rq, p));
	for (size_t i = 0; i < sb->n_accounts; i++) {
		const struct account *ac = sb->accounts[i];

		if (cJSON_GetArraySize(items) < limit && ac->known &&
		    fits(ac->username, part))
			add_mention(items, rq, person_of_account(sb, rq, ac));
	}
}

enum err
handle_sandbox_search(struct req *rq, struct resp *rs, struct error *e)
{
	struct sandbox *sb = visit_get(rq)->sb;
	const char *part = req_query(rq, "username");
	const char *intent = req_query(rq, "intent");
	cJSON *json;

	if (part == NULL || intent == NULL ||
	    (strcmp(intent, "users") != 0 && strcmp(intent, "cameo") != 0))
		return refuse(e, "invalid_request");
	json = cJSON_CreateObject();
	sandbox_lock(sb);
	search(sb, rq, part, strcmp(intent, "cameo") == 0,
	    cJSON_AddArrayToObject(json, "items"));
	sandbox_unlock(sb);
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* ---- prompts ---- */

/* What belongs to the level; NULL when there is no such level. */
static const char *
enhancement(const char *level)
{
	static const struct {
		const char	*level;
		const char	*text;
	} rows[] = {
		{ "short", "SETTING: early morning" },
		{ "medium", "SETTING: early morning\nCAMERA: slow pan" },
		{ "long", "SETTING: early morning\nCAMERA: slow pan\n"
		    "LIGHT: soft\nSOUND: wind" },
	};

	for (size_t i = 0; level != NULL && i < NELEM(rows); i++)
		if (strcmp(rows[i].level, level) == 0)
			return rows[i].text;
	return NULL;
}

static cJSON *
enhanced(const struct req *rq, const cJSON *body)
{
	const char *prompt = json_string(body, "prompt");
	const char *text = enhancement(json_string(body, "expansion_level"));
	double seconds = json_number(body, "duration_s", 0);
	cJSON *json;

	if (prompt == NULL || *prompt == '\0' || text == NULL)
		return NULL;
	json = cJSON_CreateObject();
	json_add_string(json, "enhanced_prompt", seconds <= 0 ?
	    arena_printf(rq->arena, "PRIMARY: %s\n%s", prompt, text) :
	    arena_printf(rq->arena, "PRIMARY: %s\n%s\nLENGTH: %.0f s", prompt,
	    text, seconds));
	return json;
}

enum err
handle_sandbox_enhance(struct req *rq, struct resp *rs, struct error *e)
{
	cJSON *body = NULL, *json;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	json = enhanced(rq, body);
	cJSON_Delete(body);
	if (json == NULL)
		return refuse(e, "invalid_request");
	resp_json(rs, 200, json);
	return ERR_OK;
}
