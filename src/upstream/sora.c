/* sora.c: the provider "sora": which answer is read by whom. */
#include "sora.h"

#include <string.h>

#include "arena.h"

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
	if (ans->r->transport != TRANSPORT_OK)
		return false;
	if (sora_is_account_call(ans->in->call))
		return sora_account_read(ans, out);
	if (ans->json == NULL || ans->r->status < 200 || ans->r->status > 299)
		return false;
	switch (ans->in->call) {
	case CALL_UPLOAD:
		return read_upload(ans, out);
	case CALL_CREATE:
		return read_create(ans, out);
	case CALL_PENDING:
		return sora_read_pending(ans, out);
	case CALL_DRAFTS:
		return sora_read_drafts(ans, out);
	case CALL_DRAFT:
		return sora_read_draft(ans, out);
	case CALL_QUOTA:
		return sora_read_quota(ans, out);
	case CALL_ME:
	case CALL_SUBSCRIPTION:
	case CALL_INVITE_MINE:
	case CALL_BOOTSTRAP:
	case CALL_INVITE_ACCEPT:
	case CALL_USERNAME_CHECK:
	case CALL_USERNAME_SET:
	case CALL_SESSION:
	case CALL_OAUTH:
		break;
	}
	return false;
}

static void
sora_parse(const struct call_input *in, const struct call_response *r,
    int attempt, int64_t now, struct arena *a, struct outcome *out)
{
	struct sora_answer ans = { .in = in, .r = r, .attempt = attempt,
	    .now = now, .a = a };
	struct error ignored;		/* what is no JSON is an answer too */

	*out = (struct outcome){ 0 };
	if (r->transport == TRANSPORT_OK &&
	    json_parse(r->body, r->body_len, &ans.json, &ignored) != ERR_OK)
		ans.json = NULL;
	if (!read_answer(&ans, out))
		sora_classify(&ans, out);	/* forgets what was half read */
	cJSON_Delete(ans.json);
}

static const char *
upstream_prompt(const struct task *t, struct arena *a)
{
	bool storyboard;

	return sora_prompt(t, a, &storyboard);
}

const struct provider provider_sora = {
	.name = "sora",
	.build = sora_build,
	.parse = sora_parse,
	.upstream_prompt = upstream_prompt,
};
