/* SPDX-License-Identifier: MIT */
/* public_read.c: public data in the form in which clients get it. */
#include <string.h>

#include "arena.h"
#include "sora.h"

#define FRAMES_PER_SECOND	30.0

enum kind { TEXT = 1, NUMBER = 2, FLAG = 4 };	/* a bit set */

struct member {			/* null when upstream has it not, or of another kind */
	const char	*name;
	unsigned	 kinds;
};

static const struct member profile_members[] = {
	{ "user_id", TEXT }, { "username", TEXT }, { "display_name", TEXT },
	{ "profile_picture_url", TEXT }, { "follower_count", NUMBER },
	{ "verified", FLAG },
};
static const struct member result_members[] = {
	{ "user_id", TEXT }, { "username", TEXT }, { "display_name", TEXT },
	{ "profile_picture_url", TEXT }, { "permalink", TEXT },
	{ "can_cameo", FLAG }, { "verified", FLAG },
	{ "follower_count", NUMBER },
};
static const struct member owner_members[] = {
	{ "user_id", TEXT }, { "username", TEXT }, { "display_name", TEXT },
};
static const struct member post_members[] = {
	{ "id", TEXT }, { "text", TEXT }, { "permalink", TEXT },
	{ "preview_image_url", TEXT }, { "posted_at", TEXT | NUMBER },
	{ "like_count", NUMBER }, { "view_count", NUMBER },
	{ "remix_count", NUMBER },
};
static const struct member attachment_members[] = {
	{ "kind", TEXT }, { "url", TEXT }, { "downloadable_url", TEXT },
	{ "width", NUMBER }, { "height", NUMBER }, { "n_frames", NUMBER },
};
static const struct member author_members[] = {
	{ "user_id", TEXT }, { "username", TEXT }, { "display_name", TEXT },
	{ "profile_picture_url", TEXT }, { "verified", FLAG },
	{ "follower_count", NUMBER },
};
static const struct member task_members[] = {
	{ "id", TEXT }, { "status", TEXT }, { "prompt", TEXT },
};

/* ---- making objects ---- */

static cJSON *
copy(const cJSON *item)
{
	return item != NULL ? cJSON_Duplicate(item, true) : cJSON_CreateNull();
}

static bool
is_kind(const cJSON *item, unsigned kinds)
{
	return ((kinds & TEXT) != 0 && cJSON_IsString(item)) ||
	    ((kinds & NUMBER) != 0 && cJSON_IsNumber(item)) ||
	    ((kinds & FLAG) != 0 && cJSON_IsBool(item));
}

/* These members, and no others, of `from`. */
static cJSON *
pick(const cJSON *from, const struct member *members, size_t n)
{
	cJSON *to = cJSON_CreateObject();

	for (size_t i = 0; i < n; i++) {
		const cJSON *item = json_get(from, members[i].name);

		json_add_item(to, members[i].name,
		    copy(is_kind(item, members[i].kinds) ? item : NULL));
	}
	return to;
}

static bool
has(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

/* The whole object, in which these members are there in any case. */
static cJSON *
pass(const cJSON *from, const struct member *members, size_t n)
{
	cJSON *to = copy(from);

	for (size_t i = 0; i < n; i++)
		if (!has(to, members[i].name))
			json_add_item(to, members[i].name, cJSON_CreateNull());
	return to;
}

/* In place of what upstream has under that name. */
static void
replace(cJSON *object, const char *key, cJSON *item)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, key);
	json_add_item(object, key, item);
}

static cJSON *
text_or_null(const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);

	return copy(cJSON_IsString(item) ? item : NULL);
}

static cJSON *
begin_answer(void)
{
	cJSON *root = cJSON_CreateObject();

	json_add_bool(root, "success", true);
	return root;
}

/* The arena's, from here on. */
static void
own(void *json)
{
	cJSON_Delete(json);
}

static bool
answer(const struct sora_answer *ans, cJSON *root, struct outcome *out)
{
	arena_own(ans->a, root, own);
	out->json = root;
	return true;
}

/* ---- profiles ---- */

static bool
read_profile(const struct sora_answer *ans, struct outcome *out)
{
	cJSON *root;

	if (!cJSON_IsObject(ans->json) ||
	    (json_string(ans->json, "user_id") == NULL &&
	    json_string(ans->json, "username") == NULL))
		return false;
	root = begin_answer();
	json_add_item(root, "profile", pass(ans->json, profile_members,
	    NELEM(profile_members)));
	return answer(ans, root, out);
}

static bool
read_posts(const struct sora_answer *ans, struct outcome *out)
{
	cJSON *root, *feed;

	if (!cJSON_IsArray(json_get(ans->json, "items")))
		return false;
	root = begin_answer();
	if (ans->in->call == CALL_PROFILE_FEED)
		json_add_int(root, "token_id", ans->in->token->id);
	else
		json_add_string(root, "user_id", ans->in->lookup->name);
	feed = copy(ans->json);
	replace(feed, "cursor", text_or_null(ans->json, "cursor"));
	json_add_item(root, "feed", feed);
	return answer(ans, root, out);
}

static cJSON *
search_result(const cJSON *item)
{
	const cJSON *profile = json_get(item, "profile");
	const cJSON *owner = json_get(profile, "owner_profile");
	cJSON *result = pick(profile, result_members, NELEM(result_members));

	json_add_item(result, "token", text_or_null(item, "token"));
	json_add_item(result, "owner", cJSON_IsObject(owner) ?
	    pick(owner, owner_members, NELEM(owner_members)) : copy(NULL));
	return result;
}

/* Nothing found is an empty list, however upstream says it. */
static bool
read_search(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *items = json_get(ans->json, "items"), *item;
	cJSON *root, *results;

	if (ans->r->status == 404)
		items = NULL;
	else if (!cJSON_IsObject(ans->json) ||
	    (items != NULL && !cJSON_IsArray(items)) ||
	    json_get(ans->json, "error") != NULL)
		return false;
	results = cJSON_CreateArray();
	cJSON_ArrayForEach(item, items)
		if (cJSON_IsObject(json_get(item, "profile")))
			json_append_item(results, search_result(item));
	root = begin_answer();
	json_add_string(root, "query", ans->in->lookup->name);
	json_add_int(root, "count", cJSON_GetArraySize(results));
	json_add_item(root, "results", results);
	return answer(ans, root, out);
}

/* ---- the feed ---- */

static bool
is_link(const char *s)
{
	return s != NULL && (strncmp(s, "https://", 8) == 0 ||
	    strncmp(s, "http://", 7) == 0);
}

/* It is under one of two names. */
static const char *
thumbnail_of(const cJSON *attachment)
{
	const cJSON *o = json_get(json_get(attachment, "encodings"),
	    "thumbnail");
	const char *url = json_string(o, "url");

	if (is_link(url))
		return url;
	url = json_string(o, "path");
	return is_link(url) ? url : NULL;
}

static cJSON *
feed_attachment(const cJSON *post)
{
	const cJSON *from = cJSON_GetArrayItem(json_get(post, "attachments"),
	    0);
	const cJSON *frames = json_get(from, "n_frames");
	cJSON *to;

	if (!cJSON_IsObject(from))
		return copy(NULL);
	to = pick(from, attachment_members, NELEM(attachment_members));
	json_add_item(to, "duration_seconds", cJSON_IsNumber(frames) ?
	    cJSON_CreateNumber(frames->valuedouble / FRAMES_PER_SECOND)
	    : copy(NULL));
	json_add_string(to, "thumbnail_url", thumbnail_of(from));
	return to;
}

static cJSON *
feed_item(const cJSON *item)
{
	const cJSON *post = json_get(item, "post");
	cJSON *to = pick(post, post_members, NELEM(post_members));

	json_add_item(to, "attachment", feed_attachment(post));
	json_add_item(to, "author", pick(json_get(item, "profile"), author_members,
	    NELEM(author_members)));
	return to;
}

static bool
read_feed(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *from = json_get(ans->json, "items"), *item;
	cJSON *root, *items;

	if (!cJSON_IsArray(from))
		return false;
	items = cJSON_CreateArray();
	cJSON_ArrayForEach(item, from)
		if (cJSON_IsObject(json_get(item, "post")))
			json_append_item(items, feed_item(item));
	root = begin_answer();
	json_add_string(root, "cut", ans->in->lookup->cut);
	json_add_int(root, "count", cJSON_GetArraySize(items));
	json_add_item(root, "cursor", text_or_null(ans->json, "cursor"));
	json_add_item(root, "items", items);
	return answer(ans, root, out);
}

/* ---- prompts ---- */

static bool
read_enhance(const struct sora_answer *ans, struct outcome *out)
{
	cJSON *root;

	if (!cJSON_IsObject(ans->json) || json_get(ans->json, "error") != NULL)
		return false;
	root = copy(ans->json);
	replace(root, "enhanced_prompt",
	    text_or_null(ans->json, "enhanced_prompt"));
	return answer(ans, root, out);
}

/* ---- tasks ---- */

/* Upstream writes it as a fraction, or beyond 1 in per cent. */
static cJSON *
fraction(const cJSON *task)
{
	double n = sora_member_number(task, "progress_pct", 0, 100, -1);

	if (n < 0)
		return cJSON_CreateNull();
	return cJSON_CreateNumber(n > 1 ? n / 100 : n);
}

static cJSON *
pass_task(const cJSON *task)
{
	cJSON *to = pass(task, task_members, NELEM(task_members));

	replace(to, "progress_pct", fraction(task));
	return to;
}

static bool
read_one_task(const struct sora_answer *ans, const cJSON *list,
    struct outcome *out)
{
	const cJSON *task, *generations;
	const char *id;
	cJSON *root, *to;

	cJSON_ArrayForEach(task, list)
		if ((id = json_string(task, "id")) != NULL &&
		    strcmp(id, ans->in->lookup->task_id) == 0)
			break;
	if (task == NULL) {
		out->verdict = VERDICT_FAIL;
		out->cause = ERR_TASK_NOT_FOUND;
		out->message = "Task not found or already completed";
		out->log = "the list of unfinished tasks does not have it";
		return true;
	}
	root = begin_answer();
	to = pass_task(task);
	if (!has(to, "title"))
		json_add_item(to, "title", cJSON_CreateNull());
	generations = json_get(task, "generations");
	replace(to, "generations", cJSON_IsArray(generations) ?
	    copy(generations) : cJSON_CreateArray());
	json_add_item(root, "task", to);
	return answer(ans, root, out);
}

static bool
read_tasks(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *list = sora_task_list(ans->json), *task;
	cJSON *root, *tasks;

	if (list == NULL)
		return false;
	if (ans->in->lookup->task_id != NULL)
		return read_one_task(ans, list, out);
	tasks = cJSON_CreateArray();
	cJSON_ArrayForEach(task, list)
		if (cJSON_IsObject(task))
			json_append_item(tasks, pass_task(task));
	root = begin_answer();
	json_add_int(root, "token_id", ans->in->token->id);
	json_add_int(root, "count", cJSON_GetArraySize(tasks));
	json_add_item(root, "tasks", tasks);
	return answer(ans, root, out);
}

bool
sora_public_read(const struct sora_answer *ans, struct outcome *out)
{
	static bool (*const readers[])(const struct sora_answer *,
	    struct outcome *) = {
		[CALL_PROFILE] = read_profile,
		[CALL_USER_FEED] = read_posts,
		[CALL_PROFILE_FEED] = read_posts,
		[CALL_SEARCH] = read_search,
		[CALL_FEED] = read_feed,
		[CALL_ENHANCE] = read_enhance,
		[CALL_TASKS] = read_tasks,
	};
	enum call call = ans->in->call;
	long status = ans->r->status;

	if (call == CALL_SEARCH && status == 404)
		return read_search(ans, out);
	if (ans->json == NULL || status < 200 || status > 299)
		return false;
	return readers[call](ans, out);
}

/* ---- failures ---- */

void
sora_public_failed(const struct sora_answer *ans, struct outcome *out)
{
	if (ans->r->transport != TRANSPORT_OK)
		out->cause = ans->r->timed_out ? ERR_GENERATION_TIMEOUT
		    : ERR_UPSTREAM;
	else if (ans->r->status == 404)
		out->cause = ERR_NOT_FOUND;
	else if (ans->r->status == 429 && !out->challenge)
		out->cause = ERR_RATE_LIMIT;
	else
		out->cause = ERR_UPSTREAM;
}
