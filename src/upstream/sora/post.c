/* SPDX-License-Identifier: MIT */
/* post.c: posts that show a finished task to everybody, and changes of characters. */
#include <string.h>

#include "arena.h"
#include "conf.h"
#include "sora.h"
#include "upstream/client/link.h"
#include "xalloc.h"

/* ---- requests ---- */

static void
set_body(struct call_request *rq, cJSON *body, struct arena *a)
{
	rq->method = "POST";
	rq->body = json_print(body, a);
	rq->body_len = strlen(rq->body);
	cJSON_Delete(body);
}

static enum err
build_publish(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	cJSON *body, *list, *item;

	if (in->task->generation_id == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the task has no generation to publish");
	body = cJSON_CreateObject();
	list = cJSON_CreateArray();
	item = cJSON_CreateObject();
	json_add_string(item, "generation_id", in->task->generation_id);
	json_add_string(item, "kind", "sora");
	json_append_item(list, item);
	json_add_item(body, "attachments_to_create", list);
	json_add_string(body, "post_text", "");
	set_body(rq, body, a);
	rq->url = sora_address(in, a, "/project_y/post");
	return ERR_OK;
}

static enum err
build_unpublish(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	if (in->task->post_id == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "the task has no post");
	rq->method = "DELETE";
	rq->url = sora_address(in, a, arena_printf(a, "/project_y/post/%s",
	    link_escape(in->task->post_id, a)));
	return ERR_OK;
}

enum err
sora_build_post(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	enum err rc = in->call == CALL_PUBLISH ? build_publish(in, a, rq, e)
	    : build_unpublish(in, a, rq, e);

	rq->timeout = in->conf->sora_timeout;
	return rc;
}

cJSON *
sora_instruction(const char *text)
{
	cJSON *object, *list, *item;

	if (text == NULL || *text == '\0')
		return cJSON_CreateNull();
	object = cJSON_CreateObject();
	list = cJSON_CreateArray();
	item = cJSON_CreateObject();
	json_add_string(item, "type", "text");
	json_add_string(item, "value", text);
	json_append_item(list, item);
	json_add_item(object, "value", list);
	return object;
}

enum err
sora_build_cameo(const struct call_input *in, struct arena *a,
    struct call_request *rq, struct error *e)
{
	const struct cameo_update *u = in->cameo;
	cJSON *body;

	if (u->cameo_id == NULL || *u->cameo_id == '\0')
		return error_set(e, ERR_INVALID_VALUE, "cameo_id",
		    "is missing");
	body = cJSON_CreateObject();
	if (u->visibility != NULL)
		json_add_string(body, "visibility", u->visibility);
	if (u->instruction != NULL)
		json_add_item(body, "instruction_set", sora_instruction(u->instruction));
	if (u->safety_instruction != NULL)
		json_add_item(body, "safety_instruction_set",
		    sora_instruction(u->safety_instruction));
	set_body(rq, body, a);
	rq->url = sora_address(in, a, arena_printf(a,
	    "/project_y/cameos/by_id/%s/update_v2",
	    link_escape(u->cameo_id, a)));
	return ERR_OK;
}

/* ---- answers ---- */

static bool
is_good(const struct sora_answer *ans)
{
	return ans->r->status >= 200 && ans->r->status <= 299;
}

static bool
read_publish(const struct sora_answer *ans, struct outcome *out)
{
	const char *share = ans->in->conf->sora_share_url;
	const cJSON *post = json_get(ans->json, "post");

	if ((out->id = sora_member_id(ans->a, post, "id")) == NULL)
		return false;
	out->permalink = share != NULL && *share != '\0' ?
	    arena_printf(ans->a, "%s/p/%s", share, out->id)
	    : sora_member_url(ans->a, post, "permalink");
	return out->permalink != NULL;
}

/* One that is not there any more is deleted, too; a body is not asked for. */
static bool
read_unpublish(const struct sora_answer *ans)
{
	return is_good(ans) || ans->r->status == 404 || ans->r->status == 410;
}

bool
sora_read_post(const struct sora_answer *ans, struct outcome *out)
{
	if (ans->in->call == CALL_UNPUBLISH)
		return read_unpublish(ans);
	return is_good(ans) && read_publish(ans, out);
}

static void
delete_json(void *json)
{
	cJSON_Delete(json);
}

static const cJSON *
keep(const cJSON *json, struct arena *a)
{
	cJSON *copy = xmade(cJSON_Duplicate(json, true));

	arena_own(a, copy, delete_json);
	return copy;
}

bool
sora_read_cameo(const struct sora_answer *ans, struct outcome *out)
{
	if (!is_good(ans) || json_get(ans->json, "error") != NULL)
		return false;
	if (cJSON_IsObject(ans->json))
		out->json = keep(ans->json, ans->a);
	return true;
}
