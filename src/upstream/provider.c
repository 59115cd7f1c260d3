/* provider.c: the providers there are. */
#include "provider.h"

#include <assert.h>
#include <string.h>

#include "attr.h"

static const struct provider *const providers[] = {
	&provider_sora,
	&provider_openai,
};

const struct provider *
provider_find(const char *name)
{
	for (size_t i = 0; i < NELEM(providers); i++)
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	return NULL;
}

const char *
call_name(enum call call)
{
	static const char *const names[CALL__MAX] = {
		[CALL_UPLOAD] = "upload",
		[CALL_CREATE] = "create",
		[CALL_PENDING] = "pending",
		[CALL_DRAFTS] = "drafts",
		[CALL_DRAFT] = "draft",
		[CALL_QUOTA] = "quota",
		[CALL_PUBLISH] = "publish",
		[CALL_UNPUBLISH] = "unpublish",
		[CALL_ME] = "me",
		[CALL_SUBSCRIPTION] = "subscription",
		[CALL_INVITE_MINE] = "invite_mine",
		[CALL_BOOTSTRAP] = "bootstrap",
		[CALL_INVITE_ACCEPT] = "invite_accept",
		[CALL_USERNAME_CHECK] = "username_check",
		[CALL_USERNAME_SET] = "username_set",
		[CALL_CAMEO_UPDATE] = "cameo_update",
		[CALL_SESSION] = "session",
		[CALL_OAUTH] = "oauth",
		[CALL_RECENT] = "recent",
		[CALL_CAMEO_UPLOAD] = "cameo_upload",
		[CALL_CAMEO_STATUS] = "cameo_status",
		[CALL_ASSET_UPLOAD] = "asset_upload",
		[CALL_CAMEO_FINALIZE] = "cameo_finalize",
		[CALL_CHARACTER_DELETE] = "character_delete",
		[CALL_PROFILE] = "profile",
		[CALL_USER_FEED] = "user_feed",
		[CALL_PROFILE_FEED] = "profile_feed",
		[CALL_SEARCH] = "search",
		[CALL_FEED] = "feed",
		[CALL_ENHANCE] = "enhance",
		[CALL_TASKS] = "tasks",
		[CALL_JOB] = "job",
		[CALL_JOBS] = "jobs",
		[CALL_CONTENT] = "content",
		[CALL_DELETE] = "delete",
	};

	assert(call < CALL__MAX && names[call] != NULL);
	return names[call];
}

void
outcome_unsendable(struct outcome *out)
{
	out->verdict = VERDICT_FAIL;
	out->local = true;
	out->message = "A file of the task could not be read here";
}

#define RETRY_AFTER	60	/* s, when the upstream did not say */

static const char *
cause_text(enum err cause)
{
	if (cause == ERR_NOT_FOUND)
		return "Not found";
	if (cause == ERR_RATE_LIMIT)
		return "The upstream takes no more requests for now";
	return cause == ERR_GENERATION_TIMEOUT ? "Upstream timeout"
	    : "The upstream failed";
}

enum err
outcome_error(const struct outcome *out, int64_t now, struct error *e)
{
	int64_t wait = out->token.cooled_until - now;
	enum err code = out->cause != ERR_OK ? out->cause : ERR_UPSTREAM;

	error_set(e, code, NULL, "%s", out->message != NULL ? out->message
	    : cause_text(code));
	if (code == ERR_RATE_LIMIT)
		e->retry_after = wait > 0 && wait <= 3600 ? (int)wait
		    : RETRY_AFTER;
	return code;
}
