/* SPDX-License-Identifier: MIT */
/* sora.c: the provider "sora": which answer is read by whom. */
#include "sora.h"

#include <string.h>

#include "arena.h"
#include "upstream/client/answer_json.h"

static bool
read_upload(const struct sora_answer *ans, struct outcome *out)
{
	out->id = sora_member_id(ans->a, ans->json, "id");
	return out->id != NULL;
}

static bool
read_create(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *task = cJSON_IsArray(ans->json) ?
	    cJSON_GetArrayItem(ans->json, 0) : ans->json;

	out->id = sora_member_id(ans->a, task, "id");
	if (out->id == NULL)
		out->id = sora_member_id(ans->a, task, "task_id");
	if (out->id == NULL)
		return false;
	out->token.accepted = true;
	sora_balance(ans, out);
	return true;
}

/* ---- the facets ---- */

typedef bool read_fn(const struct sora_answer *ans, struct outcome *out);

struct call_row {
	sora_build_fn	*build;
	read_fn		*read;
	bool		 any;	/* judges status and body itself */
};

static const struct call_row job_calls[CALL__MAX] = {
	[CALL_UPLOAD] = { sora_build_upload, read_upload, false },
	[CALL_CREATE] = { sora_build_create, read_create, false },
	[CALL_PENDING] = { sora_build_pending, sora_read_pending, false },
	[CALL_DRAFTS] = { sora_build_drafts, sora_read_drafts, false },
	[CALL_DRAFT] = { sora_build_draft, sora_read_draft, false },
	[CALL_RECENT] = { sora_build_recent, sora_read_recent, false },
	[CALL_QUOTA] = { sora_build_quota, sora_read_quota, false },
	[CALL_PUBLISH] = { sora_build_post, sora_read_post, true },
	[CALL_UNPUBLISH] = { sora_build_post, sora_read_post, true },
};
static const struct call_row character_calls[CALL__MAX] = {
	[CALL_CAMEO_UPLOAD] = { sora_build_making, read_upload, false },
	[CALL_CAMEO_STATUS] = { sora_build_making, sora_read_cameo_status,
	    false },
	[CALL_ASSET_UPLOAD] = { sora_build_making, sora_read_asset, false },
	[CALL_CAMEO_FINALIZE] = { sora_build_making, sora_read_finalize,
	    false },
	[CALL_CHARACTER_DELETE] = { sora_build_making,
	    sora_read_character_delete, true },
};
static const struct call_row account_calls = { sora_account_build,
    sora_account_read, true };
static const struct call_row public_calls = { sora_build_public,
    sora_public_read, true };

static const struct call_row *
row_of(enum call call)
{
	switch (call_facet(call)) {
	case FACET_ACCOUNT:
		return &account_calls;
	case FACET_CHARACTER:
		return &character_calls[call];
	case FACET_PUBLIC:
		return &public_calls;
	case FACET_JOB:
	case FACET__MAX:
		break;
	}
	return &job_calls[call];
}

static enum err
build(const struct call_input *in, struct arena *a, struct call_request *out,
    struct error *e)
{
	return sora_build(row_of(in->call)->build, in, a, out, e);
}

static bool
read_answer(const struct sora_answer *ans, struct outcome *out)
{
	const struct call_row *row = row_of(ans->in->call);

	if (ans->r->transport != TRANSPORT_OK || row->read == NULL)
		return false;
	if (!row->any && (ans->json == NULL ||
	    ans->r->status < 200 || ans->r->status > 299))
		return false;
	return row->read(ans, out);
}

static void
parse(const struct call_input *in, const struct call_response *r,
    int attempt, int64_t now, struct arena *a, struct outcome *out)
{
	struct sora_answer ans = { .in = in, .r = r, .attempt = attempt,
	    .now = now, .a = a };

	*out = (struct outcome){ 0 };
	if (r->transport == TRANSPORT_OK)	/* what is no JSON is an answer too */
		ans.json = answer_json(r->body, r->body_len);
	if (!read_answer(&ans, out))
		sora_classify(&ans, out);	/* forgets what was half read */
	cJSON_Delete(ans.json);
}

static const char *
upstream_prompt(const struct task *t, struct arena *a)
{
	bool storyboard;

	if (t->kind == TASK_IMAGE)
		return t->prompt;
	return sora_prompt(t, a, &storyboard);
}

static const struct facet calls = { build, parse };

const struct provider provider_sora = {
	.facts = {
		.name = "sora",
		.catalogue = true,
		.publishes = true,
		.has_quota = true,
	},
	.facets = {
		[FACET_JOB] = &calls, [FACET_ACCOUNT] = &calls,
		[FACET_CHARACTER] = &calls, [FACET_PUBLIC] = &calls,
	},
	.upstream_prompt = upstream_prompt,
};
