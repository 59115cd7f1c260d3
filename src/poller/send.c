/* send.c: uploads and creates. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "conf.h"
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
	};
	if ((rc = token_load(p->store, job->task.token_id, a, token, e))
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
		provider_find(in.token->provider)->parse(&in, r,
		    job->task.attempts, poller_env(p).now_ms / 1000, p->arena,
		    out);
	job->challenged = out->challenge;
	if (out->challenge)
		challenge_seen(p, clock_now_ms() - r->elapsed_ms);
}

bool
job_refused(struct job *job, const struct outcome *o)
{
	return o->verdict == VERDICT_REFRESH &&
	    refresh_begin(account_of(job->poller, job->task.token_id));
}

enum err
job_call(struct job *job, enum call call, transfer_fn *done, struct error *e)
{
	struct poller *p = job->poller;
	struct arena *a = arena_new();
	struct call_request request = { 0 };
	struct call_input in;
	enum err rc;

	if ((rc = job_input(job, call, a, &in, e)) == ERR_OK)
		rc = provider_find(in.token->provider)->build(&in, a, &request,
		    e);
	if (rc == ERR_OK) {
		request.proxy = poller_proxy(p, in.token, a);
		job->transfer = client_start(p->client, &request, done, job);
		p->sending++;
	}
	arena_free(a);
	return rc;
}

void
job_call_ended(struct job *job)
{
	job->transfer = NULL;
	job->poller->sending--;
}

static void
on_uploaded(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = poller_env(job->poller);
	struct task_change change;
	struct outcome outcome;

	job_call_ended(job);
	job_answer(job, CALL_UPLOAD, r, &outcome);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_uploaded(&job->task, next_media(&job->task), &outcome,
		    &env, &change);
	decide(job, &change);
}

static void
on_created(void *arg, const struct call_response *r)
{
	struct job *job = arg;
	struct step_env env = poller_env(job->poller);
	struct task_change change;
	struct outcome outcome;

	job_call_ended(job);
	job_answer(job, CALL_CREATE, r, &outcome);
	if (job_refused(job, &outcome))
		step_refused(&job->task, &outcome, &env, &change);
	else
		step_created(&job->task, &outcome, &env, &change);
	decide(job, &change);
}

/* Nothing was sent: the task cannot be done this way. */
static void
refuse(struct job *job, const struct error *cause)
{
	struct poller *p = job->poller;
	struct step_env env = poller_env(p);
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

static bool
is_due(const struct job *job, int64_t now_ms)
{
	return !job->decided && job->transfer == NULL &&
	    job->task.due_ms <= now_ms;
}

static bool
is_to_send(const struct job *job)
{
	return job->task.step == STEP_UPLOAD || job->task.step == STEP_CREATE;
}

void
send_start(struct poller *p)
{
	struct step_env env = poller_env(p);
	struct task_change change;
	int marked = 0;

	for (size_t i = 0; i < p->n_jobs &&
	    p->sending + marked < MAX_SENDING; i++) {
		struct job *job = p->jobs[i];

		if (!is_due(job, env.now_ms) || (is_to_send(job) &&
		    (challenge_holds(job) ||
		    refresh_waits(account_of(p, job->task.token_id)))))
			continue;
		if (job->task.step == STEP_UPLOAD) {
			start(job, CALL_UPLOAD, on_uploaded);
		} else if (job->task.step == STEP_CREATE &&
		    !reconcile_blocks(job)) {
			step_creating(&job->task, &env, &change);
			decide(job, &change);
			job->send = true;
			marked++;
		}
	}
}

void
send_marked(struct poller *p)
{
	struct step_env env = poller_env(p);
	struct task_change change;

	for (size_t i = 0; i < p->n_jobs; i++) {
		struct job *job = p->jobs[i];

		if (job->task.step != STEP_CREATING || job->decided ||
		    job->transfer != NULL)
			continue;
		if (job->send) {
			job->send = false;
			start(job, CALL_CREATE, on_created);
			continue;
		}
		/* marked by a process that is no more */
		step_interrupted(&job->task, &env, &change);
		decide(job, &change);
	}
}
