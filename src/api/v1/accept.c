/* SPDX-License-Identifier: MIT */
/* accept.c: from a valid request to a stored task. */
#include "accept.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "character_store.h"
#include "conf.h"
#include "lounge.h"
#include "token_store.h"
#include "video.h"

static void
hash_file(struct digest *d, const char *path)
{
	char piece[16384];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		digest_update(d, piece, n);
	fclose(f);
}

static void
hash_json(struct digest *d, const cJSON *json)
{
	if (json != NULL)
		json_digest(json, d);
	digest_update(d, "", 1);
}

/* The hash of the request's content, independent of the boundary of a multipart form. */
static void
hash_request(struct accept *ac)
{
	struct digest *d = digest_new();

	digest_update(d, ac->rq->path, strlen(ac->rq->path) + 1);
	hash_json(d, ac->form.fields);
	/* of a field given several times, `fields` has the last value alone */
	if (ac->form.repeated != NULL)
		hash_json(d, ac->form.repeated);
	for (size_t i = 0; i < ac->form.n_uploads; i++) {
		const struct upload *u = &ac->form.uploads[i];

		digest_update(d, u->name, strlen(u->name) + 1);
		hash_file(d, u->path);
	}
	digest_final(d, ac->body_hash);
	digest_free(d);
}

static enum err
read_idempotency_key(struct accept *ac, struct error *e)
{
	const char *key = req_header(ac->rq, "Idempotency-Key");

	if (key == NULL)
		return ERR_OK;
	if (strlen(key) > IDEM_KEY_MAX)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "Idempotency-Key must have at most %d bytes",
		    IDEM_KEY_MAX);
	hash_request(ac);
	ac->idem = (struct idem){
		.key = key,
		.api_key_id = ac->rq->auth_id,
		.body_hash = ac->body_hash,
		.answer = ac->waits ? NULL : ac->ops->accepted,
		.arena = ac->rq->arena,
	};
	return ERR_OK;
}

/* The key was used by the same request before: gives the first answer again. */
static enum err
replay(struct accept *ac, const struct idem_answer *first, struct resp *rs,
    struct error *e)
{
	enum err rc;

	if (first->answer != NULL) {
		ac->ops->answer(ac, rs, first->answer);
		return ERR_OK;
	}
	if ((rc = task_load_row(ac->api->store, first->task_row,
	    ac->rq->arena, &ac->task, e)) != ERR_OK)
		return rc;
	ac->ops->wait(ac, rs);
	return ERR_OK;
}

/* Nothing is known of a deleted token: the missing id is reported when the task needs it. */
static enum err
remix_source(struct accept *ac, const struct task *source, struct error *e)
{
	struct token maker = { .provider = NULL };
	enum err rc = ERR_OK;

	if (source->token_id != 0)
		rc = token_load(ac->api->store, source->token_id,
		    ac->rq->arena, &maker, e);
	if (rc != ERR_OK && rc != ERR_NOT_FOUND)
		return rc;
	ac->by_server = token_is_server(&maker);
	return video_remix_source(source, ac->by_server ? maker.terms : NULL,
	    ac->rq->arena, &ac->task, e);
}

enum err
accept_remix(struct accept *ac, const char *target, const struct task *source,
    struct error *e)
{
	struct task loaded;
	enum err rc;

	ac->task.operation = "video_remix";
	if (ac->task.remixed_from == NULL)	/* the path or the prompt names it */
		ac->task.remixed_from = target;
	if (video_is_post_id(target)) {
		ac->task.remix_target = target;
		return ERR_OK;
	}
	if (source == NULL) {
		if ((rc = task_load(ac->api->store, target, ac->rq->arena,
		    &loaded, e)) != ERR_OK) {
			e->param = "remix_target_id";
			return rc;
		}
		source = &loaded;
	}
	if (source->kind != TASK_VIDEO)
		return error_set(e, ERR_TASK_NOT_FOUND, "remix_target_id",
		    "Task not found");
	return remix_source(ac, source, e);
}

enum err
accept_media(struct accept *ac, const struct media_ref *refs, size_t n,
    struct error *e)
{
	struct media_budget budget = media_budget(ac->rq);
	enum err rc;

	for (size_t i = 0; i < n; i++) {
		if ((rc = media_store(ac->rq, &ac->form, &refs[i], &budget,
		    &ac->media[ac->n_media], e)) != ERR_OK)
			return rc;
		ac->n_media++;
	}
	return ERR_OK;
}

enum err
accept_clip(struct accept *ac, const struct media_ref *ref, struct error *e)
{
	struct media_budget budget = media_budget(ac->rq);

	return media_store_clip(ac->rq, &ac->form, ref, &budget, &ac->clip, e);
}

/*
 * A private character that the prompt mentions exists for one account only. For a server
 * a mention is plain text.
 */
static enum err
bind(struct accept *ac, const struct need *need, struct error *e)
{
	const char *field = ac->prompt_field != NULL ? ac->prompt_field
	    : "prompt";
	struct task *t = &ac->task;
	int64_t token_id;
	enum err rc;

	if (ac->by_server || !pool_sora_serves(ac->pool, need))
		return ERR_OK;
	if ((rc = character_bound_token(ac->api->store, t->prompt, field,
	    ac->rq->arena, &token_id, e)) != ERR_OK || token_id == 0)
		return rc;
	if (t->bound_token != 0 && t->bound_token != token_id)
		return error_set(e, ERR_INVALID_VALUE, field, "the prompt "
		    "mentions a private character of another token than "
		    "that of the video to remix");
	t->bound_token = token_id;
	return ERR_OK;
}

static enum err
submit(struct accept *ac, struct resp *rs, struct error *e)
{
	struct task *t = &ac->task;
	enum err rc;

	if (ac->waits && !lounge_has_room(ac->api->app->lounge))
		return error_set(e, ERR_UNAVAILABLE, NULL,
		    "too many requests wait already");
	if ((rc = ac->ops->store(ac, e)) != ERR_OK)
		return rc;
	t->media = ac->media;
	t->n_media = ac->n_media;
	t->clip = ac->clip.file != NULL ? &ac->clip : NULL;
	t->api_key_id = ac->rq->auth_id;
	t->base_url = req_base_url(ac->rq);
	t->request_id = ac->rq->request_id;
	if ((rc = task_submit(ac->api->store, t,
	    video_log_body(t, ac->rq->arena), ac->api->conf->max_queue,
	    ac->idem.key != NULL ? &ac->idem : NULL, e)) != ERR_OK)
		return rc;
	if (ac->waits)
		ac->ops->wait(ac, rs);
	else
		ac->ops->answer(ac, rs, ac->ops->accepted(t, ac->rq->arena));
	return ERR_OK;
}

/*
 * Undoes what the refused request left: stored files and the claim on its key. Not when
 * the database is busy: a claim without a task expires by itself.
 */
static void
undo(struct accept *ac, enum err cause)
{
	for (size_t i = 0; i < ac->n_media; i++)
		media_discard(ac->rq, &ac->media[i]);
	media_discard(ac->rq, &ac->clip);
	if (ac->idem.key != NULL && cause != ERR_UNAVAILABLE)
		idem_release(ac->api->store, &ac->idem);
}

/* Checks that some token can serve the task; which ones can is stored in the task's needs. */
static enum err
check_need(struct accept *ac, struct error *e)
{
	struct need need = need_of_task(&ac->task, ac->features);
	enum err rc;

	if (!pool_sora_serves(ac->pool, &need))
		need.features &= ~(unsigned)FEATURE_STORYBOARD;
	if ((rc = bind(ac, &need, e)) != ERR_OK)
		return rc;
	ac->task.needs = need_print(&need, ac->rq->arena);
	return pool_check(ac->pool, &need, e);
}

enum err
accept_run(struct accept *ac, struct resp *rs, struct error *e)
{
	struct idem_answer first = { 0 };
	enum err rc;

	if ((rc = read_idempotency_key(ac, e)) != ERR_OK)
		return rc;
	if (ac->idem.key != NULL) {
		if ((rc = idem_claim(ac->api->store, &ac->idem,
		    ac->api->conf->idempotency_hours, ac->rq->arena, &first,
		    e)) != ERR_OK) {
			e->no_retry = rc == ERR_IDEM_REUSE;
			return rc;
		}
		if (first.task_row != 0)
			return replay(ac, &first, rs, e);
	}
	if ((rc = ac->ops->make(ac, e)) == ERR_OK &&
	    (rc = check_need(ac, e)) == ERR_OK)
		rc = submit(ac, rs, e);
	if (rc != ERR_OK)
		undo(ac, rc);
	return rc;
}

enum err
accept_begin(struct accept *ac, const struct accept_ops *ops, struct req *rq,
    struct error *e)
{
	enum err rc;

	*ac = (struct accept){ .ops = ops, .rq = rq, .api = api_of(rq) };
	if ((rc = api_settings(ac->api, &ac->settings, e)) != ERR_OK ||
	    (rc = token_pool(ac->api->store, &ac->pool, e)) != ERR_OK)
		return rc;
	rq->verbatim = ops->verbatim;
	return req_form(rq, ac->api->app->spool_dir, &ac->form, e);
}

void
accept_end(struct accept *ac)
{
	idem_end(&ac->idem);
	form_clear(&ac->form);
}

struct request_body
accept_body(struct accept *ac)
{
	const struct form *form = &ac->form;
	const char **names = arena_array(ac->rq->arena, form->n_uploads,
	    sizeof(*names));

	for (size_t i = 0; i < form->n_uploads; i++)
		names[i] = form->uploads[i].name;
	return (struct request_body){
		.fields = form->fields, .repeated = form->repeated,
		.text = form->text, .uploads = names,
		.n_uploads = form->n_uploads,
	};
}
