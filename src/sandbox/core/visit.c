/* SPDX-License-Identifier: MIT */
/* visit.c: the way of each request through the sandbox. */
#include "visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "asked.h"
#include "clock.h"
#include "digest.h"
#include "json.h"
#include "refusal.h"
#include "routes.h"
#include "sandbox/openai/openai.h"
#include "sandbox/sora/accounts.h"
#include "sandbox/sora/clearance.h"
#include "xalloc.h"

#define MAX_BODY	(120 * 1024 * 1024)

struct visit *
visit_get(const struct req *rq)
{
	return rq->ctx;
}

static void *
thread_open(void *app)
{
	struct visit *v = xcalloc(1, sizeof(*v));

	v->sb = app;
	return v;
}

static void
thread_close(void *ctx)
{
	free(ctx);
}

static void
limits(UNUSED void *ctx, UNUSED unsigned size, struct body_limits *out)
{
	*out = (struct body_limits){
		.max_body = MAX_BODY, .json_values = SIZE_MAX,
	};
}

static size_t
endpoint_of(const struct req *rq)
{
	return (size_t)(rq->route - sandbox_routes);
}

/* Counts the call and takes the fault that is due for it. */
static void
enter(struct visit *v, const struct req *rq)
{
	size_t endpoint = endpoint_of(rq);
	const char *key = v->account == NULL ? NULL : v->account->key;

	v->sb->calls[endpoint].calls++;
	if (v->account != NULL)
		v->account->calls[endpoint].calls++;
	v->after = fault_take(v->sb, rq->route->operation, key, rq->path,
	    rq->arena);
}

/* So much of the body, which the client is still sending. */
static void
read_some(struct req *rq, int64_t n)
{
	char piece[4096];
	long got;

	for (; n > 0; n -= got)
		if ((got = req_read(rq, piece, n < (int64_t)sizeof(piece) ?
		    (size_t)n : sizeof(piece))) <= 0)
			return;
}

/* What of a fault comes before the work: the delay, and a refusal. */
static enum err
suffer(struct visit *v, struct req *rq, struct error *e)
{
	if (v->after.after_work)
		return ERR_OK;
	read_some(rq, v->after.read);
	sandbox_sleep(v->sb, v->after.delay_ms);
	v->after.delay_ms = 0;
	if (!aftermath_answers(&v->after))
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, NULL, "a fault was asked for");
}

/* The challenge stands in front of the service, which is then not asked. */
static enum err
admit(struct visit *v, const struct req *rq, struct error *e)
{
	enum err rc;

	if ((rc = clearance_check(v->sb, rq, e)) != ERR_OK)
		return rc;
	return account_authenticate(v->sb, req_header(rq, "Authorization"),
	    rq->arena, v->credential, &v->account, e);
}

void
visit_identify(const struct req *rq, struct account *ac, const char *secret)
{
	struct visit *v = visit_get(rq);

	if (secret != NULL)
		digest_sha256_hex(v->credential, secret, strlen(secret));
	v->account = ac;
	if (ac != NULL)
		ac->calls[endpoint_of(rq)].calls++;
}

static enum err
authenticate(struct req *rq, int who, struct error *e)
{
	struct visit *v = visit_get(rq);
	enum err rc = ERR_OK;

	if (who == WHO_CONTROL)
		return v->sb->control ? ERR_OK : refuse(e, "not_found");
	sandbox_lock(v->sb);
	if (who == WHO_ACCOUNT)
		rc = v->sb->dialect == NULL ? admit(v, rq, e)
		    : refuse(e, "not_found");
	if (who == WHO_KEY)
		rc = openai_admit(v, rq, e);
	enter(v, rq);
	sandbox_unlock(v->sb);
	return rc != ERR_OK ? rc : suffer(v, rq, e);
}

static void
write_refusal(struct visit *v, const struct refusal *r, int status,
    struct resp *rs)
{
	struct refusal_facts facts = { 0 };

	if (v->sb->dialect != NULL) {
		sandbox_lock(v->sb);
		openai_refuse(v->sb, r, status, rs);
		sandbox_unlock(v->sb);
		return;
	}
	if (v->account != NULL) {
		sandbox_lock(v->sb);
		facts.num_tasks = account_concurrency(v->sb, v->account);
		facts.resets_in = account_resets_in(v->account);
		facts.country = arena_strdup(rs->arena, v->account->country);
		sandbox_unlock(v->sb);
	}
	refusal_write(r, status, &facts, rs);
}

static void
write_error(struct req *rq, struct resp *rs, const struct error *e)
{
	struct visit *v = visit_get(rq);
	const struct refusal *r = refusal_find(e->param);

	if (rq->route != NULL && rq->route->who == WHO_CONTROL && r == NULL) {
		cJSON *json = cJSON_CreateObject();

		json_add_string(json, "error", e->text);
		resp_json(rs, error_row(e->code)->status, json);
		return;
	}
	write_refusal(v, r != NULL ? r : refusal_of(e->code), 0, rs);
}

/* Both forms of RFC 9110, section 10.2.3. */
static void
add_retry_after(const struct aftermath *after, struct resp *rs)
{
	time_t then = (time_t)clock_now() + after->retry_after;
	char text[64];
	struct tm tm;

	snprintf(text, sizeof(text), "%d", after->retry_after);
	if (after->retry_date)
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT",
		    gmtime_r(&then, &tm));
	resp_header(rs, "Retry-After", text);
}

/* Puts what the fault wants in the place of the answer. */
static void
replace_answer(struct visit *v, struct resp *rs)
{
	const struct aftermath *after = &v->after;

	rs->n_headers = 0;
	rs->length = NULL;
	if (after->refusal != NULL)
		write_refusal(v, after->refusal, after->status, rs);
	else
		resp_text(rs, after->status != 0 ? after->status : 200,
		    after->type != NULL ? after->type : "application/json",
		    after->body);
	if (after->retry_after > 0)
		add_retry_after(after, rs);
}

static void
leave(struct visit *v, const struct req *rq, const struct resp *rs)
{
	size_t endpoint = endpoint_of(rq);

	sandbox_lock(v->sb);
	asked_note(v->sb, rq, v->account == NULL ? NULL : v->account->key,
	    v->credential);
	if (rs->status >= 400 || aftermath_answers(&v->after)) {
		v->sb->calls[endpoint].refused++;
		if (v->account != NULL)
			v->account->calls[endpoint].refused++;
	}
	sandbox_unlock(v->sb);
}

static const char *
id_header(const struct sandbox *sb)
{
	return sb->dialect == NULL ? "x-sora-request-id"
	    : sb->dialect->id_header;
}

/* Every answer passes here; a request may not get as far as authenticate. */
static void
finish(struct req *rq, struct resp *rs)
{
	struct visit *v = visit_get(rq);

	if (rq->route != NULL && rq->route->who != WHO_CONTROL) {
		sandbox_sleep(v->sb, v->after.delay_ms);
		if (aftermath_answers(&v->after))
			replace_answer(v, rs);
		if (id_header(v->sb) != NULL)
			resp_header(rs, id_header(v->sb), rq->request_id);
		leave(v, rq, rs);
	}
	v->account = NULL;
	v->credential[0] = '\0';
	v->after = (struct aftermath){ 0 };
}

const struct server_ops sandbox_ops = {
	.thread_open = thread_open,
	.thread_close = thread_close,
	.auth = authenticate,
	.error = write_error,
	.finish = finish,
	.limits = limits,
};
