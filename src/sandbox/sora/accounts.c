/* SPDX-License-Identifier: MIT */
/* accounts.c: accounts, their tokens and their quota. */
#include "accounts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "json.h"
#include "jwt.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/jobs.h"
#include "sandbox/core/refusal.h"
#include "xalloc.h"

static void
set_defaults(struct account *ac)
{
	ac->name = xstrdup("Sandbox User");
	ac->username = xasprintf("u%.8s", ac->user_id + 5);
	for (char *s = ac->username; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
	ac->plan_id = xstrdup("chatgpt_pro");
	ac->plan_title = xstrdup("ChatGPT Pro");
	ac->plan_end = xstrdup("\"2099-12-31T23:59:59Z\"");
	ac->invite_code = new_invite_code();
	ac->total_count = 4;
	ac->sora2 = ac->bootstrap = ac->onboarded = true;
	ac->concurrency = ac->quota = -1;
	ac->known = true;
}

static struct account *
account_new(struct sandbox *sb, const char *email, const char *user_id)
{
	struct account *ac = xcalloc(1, sizeof(*ac));

	ac->email = xstrdup(email);
	ac->user_id = user_id != NULL && strlen(user_id) > 5 ?
	    xstrdup(user_id) : new_user_id();
	ac->key = xstrdup(email != NULL ? email : user_id);
	sb->accounts = xgrow(sb->accounts, sb->n_accounts, &sb->cap_accounts,
	    sizeof(struct account *));
	sb->accounts[sb->n_accounts++] = ac;
	index_put(sb, INDEX_ACCOUNT, ac->key, ac);
	return ac;
}

struct account *
account_get(struct sandbox *sb, const char *email, const char *user_id)
{
	const char *key = email != NULL ? email : user_id;
	struct account *ac = index_find(sb, INDEX_ACCOUNT, key);

	if (ac == NULL)
		ac = account_new(sb, email, user_id);
	if (!ac->known) {
		set_defaults(ac);
		ac->window_end_ms = clock_now_ms() +
		    llround(sb->limits.quota_window * 1000);
	}
	return ac;
}

/* A request may be on its way in with it: it must still be fit for use. */
void
account_empty(struct account *ac)
{
	struct account kept = {
		.key = ac->key, .email = ac->email, .user_id = ac->user_id,
		.sora2 = true, .onboarded = true, .concurrency = -1, .quota = -1,
	};

	free(ac->name);
	free(ac->username);
	free(ac->plan_id);
	free(ac->plan_title);
	free(ac->plan_end);
	free(ac->invite_code);
	free(ac->country);
	free(ac->me_email);
	free(ac->open.at);
	free(ac->done.at);
	free(ac->images.at);
	for (size_t i = 0; i < ac->n_tokens; i++)
		free(ac->tokens[i]);
	free(ac->tokens);
	*ac = kept;
}

void
account_free(struct account *ac)
{
	free(ac->key);
	free(ac->email);
	free(ac->user_id);
	free(ac);
}

static void
remember_token(struct account *ac, const char *digest)
{
	for (size_t i = 0; i < ac->n_tokens; i++)
		if (strcmp(ac->tokens[i], digest) == 0)
			return;
	ac->tokens = xgrow(ac->tokens, ac->n_tokens, &ac->cap_tokens,
	    sizeof(char *));
	ac->tokens[ac->n_tokens++] = xstrdup(digest);
}

void
account_end_tokens(struct sandbox *sb, struct account *ac,
    enum index_kind kind)
{
	for (size_t i = 0; i < ac->n_tokens; i++)
		if (index_find(sb, kind, ac->tokens[i]) == NULL)
			index_put(sb, kind, ac->tokens[i], ac);
}

const char *
account_new_token(struct account *ac, double life,
    const char *client_id, struct arena *a)
{
	struct claims claims = { .exp = clock_now() + llround(life),
		.email = ac->email, .user_id = ac->user_id,
		.client_id = client_id };
	const char *token = jwt_write(&claims, a);
	char digest[65];

	digest_sha256_hex(digest, token, strlen(token));
	remember_token(ac, digest);
	return token;
}

enum err
account_may_use(const struct account *ac, const char *refusal, struct error *e)
{
	if (ac->country != NULL)
		return refuse(e, "unsupported_country_code");
	return ac->sora2 ? ERR_OK : refuse(e, refusal);
}

enum err
account_authenticate(struct sandbox *sb, const char *header, struct arena *a,
    char digest[65], struct account **out, struct error *e)
{
	struct claims claims = { 0 };

	digest[0] = '\0';
	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0 ||
	    header[7] == '\0')
		return refuse(e, "missing_bearer");
	digest_sha256_hex(digest, header + 7, strlen(header + 7));
	if (!jwt_read(header + 7, a, &claims) ||
	    (claims.email == NULL && claims.user_id == NULL))
		return refuse(e, "invalid_jwt");
	if (index_find(sb, INDEX_DEAD_TOKEN, digest) != NULL)
		return refuse(e, "token_invalidated");
	if (claims.exp <= clock_now() ||
	    index_find(sb, INDEX_LATE_TOKEN, digest) != NULL)
		return refuse(e, "token_expired");
	*out = account_get(sb, claims.email, claims.user_id);
	remember_token(*out, digest);
	return ERR_OK;
}

void
account_settle(struct account *ac, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < ac->open.n; i++) {
		struct job *job = ac->open.at[i];

		if (now - job->created_mono < timeline_leaves(&job->timeline))
			ac->open.at[kept++] = job;
		else if (timeline_visible(&job->timeline) != TIMELINE_NEVER)
			job_list_insert(&ac->done, job);
	}
	ac->open.n = kept;
}

long
account_concurrency(const struct sandbox *sb, const struct account *ac)
{
	return lround(ac->concurrency >= 0 ?
	    ac->concurrency : sb->limits.concurrency);
}

long
account_remaining(const struct sandbox *sb, struct account *ac)
{
	long quota = lround(ac->quota >= 0 ? ac->quota : sb->limits.quota);
	int64_t now = clock_now_ms();

	if (now >= ac->window_end_ms) {
		ac->used = 0;
		ac->window_end_ms = now +
		    llround(sb->limits.quota_window * 1000);
	}
	return ac->used < quota ? quota - ac->used : 0;
}

int64_t
account_resets_in(const struct account *ac)
{
	int64_t wait_ms = ac->window_end_ms - clock_now_ms();

	return wait_ms > 0 ? (wait_ms + 999) / 1000 : 0;
}

cJSON *
account_balance(const struct sandbox *sb, struct account *ac)
{
	cJSON *json = cJSON_CreateObject();
	long left = account_remaining(sb, ac);

	json_add_int(json, "estimated_num_videos_remaining", left);
	json_add_int(json, "estimated_num_purchased_videos_remaining", 0);
	json_add_int(json, "credit_remaining", 0);
	json_add_bool(json, "rate_limit_reached", left == 0);
	json_add_int(json, "access_resets_in_seconds", account_resets_in(ac));
	return json;
}

cJSON *
account_profile(const struct sandbox *sb, const struct req *rq,
    const struct account *ac)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "user_id", ac->user_id);
	json_add_string(json, "username", ac->username);
	json_add_string(json, "display_name", ac->name);
	json_add_string(json, "permalink", ac->username == NULL ? NULL :
	    arena_printf(rq->arena, "%s/profile/%s", sandbox_base(sb, rq),
	    ac->username));
	return json;
}
