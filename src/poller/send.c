/* send.c: uploads and creates. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "leftover.h"
#include "log.h"
#include "poller.h"
#include "site.h"

/* The first reference that the account does not have yet. */
static size_t
next_media(const struct task *t)
{
	size_t i;

	for (i = 0; i < t->n_media && t->media[i].upstream_id != NULL; i++)
		;
	return i;
}

enum err
job_input(struct job *job, enum call call, struct arena *a,
    struct call_input *in, struct error *e)
{
	struct poller *p = job->poller;
	struct token *token = arena_alloc(a, sizeof(*token));
	enum err rc;

	*in = (struct call_input){
		.call = call, .conf = p->conf, .token = token,
		.task = &job->task, .solver = poller_solver(p, a),
		.watermark_free = p->settings.watermark_free_enabled,
		.spool_dir = p->site->spool_dir,
		.want_url = job->task.step == STEP_DOWNLOAD,
		.location = job->location, .stranger = job->stranger,
		.have = job->partial != NULL ? job->partial->len : 0,
	};
	if ((rc = token_load_any(p->store, job->task.token_id, a, token, e))
	    != ERR_OK)
		return rc;
	if (call == CALL_UPLOAD) {
		in->media = &job->task.media[next_media(&job->task)];
		in->media_path = arena_printf(a, "%s/%s", p->site->spool_dir,
		    in->media->file);
	}
	if (job->task.character_options != NULL)
		character_input(job, call, a, in);
	return ERR_OK;
}

void
job_answer(struct job *job, enum call call, const struct call_response *r,
    struct outcome *out)
{
	struct poller *p = job->poller;
	struct call_input in;
	struct error e;

	*out = (struct outcome){ .verdict = VERDICT_OTHER };
	if (job_input(job, call, p->arena, &in, &e) != ERR_OK)
		out->log = arena_strdup(p->arena, e.text);
	else
		provider_parse(provider_find(in.token->provider), &in, r,
		    call == CALL_JOB ? job->refusals : job->task.attempts,
		    poller_env(p).now_ms / 1000, p->arena, out);
	credential_judges(job->account, &job->with, out);
	if (account_by_job(job->account))
		health_note(job, call, out);
	reach_note(job->account, r);
	if ((call == CALL_JOB || call == CALL_CAMEO_STATUS) &&
	    (out->verdict == VERDICT_OK || out->verdict == VERDICT_GONE))
		job->asked_ms = poller_clock(p) - r->elapsed_ms;
	job->challenged = out->challenge;
	if (out->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
}

bool
job_refused(struct job *job, const struct outcome *o)
{
	return o->verdict == VERDICT_REFRESH &&
	    refresh_begin(job->account);
}

enum err
job_ask(struct job *job, enum call call, int *counter, transfer_fn *done,
    struct error *e)
{
	struct poller *p = job->poller;
	struct arena *a = arena_new();
	struct call_request request = { 0 };
	struct call_input in;
	enum err rc;

	if ((rc = job_input(job, call, a, &in, e)) == ERR_OK)
		rc = provider_build(provider_find(in.token->provider), &in, a,
		    &request, e);
	if (rc == ERR_OK) {
		request.proxy = poller_proxy(p, in.token, a);
		job->with = credential_of(p, in.token);
		if (call == CALL_CONTENT && job->partial != NULL)
			request.resume = job->partial;
		job_begin(job, client_start(p->client, &request, done, job),
		    counter);
		if (request.resume != NULL)	/* it was taken over */
			job_keep_partial(job, NULL);
	}
	arena_free(a);
	return rc;
}

/* A server is one for itself; it may take as long as a whole job takes. */
static int *
sending_of(struct job *job)
{
	return account_by_job(job->account) ? &job->account->sending
	    : &job->poller->sending;
}

enum err
job_call(struct job *job, enum call call, transfer_fn *done, struct error *e)
{
	return job_ask(job, call, sending_of(job), done, e);
}

static void
on_uploaded(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = job_env(job);
	struct task_change change;
	struct outcome outcome;

	job_end(job);
	job_answer(job, CALL_UPLOAD, r, &outcome);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_uploaded(&job->task, next_media(&job->task), &outcome,
		    &env, &change);
	decide(job, &change);
}

/* Its task ended meanwhile: what was begun for it is to end. */
static void
end_orphan(struct job *job, const struct outcome *o)
{
	struct error e;

	assert(job->orphan || job->decided);
	if (o->verdict == VERDICT_OK && o->id != NULL &&
	    leftover_add(job->poller->store, job->task.token_id, o->id, false,
	    &e) != ERR_OK)
		log_warn("task %s: %s", job->task.task_id, e.text);
	if (job->orphan)
		job_orphan_end(job);
}

/* The server did it at once, and the result came along. */
static void
made(struct job *job, const struct outcome *o, const struct call_response *r)
{
	struct step_env env = job_env(job);
	struct task_change change;
	const char *why, *name = content_keep(job, r, &why);
	struct outcome bad = {
		.verdict = VERDICT_FAIL, .message = "The upstream's result is no video or image",
		.code = "upstream_error",
	};

	if (name != NULL) {
		step_made(&job->task, o, name, download_url(job, name), &env,
		    &change);
	} else {
		bad.log = why;
		step_created(&job->task, &bad, &env, &change);
	}
	decide(job, &change);
}

static void
on_created(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env;
	struct task_change change;
	struct outcome outcome;

	job_end(job);
	job_answer(job, CALL_CREATE, r, &outcome);
	if (job->orphan || job->decided) {
		content_drop(r);
		end_orphan(job, &outcome);
		return;
	}
	if (outcome.verdict == VERDICT_OK && r->payload) {
		made(job, &outcome, r);
		return;
	}
	content_drop(r);
	env = job_env(job);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_created(&job->task, &outcome, &env, &change);
	if (change.step == STEP_POLL && env.by_job)
		poll_plan(job, outcome.ask_after_ms);
	decide(job, &change);
}

/* Nothing was sent: the task cannot be done this way. */
static void
refuse(struct job *job, const struct error *cause)
{
	struct poller *p = job->poller;
	struct step_env env = job_env(job);
	struct outcome o = {
		.verdict = cause->code == ERR_INVALID_VALUE ? VERDICT_FAIL
		    : VERDICT_OTHER,
		.message = arena_strdup(p->arena,
		    "The task could not be sent to the upstream"),
		.log = arena_strdup(p->arena, cause->text),
	};
	struct task_change change;

	step_created(&job->task, &o, &env, &change);
	decide(job, &change);
}

static void
start(struct job *job, enum call call, transfer_fn *done)
{
	struct error e;

	if (job_call(job, call, done, &e) != ERR_OK)
		refuse(job, &e);
}

/* Its server fails: it goes back to the queue unasked. */
static void
give_back(struct job *job)
{
	static const struct outcome down = { .verdict = VERDICT_DOWN };
	struct step_env env = job_env(job);
	struct task_change change;

	step_created(&job->task, &down, &env, &change);
	decide(job, &change);
}

static void
mark(struct job *job, int *counter)
{
	struct step_env env = job_env(job);
	struct task_change change;

	step_creating(&job->task, &env, &change);
	decide(job, &change);
	job_mark(job, counter);
}

/* References go along with the create. */
static void
send_to_server(struct job *job)
{
	struct account *acc = job->account;

	if (health_rests(acc))
		give_back(job);
	else if (acc->sending + acc->marked < MAX_SENDING &&
	    !reconcile_blocks(job))
		mark(job, &acc->marked);
	else
		job_later(job, LOOK_MS);
}

void
send_take(struct job *job)
{
	if (account_by_job(job->account))
		send_to_server(job);
	else if (challenge_holds(job) || refresh_waits(job->account))
		job_later(job, LOOK_MS);
	else if (job->task.step == STEP_UPLOAD)
		start(job, CALL_UPLOAD, on_uploaded);
	else if (reconcile_blocks(job))
		job_later(job, LOOK_MS);
	else
		mark(job, &job->poller->marked);
}

void
send_marked(struct job *job)
{
	struct task_change change;
	struct step_env env;

	if (job_unmark(job)) {
		start(job, CALL_CREATE, on_created);
		return;
	}
	/* marked by a process that is no more */
	env = job_env(job);
	step_interrupted(&job->task, &env, &change);
	decide(job, &change);
}
