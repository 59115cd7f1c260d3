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

static bool
read_answer(const struct sora_answer *ans, struct outcome *out)
{
	static const struct {
		bool	(*read)(const struct sora_answer *, struct outcome *);
		bool	 any;	/* judges status and body itself */
	} readers[] = {
		[CALL_UPLOAD] = { read_upload, false },
		[CALL_CREATE] = { read_create, false },
		[CALL_PENDING] = { sora_read_pending, false },
		[CALL_DRAFTS] = { sora_read_drafts, false },
		[CALL_DRAFT] = { sora_read_draft, false },
		[CALL_QUOTA] = { sora_read_quota, false },
		[CALL_PUBLISH] = { sora_read_post, true },
		[CALL_UNPUBLISH] = { sora_read_post, true },
		[CALL_RECENT] = { sora_read_recent, false },
		[CALL_CAMEO_UPLOAD] = { read_upload, false },
		[CALL_CAMEO_STATUS] = { sora_read_cameo_status, false },
		[CALL_ASSET_UPLOAD] = { sora_read_asset, false },
		[CALL_CAMEO_FINALIZE] = { sora_read_finalize, false },
		[CALL_CHARACTER_DELETE] = { sora_read_character_delete, true },
	};
	enum call call = ans->in->call;

	if (ans->r->transport != TRANSPORT_OK)
		return false;
	if (sora_is_account_call(call))
		return sora_account_read(ans, out);
	if (sora_is_public_call(call))
		return sora_public_read(ans, out);
	if (call >= NELEM(readers) || readers[call].read == NULL)
		return false;
	if (!readers[call].any && (ans->json == NULL ||
	    ans->r->status < 200 || ans->r->status > 299))
		return false;
	return readers[call].read(ans, out);
}

static void
sora_parse(const struct call_input *in, const struct call_response *r,
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

const struct provider provider_sora = {
	.name = "sora",
	.uploads = true,
	.publishes = true,
	.has_quota = true,
	.bans = true,
	.build = sora_build,
	.parse = sora_parse,
	.upstream_prompt = upstream_prompt,
};
