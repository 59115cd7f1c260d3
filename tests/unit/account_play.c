/* SPDX-License-Identifier: MIT */
/* account_play.c: a client that is played. */
#include "account_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"

struct transfer {
	struct client	*client;
	bool		 malformed;
	transfer_fn	*done;
	void		*arg;
};

static void
note_name(struct client *c, const struct call_request *rq)
{
	cJSON *body;
	struct error e;

	if (strstr(rq->url, "username/check") == NULL)
		return;
	assert_int_equal(ERR_OK, json_parse(rq->body, rq->body_len, &body, &e));
	snprintf(c->names[c->n_names++ % 10], 24, "%s",
	    json_string(body, "username"));
	cJSON_Delete(body);
}

struct transfer *
client_start(struct client *c, const struct call_request *rq,
    transfer_fn *done, void *arg)
{
	struct transfer *t = calloc(1, sizeof(*t));
	char line[200];

	assert_null(c->running);
	snprintf(line, sizeof(line), "%s %s", rq->method, rq->url);
	t->malformed = *rq->url == '\0';
	if (!t->malformed) {
		if (c->next->request == NULL)
			fail_msg("the script has ended, not with %s", line);
		assert_string_equal(c->next->request, line);
		snprintf(c->proxy, sizeof(c->proxy), "%s",
		    rq->proxy != NULL ? rq->proxy : "");
		note_name(c, rq);
		c->sent++;
	}
	t->client = c;
	t->done = done;
	t->arg = arg;
	c->running = t;
	return t;
}

void
transfer_cancel(struct transfer *t)
{
	t->client->running = NULL;
	free(t);
}

void
client_wait(struct client *c, int timeout_ms)
{
	struct transfer *t = c->running;
	struct call_response r = { .transport = TRANSPORT_NOT_SENT, .body = "" };

	(void)timeout_ms;
	assert_non_null(t);
	c->running = NULL;
	if (!t->malformed) {
		const struct line *line = c->next++;

		r.transport = line->status < 0 ? TRANSPORT_LOST : TRANSPORT_OK;
		r.timed_out = line->status == LATE;
		r.status = line->status < 0 ? 0 : line->status;
		r.body = line->body != NULL ? line->body : "";
		r.body_len = strlen(r.body);
	}
	t->done(t->arg, &r);
	free(t);
}

/* Not called by these tests, which wait themselves. */
struct client *
client_new(void)
{
	abort();
}

void
client_free(struct client *c)
{
	(void)c;
	abort();
}

/* ---- a test ---- */

int
play_open(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	void *data;

	sora_data_open(&data);
	f->d = data;
	f->d->conf.sora_base_url = "up";
	f->d->conf.sora_session_url = "session";
	f->d->conf.sora_oauth_url = "oauth";
	f->d->conf.sora_client_id = "app_1";
	f->d->token.sora2_supported = -1;
	f->order = (struct account_order){ .conf = &f->d->conf,
	    .token = &f->d->token, .invite_code = "7KQ2ZD" };
	*state = f;
	return 0;
}

int
play_close(void **state)
{
	struct fixture *f = *state;
	void *data = f->d;

	assert_null(f->client.running);
	sora_data_close(&data);
	free(f);
	return 0;
}

void
play_result(void *arg, const struct account_result *r)
{
	struct fixture *f = arg;
	struct arena *a = f->d->a;

	f->calls++;
	f->r = *r;
	f->r.reason = arena_strdup(a, r->reason);
	f->r.country = arena_strdup(a, r->country);
	f->r.jwt_email = arena_strdup(a, r->jwt_email);
	f->r.facts.email = arena_strdup(a, r->facts.email);
	f->r.facts.username = arena_strdup(a, r->facts.username);
	f->r.facts.plan_type = arena_strdup(a, r->facts.plan_type);
	f->r.facts.invite_code = arena_strdup(a, r->facts.invite_code);
	f->r.facts.access_token = arena_strdup(a, r->facts.access_token);
	f->r.facts.refresh_token = arena_strdup(a, r->facts.refresh_token);
	f->warning = r->n_warnings > 0 ? arena_strdup(a, r->warnings[0]) : NULL;
}

/* Plays the script to its end. */
void
play(struct fixture *f, enum account_work work, const struct line *script)
{
	int n = f->calls;

	f->order.work = work;
	f->client.next = script;
	assert_non_null(account_start(&f->client, &f->order, play_result, f));
	assert_int_equal(n, f->calls);	/* never from account_start */
	while (f->calls == n)
		client_wait(&f->client, 0);
	if (f->client.next->request != NULL)
		fail_msg("%s was not asked", f->client.next->request);
}
