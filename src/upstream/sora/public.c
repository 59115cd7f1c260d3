/* SPDX-License-Identifier: MIT */
/* public.c: the requests for public data. */
#include <assert.h>
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"
#include "upstream/client/link.h"

#define TIMEOUT_MOST	30	/* s: somebody waits for these calls */
#define OWN_CUT		"nf2"	/* what a profile shows first */

static enum err
no_name(struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, NULL, "not a usable name");
}

/* "&cursor=..." when there is one. */
static const char *
cursor_of(const struct call_input *in, struct arena *a)
{
	const char *cursor = in->lookup->cursor;

	return cursor == NULL ? "" :
	    arena_printf(a, "&cursor=%s", link_escape(cursor, a));
}

static enum err
build_profile(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *name = sora_segment(in->lookup->name, a);

	if (name == NULL)
		return no_name(e);
	sora_set_get(in, a, rq,
	    arena_printf(a, "/project_y/profile/username/%s", name));
	return ERR_OK;
}

static enum err
build_posts(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const char *user = in->call == CALL_PROFILE_FEED ? "me"
	    : sora_segment(in->lookup->name, a);

	if (user == NULL)
		return no_name(e);
	sora_set_get(in, a, rq, arena_printf(a,
	    "/project_y/profile_feed/%s?limit=%d&cut=" OWN_CUT "%s", user,
	    in->lookup->limit, cursor_of(in, a)));
	return ERR_OK;
}

static enum err
build_search(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct lookup *l = in->lookup;

	if (l->name == NULL)
		return no_name(e);
	sora_set_get(in, a, rq, arena_printf(a,
	    "/project_y/profile/search_mentions?username=%s&intent=%s&limit=%d",
	    link_escape(l->name, a), link_escape(l->intent, a), l->limit));
	return ERR_OK;
}

static enum err
build_feed(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	sora_set_get(in, a, rq, arena_printf(a,
	    "/project_y/feed?limit=%d&cut=%s%s", in->lookup->limit,
	    link_escape(in->lookup->cut, a), cursor_of(in, a)));
	return ERR_OK;
}

static enum err
build_enhance(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	const struct lookup *l = in->lookup;
	cJSON *body = cJSON_CreateObject();

	json_add_string(body, "prompt", l->prompt);
	json_add_string(body, "expansion_level", l->expansion_level);
	if (l->duration_s > 0)
		json_add_int(body, "duration_s", l->duration_s);
	sora_set_post(in, a, rq, "/editor/enhance_prompt", body);
	return ERR_OK;
}

static enum err
build_tasks(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e UNUSED)
{
	sora_set_get(in, a, rq,
	    in->old_paths ? "/nf/pending" : "/nf/pending/v2");
	return ERR_OK;
}

enum err
sora_build_public(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	static enum err (*const builders[])(const struct call_input *,
	    struct arena *, struct call_request *, struct error *) = {
		[CALL_PROFILE] = build_profile,
		[CALL_USER_FEED] = build_posts,
		[CALL_PROFILE_FEED] = build_posts,
		[CALL_SEARCH] = build_search,
		[CALL_FEED] = build_feed,
		[CALL_ENHANCE] = build_enhance,
		[CALL_TASKS] = build_tasks,
	};
	enum err rc;

	assert(call_facet(in->call) == FACET_PUBLIC);
	rc = builders[in->call](in, a, rq, e);
	if (rq->timeout > TIMEOUT_MOST)
		rq->timeout = TIMEOUT_MOST;
	return rc;
}
