/* SPDX-License-Identifier: MIT */
/* characters.c: POST /v1/characters. */
#include "accept.h"
#include "arena.h"
#include "character.h"
#include "character_request.h"
#include "wait.h"

struct create {
	struct accept	 accept;	/* first */
	struct character_request character;
};

static struct create *
of_accept(struct accept *ac)
{
	return (struct create *)(void *)ac;
}

static cJSON *
character_json(const struct task *t, const struct character *c)
{
	cJSON *json = cJSON_CreateObject(), *data;

	json_add_string(json, "id", c->character_id);
	json_add_string(json, "object", "character");
	json_add_int(json, "created", t->completed_at);
	json_add_string(json, "model", t->public_model);
	data = cJSON_AddObjectToObject(json, "data");
	json_add_string(data, "cameo_id", c->cameo_id);
	json_add_string(data, "username", c->username);
	json_add_string(data, "display_name", c->display_name);
	json_add_string(data, "message", "Character created successfully");
	return json;
}

static bool
complete(struct task_waiter *tw, const struct task *t, struct buf *out)
{
	struct resp rs = { .arena = tw->arena };
	struct character c;
	struct error e;

	if (task_waiter_character(tw, t, &c, &e) != ERR_OK) {
		task_waiter_refuse(tw, &e, out);
		return true;
	}
	resp_json(&rs, 200, character_json(t, &c));
	task_waiter_answer(tw, &rs, out);
	return true;
}

static void
wait_for(struct accept *ac, struct resp *rs)
{
	task_wait(complete, ac, rs);
}

static enum err
make(struct accept *ac, struct error *e UNUSED)
{
	character_task(&of_accept(ac)->character, ac->rq->arena, &ac->task);
	return ERR_OK;
}

static enum err
store(struct accept *ac, struct error *e)
{
	return accept_clip(ac, &of_accept(ac)->character.video, e);
}

static const struct accept_ops ops = {
	.make = make,
	.store = store,
	.wait = wait_for,
};

/*
 * POST /v1/characters: the character, once it is made. 400 a field or invalid_video,
 * 400/409 idempotency, 429 rate_limit_exceeded, 503 no_available_token; while waiting
 * 502 and 504.
 */
enum err
handle_character_create(struct req *rq, struct resp *rs, struct error *e)
{
	struct create c = { .character = { 0 } };
	struct request_body body;
	enum err rc;

	if ((rc = accept_begin(&c.accept, &ops, rq, e)) != ERR_OK)
		goto out;
	c.accept.waits = true;
	body = accept_body(&c.accept);
	if ((rc = character_parse(&body, rq->arena, &c.character, e))
	    == ERR_OK)
		rc = accept_run(&c.accept, rs, e);
out:
	accept_end(&c.accept);
	return rc;
}
