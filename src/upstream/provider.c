/* SPDX-License-Identifier: MIT */
/* provider.c: the providers there are, and which facet has a call. */
#include "provider.h"

#include <assert.h>
#include <string.h>

#include "attr.h"

/* The one table of providers; the first serves tokens that name none. */
static const struct provider *const providers[] = {
	&provider_sora,
	&provider_openai,
};

const char *const provider_names[] = { "sora", "openai", NULL };

/* ---- finding one ---- */

/* The i-th of all; NULL past the last. */
static const struct provider *
provider_at(size_t i)
{
	return i < NELEM(providers) ? providers[i]
	    : provider_more[i - NELEM(providers)];
}

const struct provider *
provider_find(const char *name)
{
	const struct provider *p;

	assert(name != NULL);
	for (size_t i = 0; (p = provider_at(i)) != NULL; i++)
		if (strcmp(p->facts.name, name) == 0)
			return p;
	return NULL;
}

const struct provider *
provider_with(enum facet_kind kind)
{
	const struct provider *p;

	for (size_t i = 0; (p = provider_at(i)) != NULL; i++)
		if (p->facets[kind] != NULL)
			return p;
	return NULL;
}

const struct provider_facts *
provider_facts(const char *name)
{
	const struct provider *p = provider_find(name);

	return p != NULL ? &p->facts : NULL;
}

const struct provider_facts *
provider_usual(void)
{
	return &providers[0]->facts;
}

const struct provider_facts *
provider_of_servers(void)
{
	const struct provider *p;
	size_t i = 0;

	while ((p = provider_at(i)) != NULL && !p->facts.is_server)
		i++;
	assert(p != NULL);
	return &p->facts;
}

/* ---- calls ---- */

enum facet_kind
call_facet(enum call call)
{
	assert(call < CALL__MAX);
	return call < CALL_ME ? FACET_JOB : call < CALL_CAMEO_UPLOAD
	    ? FACET_ACCOUNT : call < CALL_PROFILE ? FACET_CHARACTER
	    : FACET_PUBLIC;
}

enum err
provider_build(const struct provider *p, const struct call_input *in,
    struct arena *a, struct call_request *out, struct error *e)
{
	const struct facet *facet = p->facets[call_facet(in->call)];

	assert(in->token != NULL);
	if (facet == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the provider %s has no such call", p->facts.name);
	return facet->build(in, a, out, e);
}

void
provider_parse(const struct provider *p, const struct call_input *in,
    const struct call_response *r, int attempt, int64_t now, struct arena *a,
    struct outcome *out)
{
	const struct facet *facet = p->facets[call_facet(in->call)];

	assert(facet != NULL);
	facet->parse(in, r, attempt, now, a, out);
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

/* ---- outcomes ---- */

void
outcome_unsendable(const struct call_response *r, struct outcome *out)
{
	out->verdict = r->passing ? VERDICT_RETRY : VERDICT_FAIL;
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
