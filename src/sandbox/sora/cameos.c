/* SPDX-License-Identifier: MIT */
/* cameos.c: making, showing and deleting characters. */
#include "cameos.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "accounts.h"
#include "arena.h"
#include "attr.h"
#include "json.h"
#include "log.h"
#include "people.h"
#include "sandbox/core/ids.h"
#include "sandbox/core/markers.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"
#include "usernames.h"
#include "xalloc.h"

#define POINTER		"sediment://"
#define READ_MOST	(1024 * 1024)	/* bytes of a clip that may hold markers */

enum fate {
	FATE_DONE,
	FATE_NO_PERSON,
	FATE_VIOLATION,
	FATE_ERROR,
	FATE_NO_ASSET,		/* is ready, but has no picture at first */
	FATE_NEVER,
};

struct cameo {
	char		*id;		/* cameo_... */
	char		*uuid;		/* of its picture */
	char		*character_id;	/* ch_...; NULL until it is finalized, as the next */
	char		*username;
	char		*display_name;
	char		*instruction;	/* JSON, or NULL */
	char		*safety;
	char		*timestamps;
	struct account	*account;
	enum fate	 fate;
	int64_t		 takes;		/* ms, as the next */
	int64_t		 no_asset;	/* that much longer without a picture; -1: for ever */
	int64_t		 created_mono;
	bool		 public;
	bool		 deleted;
	struct cameo	*next;
};

static void
cameo_free(struct cameo *c)
{
	if (c == NULL)
		return;
	free(c->id);
	free(c->uuid);
	free(c->character_id);
	free(c->username);
	free(c->display_name);
	free(c->instruction);
	free(c->safety);
	free(c->timestamps);
	free(c);
}

void
cameos_clear(struct sandbox *sb)
{
	struct cameo *next;

	for (struct cameo *c = sb->cameos; c != NULL; c = next) {
		next = c->next;
		cameo_free(c);
	}
	sb->cameos = NULL;
}

/* ---- finding ---- */

const struct cameo *
cameo_named(const struct sandbox *sb, const char *name)
{
	for (const struct cameo *c = sb->cameos; c != NULL; c = c->next)
		if (c->username != NULL && !c->deleted &&
		    strcasecmp(c->username, name) == 0)
			return c;
	return NULL;
}

bool
cameo_is_seen(const struct cameo *c, const struct account *ac)
{
	return c->public || c->account == ac;
}

/* Those of other accounts are not there. */
static struct cameo *
find_own(const struct visit *v, enum index_kind kind, const char *id)
{
	struct cameo *c = id == NULL ? NULL : index_find(v->sb, kind, id);

	return c != NULL && c->account == v->account && !c->deleted ? c : NULL;
}

/* ---- the clip ---- */

static const struct {
	const char	*name;
	enum fate	 fate;
} fates[] = {
	{ "no-person", FATE_NO_PERSON },
	{ "violation", FATE_VIOLATION },
	{ "error", FATE_ERROR },
	{ "no-asset", FATE_NO_ASSET },
	{ "never", FATE_NEVER },
};

static bool
follow_marker(struct cameo *c, const struct marker *m)
{
	if (strcmp(m->name, "cameo") == 0 && m->has_number) {
		c->takes = (int64_t)(m->number * 1000);
		return true;
	}
	for (size_t i = 0; i < NELEM(fates); i++)
		if (strcmp(fates[i].name, m->name) == 0) {
			c->fate = fates[i].fate;
			c->no_asset = m->has_number
			    ? (int64_t)(m->number * 1000) : -1;
			return true;
		}
	return false;
}

/* The bytes as one text: a marker has no zeros in it. */
static char *
clip_text(const char *path, struct arena *a)
{
	char *text = arena_alloc(a, READ_MOST + 1);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return text;
	n = fread(text, 1, READ_MOST, f);
	fclose(f);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return text;
}

static enum err
read_markers(struct cameo *c, const char *path, struct error *e)
{
	struct arena *a = arena_new();
	const char *at = clip_text(path, a);
	enum err rc = ERR_OK;
	struct marker m;

	while (rc == ERR_OK && marker_next(&at, &m))
		if (!follow_marker(c, &m)) {
			log_warn("a clip has an unknown marker");
			rc = refuse(e, "invalid_request");
		}
	arena_free(a);
	return rc;
}

static bool
is_clip(const char *path)
{
	unsigned char head[12] = { 0 };
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	return n == sizeof(head) && (memcmp(head + 4, "ftyp", 4) == 0 ||
	    memcmp(head, "\x1a\x45\xdf\xa3", 4) == 0);
}

/* "first,second" */
static bool
are_timestamps(const char *text)
{
	char *end;
	double from;

	if (text == NULL)
		return false;
	from = strtod(text, &end);
	if (end == text || *end != ',' || from < 0)
		return false;
	text = end + 1;
	return strtod(text, &end) > from && end > text && *end == '\0';
}

static const struct upload *
clip_of(const struct form *form)
{
	for (size_t i = 0; i < form->n_uploads; i++)
		if (strcmp(form->uploads[i].name, "file") == 0)
			return &form->uploads[i];
	return NULL;
}

static void
add(struct visit *v, struct cameo *c)
{
	struct sandbox *sb = v->sb;

	c->id = new_cameo_id();
	c->uuid = new_file_uuid();
	c->account = v->account;
	c->created_mono = timeline_now();
	c->next = sb->cameos;
	sb->cameos = c;
	index_put(sb, INDEX_CAMEO, c->id, c);
	index_put(sb, INDEX_FILE_CAMEO, c->uuid, c);
}

static enum err
read_clip(struct visit *v, const struct form *form, struct cameo *c,
    struct error *e)
{
	const struct upload *clip = clip_of(form);
	const char *times = json_string(form->fields, "timestamps");

	if (clip == NULL || !is_clip(clip->path) || !are_timestamps(times))
		return refuse(e, "invalid_request");
	c->timestamps = xstrdup(times);
	c->takes = (int64_t)(v->sb->limits.cameo * 1000 / v->sb->limits.speed);
	return read_markers(c, clip->path, e);
}

enum err
handle_sandbox_cameo_upload(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	struct cameo *c = xcalloc(1, sizeof(*c));
	struct form form = { 0 };
	cJSON *json;
	enum err rc;

	rc = req_form(rq, v->sb->media_dir, &form, e);
	sandbox_lock(v->sb);
	if (rc == ERR_OK && (rc = read_clip(v, &form, c, e)) == ERR_OK &&
	    (rc = account_may_use(v->account, "unauthorized", e)) == ERR_OK) {
		add(v, c);
		json = cJSON_CreateObject();
		json_add_string(json, "id", c->id);
		resp_json(rs, 200, json);
		c = NULL;		/* the state's now */
	}
	sandbox_unlock(v->sb);
	cameo_free(c);
	form_clear(&form);
	return rc;
}

/* ---- its way ---- */

struct look {			/* as it is now */
	const char	*status;
	const char	*message;	/* NULL: null */
	bool		 has_asset;
};

static struct look
failed_look(const struct cameo *c)
{
	switch (c->fate) {
	case FATE_NO_PERSON:
		return (struct look){ "failed",
		    "We could not find a face in this video.", false };
	case FATE_VIOLATION:
		return (struct look){ "failed",
		    "This content violates our guardrails.", false };
	case FATE_ERROR:
		return (struct look){ "error", "Processing failed", false };
	case FATE_DONE:
	case FATE_NO_ASSET:
	case FATE_NEVER:
		break;
	}
	return (struct look){ "processing", "Processing", false };
}

/* The status still says that it is processed when it is ready. */
static struct look
look_at(const struct cameo *c)
{
	int64_t age = timeline_now() - c->created_mono - c->takes;

	if (c->character_id != NULL)
		return (struct look){ "finalized", "Completed", true };
	if (age < 0)
		return (struct look){ "processing", NULL, false };
	if (c->fate != FATE_DONE && c->fate != FATE_NO_ASSET)
		return failed_look(c);
	return (struct look){ "processing", "Completed",
	    c->fate == FATE_DONE || (c->no_asset >= 0 && age >= c->no_asset) };
}

static cJSON *
status_json(struct visit *v, const struct req *rq, const struct cameo *c)
{
	struct look look = look_at(c);
	const char *owner = c->account->username;
	bool ready = look.message != NULL &&
	    strcmp(look.message, "Completed") == 0;
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "status", look.status);
	json_add_string(json, "status_message", look.message);
	json_add_string(json, "display_name_hint", ready ? "Sandbox Cat"
	    : NULL);
	json_add_string(json, "username_hint", ready ? arena_printf(rq->arena,
	    "%s.sandboxcat", owner != NULL ? owner : "somebody") : NULL);
	json_add_string(json, "profile_asset_url", look.has_asset ?
	    media_url(v->sb, rq, arena_printf(rq->arena, "%s/raw", c->uuid))
	    : NULL);
	json_add_string(json, "instruction_set_hint",
	    "speaks softly, curious");
	json_add_string(json, "instruction_set", NULL);
	return json;
}

enum err
handle_sandbox_cameo(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	const struct cameo *c;
	cJSON *json = NULL;

	sandbox_lock(v->sb);
	if ((c = find_own(v, INDEX_CAMEO, rq->param[0])) != NULL)
		json = status_json(v, rq, c);
	sandbox_unlock(v->sb);
	if (json == NULL)
		return refuse(e, "not_found");
	resp_json(rs, 200, json);
	return ERR_OK;
}

/* ---- its name ---- */

static bool
is_own_asset(const struct visit *v, const char *pointer)
{
	const struct media *m;

	if (pointer == NULL || strncmp(pointer, POINTER, strlen(POINTER)) != 0)
		return false;
	m = index_find(v->sb, INDEX_MEDIA, pointer + strlen(POINTER));
	return m != NULL && m->account == v->account;
}

static void
set_instruction(const cJSON *body, const char *key, char **field)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, key);

	if (item == NULL)
		return;
	free(*field);
	*field = cJSON_IsNull(item) ? NULL : cJSON_PrintUnformatted(item);
}

static enum err
finalize(struct visit *v, const cJSON *body, cJSON *answer, struct error *e)
{
	struct cameo *c = find_own(v, INDEX_CAMEO,
	    json_string(body, "cameo_id"));
	const char *name = json_string(body, "username");
	const char *display = json_string(body, "display_name");
	enum username_fate fate;

	if (c == NULL || !is_own_asset(v,
	    json_string(body, "profile_asset_pointer")))
		return refuse(e, "not_found");
	if (name == NULL || display == NULL || *display == '\0' ||
	    c->character_id != NULL || !look_at(c).has_asset)
		return refuse(e, "bad_request");
	/* no account has it, and none is the one that asks */
	if ((fate = username_judge(v->sb, NULL, name)) != USERNAME_FREE)
		return refuse(e, username_refusal(fate));
	c->username = xstrdup(name);
	c->display_name = xstrdup(display);
	c->character_id = new_character_id();
	set_instruction(body, "instruction_set", &c->instruction);
	set_instruction(body, "safety_instruction_set", &c->safety);
	index_put(v->sb, INDEX_CHARACTER, c->character_id, c);
	json_add_string(cJSON_AddObjectToObject(answer, "character"),
	    "character_id", c->character_id);
	return ERR_OK;
}

enum err
handle_sandbox_finalize(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *json;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	json = cJSON_CreateObject();
	sandbox_lock(v->sb);
	rc = finalize(v, body, json, e);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		resp_json(rs, 200, json);
	else
		cJSON_Delete(json);
	return rc;
}

/* ---- changes, and its end ---- */

static enum err
update(struct visit *v, struct cameo *c, const cJSON *body, struct error *e)
{
	const char *visibility = json_string(body, "visibility");
	enum err rc = account_may_use(v->account, "unauthorized", e);

	if (rc != ERR_OK)
		return rc;
	if (c == NULL)
		return refuse(e, "not_found");
	if (visibility != NULL && strcmp(visibility, "public") != 0 &&
	    strcmp(visibility, "private") != 0)
		return refuse(e, "invalid_request");
	if (visibility != NULL)
		c->public = strcmp(visibility, "public") == 0;
	set_instruction(body, "instruction_set", &c->instruction);
	set_instruction(body, "safety_instruction_set", &c->safety);
	return ERR_OK;
}

enum err
handle_sandbox_cameo_update(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	rc = update(v, find_own(v, INDEX_CAMEO, rq->param[0]), body, e);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc == ERR_OK)
		resp_json(rs, 200, cJSON_CreateObject());
	return rc;
}

enum err
handle_sandbox_character_delete(struct req *rq, struct resp *rs,
    struct error *e)
{
	struct visit *v = visit_get(rq);
	struct cameo *c;

	sandbox_lock(v->sb);
	if ((c = find_own(v, INDEX_CHARACTER, rq->param[0])) != NULL)
		c->deleted = true;
	sandbox_unlock(v->sb);
	if (c == NULL)
		return refuse(e, "not_found");
	resp_json(rs, 200, cJSON_CreateObject());
	return ERR_OK;
}

/* ---- what others see ---- */

cJSON *
cameo_profile(struct sandbox *sb, const struct req *rq, const struct cameo *c)
{
	const char *base = sandbox_base(sb, rq);
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "user_id", c->character_id);
	json_add_string(json, "username", c->username);
	json_add_string(json, "display_name", c->display_name);
	json_add_string(json, "permalink", arena_printf(rq->arena,
	    "%s/profile/%s", base, c->username));
	json_add_string(json, "profile_picture_url", media_url(sb, rq,
	    arena_printf(rq->arena, "%s/raw", c->uuid)));
	json_add_bool(json, "verified", false);
	json_add_bool(json, "can_cameo", true);
	json_add_int(json, "follower_count", 0);
	cJSON_AddItemToObject(json, "owner_profile",
	    account_profile(sb, rq, c->account));
	return json;
}

cJSON *
cameos_json(const struct sandbox *sb)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct cameo *c = sb->cameos; c != NULL; c = c->next) {
		cJSON *json = cJSON_CreateObject();

		json_add_string(json, "id", c->id);
		json_add_string(json, "character_id", c->character_id);
		json_add_string(json, "account", c->account->key);
		json_add_string(json, "timestamps", c->timestamps);
		json_add_string(json, "username", c->username);
		json_add_string(json, "display_name", c->display_name);
		json_add_string(json, "instruction_set", c->instruction);
		json_add_string(json, "safety_instruction_set", c->safety);
		json_add_string(json, "visibility",
		    c->public ? "public" : "private");
		json_add_bool(json, "deleted", c->deleted);
		cJSON_AddItemToArray(list, json);
	}
	return list;
}
