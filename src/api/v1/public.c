/* SPDX-License-Identifier: MIT */
/* public.c: profiles, posts, search, the feed, and longer prompts. */
#include <string.h>

#include "field.h"
#include "public.h"
#include "token_store.h"

#define MAX_NAME	100
#define MAX_CURSOR	4096
#define MAX_PROMPT	32000
#define MAX_STRING	4096
#define PAGE		8
#define SEARCH_PAGE	10

static bool
is_one_of(const char *value, const char *const *accepted)
{
	for (; *accepted != NULL; accepted++)
		if (strcmp(value, *accepted) == 0)
			return true;
	return false;
}

/*
 * GET /v1/profiles/{username}: a user of the upstream. 400 token_id, username; 404; 502,
 * 503, 504 of the upstream.
 */
enum err
handle_profile(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l = { .name = rq->param[0] };
	int64_t token_id;
	enum err rc;

	if ((rc = query_segment(l.name, "username", MAX_NAME, e)) != ERR_OK ||
	    (rc = query_token_id(rq, &token_id, e)) != ERR_OK)
		return rc;
	return public_answer(rq, rs, CALL_PROFILE, &l, token_id, e);
}

/*
 * GET /v1/users/{user_id}/feed: posts of a user. 400 token_id, limit, user_id; 404; 502,
 * 503, 504 of the upstream.
 */
enum err
handle_user_feed(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l = { .name = rq->param[0], .limit = PAGE };
	int64_t token_id;
	enum err rc;

	if ((rc = query_segment(l.name, "user_id", MAX_NAME, e)) != ERR_OK ||
	    (rc = query_limit(rq, &l.limit, e)) != ERR_OK ||
	    (rc = query_string(rq, "cursor", MAX_CURSOR, &l.cursor, e))
	    != ERR_OK ||
	    (rc = query_token_id(rq, &token_id, e)) != ERR_OK)
		return rc;
	return public_answer(rq, rs, CALL_USER_FEED, &l, token_id, e);
}

static enum err
check_intent(const char *intent, struct error *e)
{
	static const char *const intents[] = { "users", "cameo", NULL };

	return is_one_of(intent, intents) ? ERR_OK : error_set(e,
	    ERR_INVALID_VALUE, "intent",
	    "Invalid intent. Must be 'users' or 'cameo'");
}

/*
 * GET /v1/characters/search: users or characters. 400 username, intent, limit; 502, 503,
 * 504 of the upstream.
 */
enum err
handle_character_search(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l = { .intent = "users", .limit = SEARCH_PAGE };
	int64_t token_id;
	enum err rc;

	if ((rc = query_required(rq, "username", MAX_NAME, &l.name, e))
	    != ERR_OK ||
	    (rc = query_string(rq, "intent", MAX_STRING, &l.intent, e))
	    != ERR_OK ||
	    (rc = check_intent(l.intent, e)) != ERR_OK ||
	    (rc = query_limit(rq, &l.limit, e)) != ERR_OK ||
	    (rc = query_token_id(rq, &token_id, e)) != ERR_OK)
		return rc;
	return public_answer(rq, rs, CALL_SEARCH, &l, token_id, e);
}

static enum err
check_cut(const char *cut, struct error *e)
{
	static const char *const cuts[] = { "nf2_latest", "nf2_top", NULL };

	return is_one_of(cut, cuts) ? ERR_OK : error_set(e,
	    ERR_INVALID_VALUE, "cut",
	    "Invalid cut. Must be 'nf2_latest' or 'nf2_top'");
}

/* GET /v1/feed: the public feed. 400 cut, limit; 502, 503, 504 of the upstream. */
enum err
handle_feed(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l = { .limit = PAGE, .cut = "nf2_latest" };
	int64_t token_id;
	enum err rc;

	if ((rc = query_limit(rq, &l.limit, e)) != ERR_OK ||
	    (rc = query_string(rq, "cut", MAX_STRING, &l.cut, e)) != ERR_OK ||
	    (rc = check_cut(l.cut, e)) != ERR_OK ||
	    (rc = query_string(rq, "cursor", MAX_CURSOR, &l.cursor, e))
	    != ERR_OK ||
	    (rc = query_token_id(rq, &token_id, e)) != ERR_OK)
		return rc;
	return public_answer(rq, rs, CALL_FEED, &l, token_id, e);
}

struct enhance_body {
	const char	*prompt;
	const char	*expansion_level;
	int64_t		 duration_s;	/* 0: not given */
};

static const char *const levels[] = { "short", "medium", "long", NULL };

static const struct field enhance_fields[] = {
	{ "prompt", FIELD_STRING, true, 1, MAX_PROMPT,
	    offsetof(struct enhance_body, prompt), NULL, false },
	{ "expansion_level", FIELD_STRING, false, 0, MAX_STRING,
	    offsetof(struct enhance_body, expansion_level), levels, true },
	{ "duration_s", FIELD_INTEGER, false, 10, 15,
	    offsetof(struct enhance_body, duration_s), NULL, false },
};

static enum err
read_enhance(struct req *rq, struct lookup *l, struct error *e)
{
	struct enhance_body body = { .expansion_level = "medium" };
	enum err rc;

	if ((rc = api_read(rq, enhance_fields, NELEM(enhance_fields), &body,
	    e)) != ERR_OK)
		return rc;
	if (body.duration_s > 10 && body.duration_s < 15)
		return error_set(e, ERR_INVALID_VALUE, "duration_s",
		    "'duration_s' must be 10 or 15");
	*l = (struct lookup){ .prompt = body.prompt,
	    .expansion_level = body.expansion_level,
	    .duration_s = (int)body.duration_s };
	return ERR_OK;
}

/*
 * POST /v1/enhance_prompt: a longer prompt. 400 a field; 502, 503, 504 of the upstream.
 */
enum err
handle_enhance_prompt(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l;
	int64_t token_id;
	enum err rc;

	if ((rc = read_enhance(rq, &l, e)) != ERR_OK ||
	    (rc = query_token_id(rq, &token_id, e)) != ERR_OK)
		return rc;
	return public_answer(rq, rs, CALL_ENHANCE, &l, token_id, e);
}

/* GET /v1/invite-codes: an invite code that is not used up, or success false. */
enum err
handle_invite_code(struct req *rq, struct resp *rs, struct error *e)
{
	struct token t;
	bool found;
	cJSON *root;
	enum err rc;

	if ((rc = token_pick_inviting(api_of(rq)->store, rq->arena, &t, &found,
	    e)) != ERR_OK)
		return rc;
	root = cJSON_CreateObject();
	json_add_bool(root, "success", found);
	if (found) {
		json_add_string(root, "invite_code", t.sora2_invite_code);
		json_add_int(root, "remaining_count",
		    t.sora2_total_count - t.sora2_redeemed_count);
		json_add_int(root, "total_count", t.sora2_total_count);
		json_add_string(root, "email", t.email);
	} else {
		json_add_string(root, "message",
		    "No available invite codes with remaining quota");
	}
	resp_json(rs, 200, root);
	return ERR_OK;
}
