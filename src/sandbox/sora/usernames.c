/* SPDX-License-Identifier: MIT */
/* usernames.c: POST /project_y/profile/username/check and /set, and the rules behind them. */
#include "usernames.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "accounts.h"
#include "cameos.h"
#include "json.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "xalloc.h"

#define DIGITS	"0123456789"
#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct username_rule {
	char			*name;
	enum username_fate	 fate;
	struct username_rule	*next;
};

static const struct {
	const char	*list;		/* its name on the control path */
	const char	*refusal;
} fates[] = {
	[USERNAME_FREE] = { "free", NULL },
	[USERNAME_TAKEN] = { "taken", "username_taken" },
	[USERNAME_RESERVED] = { "reserved", "reserved_username" },
	[USERNAME_REJECTED] = { "rejected", "username_rejected" },
	[USERNAME_INVALID] = { "invalid", "username_invalid" },
};

bool
username_valid(const char *name)
{
	size_t len = strlen(name);

	return len >= 3 && len <= 20 && strspn(name, LETTERS DIGITS) > 0 &&
	    strspn(name, LETTERS DIGITS "._") == len;
}

static const struct username_rule *
find_rule(const struct sandbox *sb, const char *name)
{
	const struct username_rule *rule = sb->usernames;

	while (rule != NULL && strcasecmp(rule->name, name) != 0)
		rule = rule->next;
	return rule;
}

enum username_fate
username_judge(const struct sandbox *sb, const struct account *ac,
    const char *name)
{
	static const char *const reserved[] = { "admin", "openai", "sora", "support" };
	const struct username_rule *rule = find_rule(sb, name);

	if (!username_valid(name))
		return USERNAME_INVALID;
	if (rule != NULL)
		return rule->fate;
	for (size_t i = 0; i < NELEM(reserved); i++)
		if (strcasecmp(reserved[i], name) == 0)
			return USERNAME_RESERVED;
	for (size_t i = 0; i < sb->n_accounts; i++) {
		const struct account *other = sb->accounts[i];

		if (other != ac && other->known && other->username != NULL &&
		    strcasecmp(other->username, name) == 0)
			return USERNAME_TAKEN;
	}
	return cameo_named(sb, name) != NULL ? USERNAME_TAKEN : USERNAME_FREE;
}

const char *
username_refusal(enum username_fate fate)
{
	return fates[fate].refusal;
}

enum err
username_take(struct sandbox *sb, struct account *ac, const cJSON *body,
    struct error *e)
{
	const char *name = json_string(body, "username");
	enum username_fate fate;

	if (name == NULL || name[0] == '\0')
		return refuse(e, "username_required");
	if ((fate = username_judge(sb, ac, name)) != USERNAME_FREE)
		return refuse(e, username_refusal(fate));
	free(ac->username);
	ac->username = xstrdup(name);
	for (char *s = ac->username; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
	return ERR_OK;
}

static void
add_rule(struct sandbox *sb, const char *name, enum username_fate fate)
{
	struct username_rule *rule = xcalloc(1, sizeof(*rule));

	rule->name = xstrdup(name);
	rule->fate = fate;
	rule->next = sb->usernames;	/* the newest rule holds */
	sb->usernames = rule;
}

static enum err
fate_of(const cJSON *list, enum username_fate *out, struct error *e)
{
	const cJSON *name;

	cJSON_ArrayForEach(name, list)
		if (!cJSON_IsString(name))
			return error_set(e, ERR_INVALID_VALUE, NULL,
			    "%.64s: not a list of names", list->string);
	for (size_t i = 0; i < NELEM(fates); i++) {
		if (strcmp(fates[i].list, list->string) != 0)
			continue;
		*out = (enum username_fate)i;
		return cJSON_IsArray(list) ? ERR_OK : error_set(e,
		    ERR_INVALID_VALUE, NULL, "%s: not a list", fates[i].list);
	}
	return error_set(e, ERR_INVALID_VALUE, NULL, "%.64s: no such fate",
	    list->string);
}

enum err
usernames_rule(struct sandbox *sb, const cJSON *body, struct error *e)
{
	const cJSON *list, *name;
	enum username_fate fate;
	enum err rc;

	cJSON_ArrayForEach(list, body)
		if ((rc = fate_of(list, &fate, e)) != ERR_OK)
			return rc;
	cJSON_ArrayForEach(list, body) {
		if ((rc = fate_of(list, &fate, e)) != ERR_OK)
			return rc;
		cJSON_ArrayForEach(name, list)
			add_rule(sb, name->valuestring, fate);
	}
	return ERR_OK;
}

void
usernames_clear(struct sandbox *sb)
{
	struct username_rule *next;

	for (struct username_rule *r = sb->usernames; r != NULL; r = next) {
		next = r->next;
		free(r->name);
		free(r);
	}
	sb->usernames = NULL;
}

/* An account of the newer kind does not have these two calls. */
static enum err
answer_username(struct req *rq, struct resp *rs, bool set, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer = NULL;
	enum username_fate fate = USERNAME_INVALID;
	const char *name;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	name = json_string(body, "username");
	sandbox_lock(v->sb);
	if (v->account->newer)
		rc = refuse(e, "not_found");
	else if (!set && name == NULL)
		rc = refuse(e, "username_required");
	else if (!set)
		fate = username_judge(v->sb, v->account, name);
	else if ((rc = username_take(v->sb, v->account, body, e)) == ERR_OK)
		answer = account_profile(v->sb, rq, v->account);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc != ERR_OK)
		return rc;
	if (!set) {
		answer = cJSON_CreateObject();
		json_add_bool(answer, "available", fate == USERNAME_FREE ||
		    fate == USERNAME_REJECTED);
	}
	resp_json(rs, 200, answer);
	return ERR_OK;
}

enum err
handle_sandbox_username_check(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_username(rq, rs, false, e);
}

enum err
handle_sandbox_username_set(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_username(rq, rs, true, e);
}
