/* SPDX-License-Identifier: MIT */
/* people.c: some who are always there. */
#include "people.h"

#include <string.h>

#include "accounts.h"
#include "arena.h"
#include "attr.h"
#include "http.h"
#include "json.h"

#define FIRST_POSTED	1774690012.75	/* Unix time of the newest */

static const struct person people[] = {
	{ "user-SandboxLinaRivers0000001", "lina.rivers", "Lina Rivers", 12,
	    false, true, -1 },
	{ "user-SandboxOttoLake000000002", "otto.lake", "Otto Lake", 340,
	    true, false, -1 },
	{ "ch_5a4d0b0c000000000000000000000003", "harbour.cat417",
	    "Harbour Cat", 0, false, true, 0 },
};

static const char *const texts[] = {
	"night harbour", "a kite over the dunes", "rain on a tin roof",
	"the last tram",
};

const struct person *
person_at(size_t i)
{
	return i < NELEM(people) ? &people[i] : NULL;
}

static void
add_counts(cJSON *json, bool verified, bool can_cameo, int followers)
{
	json_add_string(json, "description", NULL);
	json_add_bool(json, "verified", verified);
	json_add_bool(json, "can_cameo", can_cameo);
	json_add_string(json, "plan_type", NULL);
	json_add_int(json, "follower_count", followers);
	json_add_int(json, "following_count", 3);
	json_add_int(json, "reply_count", 0);
	json_add_int(json, "character_count", 0);
}

static void
add_owner(cJSON *json, const struct person *owner)
{
	cJSON *inner;

	if (owner == NULL) {
		json_add_string(json, "owner_profile", NULL);
		return;
	}
	inner = cJSON_AddObjectToObject(json, "owner_profile");
	json_add_string(inner, "user_id", owner->user_id);
	json_add_string(inner, "username", owner->username);
	json_add_string(inner, "display_name", owner->name);
}

cJSON *
person_profile(const struct sandbox *sb, const struct req *rq,
    const struct person *p)
{
	const char *base = sandbox_base(sb, rq);
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "user_id", p->user_id);
	json_add_string(json, "username", p->username);
	json_add_string(json, "display_name", p->name);
	json_add_string(json, "permalink", arena_printf(rq->arena,
	    "%s/profile/%s", base, p->username));
	json_add_string(json, "profile_picture_url", arena_printf(rq->arena,
	    "%s/az/files/%s.webp", base, p->user_id));
	add_counts(json, p->verified, p->can_cameo, p->followers);
	add_owner(json, p->owner < 0 ? NULL : &people[p->owner]);
	return json;
}

cJSON *
person_of_account(const struct sandbox *sb, const struct req *rq,
    const struct account *ac)
{
	cJSON *json = account_profile(sb, rq, ac);

	json_add_string(json, "profile_picture_url", NULL);
	add_counts(json, false, true, 0);
	add_owner(json, NULL);
	return json;
}

/* ---- posts ---- */

static const char *
post_id(const struct req *rq, unsigned i)
{
	return arena_printf(rq->arena, "s_5a4d0b0c%024x", i + 1);
}

static cJSON *
attachment_json(const struct sandbox *sb, const struct req *rq, unsigned i)
{
	const char *raw = arena_printf(rq->arena, "%s/az/files/sandbox-%u",
	    sandbox_base(sb, rq), i + 1);
	cJSON *json = cJSON_CreateObject(), *inner;

	json_add_string(json, "id", arena_printf(rq->arena,
	    "%s-attachment-0", post_id(rq, i)));
	json_add_string(json, "kind", "sora");
	json_add_string(json, "url", raw);
	json_add_string(json, "downloadable_url", raw);
	json_add_int(json, "width", 640);
	json_add_int(json, "height", 352);
	json_add_int(json, "n_frames", i % 2 == 0 ? 300 : 450);
	inner = cJSON_AddObjectToObject(json, "encodings");
	inner = cJSON_AddObjectToObject(inner, "thumbnail");
	json_add_string(inner, i % 2 == 0 ? "url" : "path",
	    arena_printf(rq->arena, "%s-thumbnail", raw));
	return json;
}

/* They take turns; characters do not post. */
static const struct person *
poster(unsigned i)
{
	return &people[i % 2];
}

static cJSON *
post_json(const struct sandbox *sb, const struct req *rq, unsigned i)
{
	const char *id = post_id(rq, i);
	cJSON *item = cJSON_CreateObject();
	cJSON *json = cJSON_AddObjectToObject(item, "post"), *list;

	json_add_string(json, "id", id);
	json_add_string(json, "text", texts[i % NELEM(texts)]);
	json_add_string(json, "permalink", arena_printf(rq->arena, "%s/p/%s",
	    sandbox_base(sb, rq), id));
	json_add_string(json, "preview_image_url", arena_printf(rq->arena,
	    "%s/az/files/sandbox-%u-preview", sandbox_base(sb, rq), i + 1));
	cJSON_AddNumberToObject(json, "posted_at", FIRST_POSTED - 60.0 * i);
	json_add_int(json, "like_count", (int)(100 - i));
	json_add_int(json, "view_count", (int)(1000 - i));
	json_add_int(json, "remix_count", (int)i);
	json_add_bool(json, "user_liked", false);
	list = cJSON_AddArrayToObject(json, "attachments");
	cJSON_AddItemToArray(list, attachment_json(sb, rq, i));
	cJSON_AddItemToObject(item, "profile",
	    person_profile(sb, rq, poster(i)));
	json_add_string(item, "reposter_profile", NULL);
	return item;
}

void
people_add_posts(cJSON *list, const struct sandbox *sb, const struct req *rq,
    const struct person *of)
{
	for (unsigned i = 0; i < PEOPLE_POSTS; i++)
		if (of == NULL || poster(i) == of)
			cJSON_AddItemToArray(list, post_json(sb, rq, i));
}

cJSON *
person_post(const struct sandbox *sb, const struct req *rq, const char *id)
{
	for (unsigned i = 0; i < PEOPLE_POSTS; i++)
		if (strcmp(post_id(rq, i), id) == 0)
			return post_json(sb, rq, i);
	return NULL;
}
