/* SPDX-License-Identifier: MIT */
/*
 * outbox.c: what is still to be said to an upstream after its task has ended. The
 * kinds differ in where their rows are, in the call that says it, and in how
 * often that is tried.
 */
#include "outbox.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "arena.h"
#include "attr.h"
#include "call.h"
#include "character.h"
#include "character_store.h"
#include "leftover.h"
#include "log.h"
#include "poller.h"
#include "provider.h"
#include "refresh.h"
#include "token_store.h"
#include "verdict.h"
#include "xalloc.h"

struct message {		/* a row; strings live in the arena given */
	int64_t		 id;
	int64_t		 token_id;
	const char	*what;		/* the upstream's id of it; NULL: it never told */
	bool		 finished;	/* of a job: it does not run there any more */
	int		 tries;		/* that failed */
};

struct kind {
	const char	*name;		/* for the log */
	int		 at_once;	/* calls on their way, at most */
	int		 most_tries;
	double		 pause_s;	/* after the first try, doubled with each */
	bool		 is_server;	/* the pause is at the usual pace, see poller_pause */
	enum err	(*due)(struct poller *p, struct arena *a, struct message **out,
			    size_t *n, struct error *e);
	/* Whether it is to be said at all, with this token as it is now. */
	bool		(*wanted)(const struct message *m, const struct token *t);
	void		(*build)(const struct message *m, struct arena *a,
			    struct call_input *in);
	bool		(*said)(const struct outcome *o);
	enum err	(*done)(struct store *st, int64_t id, struct error *e);
	/* One more try failed; the next at `due_ms`. */
	enum err	(*later)(struct store *st, int64_t id, int64_t due_ms,
			    struct error *e);
	enum err	(*give_up)(struct store *st, int64_t id, struct error *e);
};

struct sending {		/* a message on its way */
	LIST_ENTRY(sending) link;
	struct outbox	*box;
	const struct kind *kind;
	struct arena	*arena;		/* of what the call needs */
	struct message	 message;
	struct upstream_call *call;
};

struct outbox {
	struct poller	*poller;
	LIST_HEAD(, sending) sending;
};

/* ---- jobs that nobody needs any more, as the token's options say ---- */

static bool
is_to_delete(const struct token *t, bool finished)
{
	return t->terms->delete_upstream == TIDY_ALWAYS ||
	    (t->terms->delete_upstream == TIDY_FINISHED && finished);
}

bool
outbox_wants_job(struct job *job, enum task_status status)
{
	struct pool_token *pt = job->token;
	const struct token *t = pool_token_by_job(pt) ? pool_token_row(pt)
	    : NULL;

	return t != NULL && job->task.upstream_id != NULL &&
	    is_to_delete(t, status == TASK_COMPLETED);
}

static enum err
jobs_due(struct poller *p, struct arena *a, struct message **out, size_t *n,
    struct error *e)
{
	struct leftover *all;
	enum err rc = leftover_due(p->store, poller_clock(p), a, &all, n, e);

	if (rc != ERR_OK)
		return rc;
	*out = arena_array(a, *n, sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct message){
			.id = all[i].id, .token_id = all[i].token_id,
			.what = all[i].upstream_id,
			.finished = all[i].finished, .tries = all[i].attempts,
		};
	return ERR_OK;
}

static bool
job_wanted(const struct message *m, const struct token *t)
{
	return is_to_delete(t, m->finished);
}

static void
build_job(const struct message *m, struct arena *a, struct call_input *in)
{
	in->call = CALL_DELETE;
	in->job_id = arena_strdup(a, m->what);
}

static bool
job_said(const struct outcome *o)
{
	return o->verdict == VERDICT_OK || o->verdict == VERDICT_GONE;
}

/* ---- characters that were made for one video ---- */

static enum err
characters_due(struct poller *p, struct arena *a, struct message **out,
    size_t *n, struct error *e)
{
	struct character *all;
	enum err rc = character_to_delete(p->store, poller_clock(p), a, &all,
	    n, e);

	if (rc != ERR_OK)
		return rc;
	*out = arena_array(a, *n, sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct message){
			.id = all[i].id, .token_id = all[i].token_id,
			.what = all[i].character_id,
			.tries = all[i].delete_tries,
		};
	return ERR_OK;
}

static bool
character_wanted(const struct message *m UNUSED, const struct token *t UNUSED)
{
	return true;
}

static void
build_character(const struct message *m, struct arena *a,
    struct call_input *in)
{
	struct cameo_making *making = arena_alloc(a, sizeof(*making));

	making->character_id = arena_strdup(a, m->what);
	in->call = CALL_CHARACTER_DELETE;
	in->making = making;
}

static bool
character_said(const struct outcome *o)
{
	return o->verdict == VERDICT_OK;
}

/* Its row stays, for its name is taken there. */
static enum err
character_given_up(struct store *st, int64_t id, struct error *e)
{
	return character_delete_again(st, id, 0, e);
}

static const struct kind kinds[] = {
	{ .name = "job", .at_once = 8, .most_tries = 5, .pause_s = 10,
	    .is_server = true, .due = jobs_due, .wanted = job_wanted,
	    .build = build_job, .said = job_said, .done = leftover_done,
	    .later = leftover_later, .give_up = leftover_done },
	{ .name = "character", .at_once = 64, .most_tries = 10, .pause_s = 2,
	    .due = characters_due, .wanted = character_wanted,
	    .build = build_character, .said = character_said,
	    .done = character_deleted, .later = character_delete_again,
	    .give_up = character_given_up },
};

/* ---- what came of it ---- */

static void
check(enum err rc, const struct error *e)
{
	if (rc != ERR_OK)
		log_error("%s", e->text);
}

static void
give_up(struct poller *p, const struct kind *kind, const struct message *m,
    const char *why)
{
	struct error e;

	log_warn("token %lld: %s %s is not deleted at the upstream, and not "
	    "tried again: %s", (long long)m->token_id, kind->name,
	    m->what != NULL ? m->what : "without an id", why);
	check(kind->give_up(p->store, m->id, &e), &e);
}

static void
try_later(struct poller *p, const struct kind *kind, const struct message *m,
    const char *why)
{
	double s = kind->pause_s * (1 << m->tries);
	int64_t ms = kind->is_server ? poller_pause(p, s)
	    : (int64_t)(s * 1000);
	struct error e;

	if (m->tries + 1 >= kind->most_tries) {
		give_up(p, kind, m, why);
		return;
	}
	log_info("token %lld: %s %s could not be deleted at the upstream, next "
	    "try in %.1f s: %s", (long long)m->token_id, kind->name, m->what,
	    (double)ms / 1000, why);
	check(kind->later(p->store, m->id, poller_clock(p) + ms, &e), &e);
}

static void
forget(struct sending *s)
{
	LIST_REMOVE(s, link);
	arena_free(s->arena);
	free(s);
}

static void
on_answer(void *arg, struct call_answer *answer)
{
	struct sending *s = arg;
	struct poller *p = s->box->poller;
	struct pool_token *pt = pool_token_of(p, s->message.token_id);
	const struct outcome *o = &answer->outcome;
	struct token_change change;
	struct error e;

	if (s->kind->said(o)) {
		check(s->kind->done(p->store, s->message.id, &e), &e);
	} else {
		change = verdict_change(o, o->verdict == VERDICT_REFRESH &&
		    refresh_begin(pt));
		if (!s->kind->is_server)
			pool_token_change(pt, &change);
		try_later(p, s->kind, &s->message, o->log != NULL ? o->log
		    : "no reason");
	}
	forget(s);
}

/* ---- saying it ---- */

static bool
is_on_its_way(const struct outbox *box, const struct kind *kind, int64_t id)
{
	const struct sending *s;

	LIST_FOREACH(s, &box->sending, link)
		if (s->kind == kind && s->message.id == id)
			return true;
	return false;
}

static int
count(const struct outbox *box, const struct kind *kind)
{
	const struct sending *s;
	int n = 0;

	LIST_FOREACH(s, &box->sending, link)
		n += s->kind == kind;
	return n;
}

/* A token that is gone does not come back, nor can what has no id be named. */
static void
not_sent(struct poller *p, const struct kind *kind, const struct message *m,
    const struct error *e)
{
	if (e->code == ERR_UNAVAILABLE)
		try_later(p, kind, m, e->text);
	else
		give_up(p, kind, m, e->text);
}

static void
send(struct outbox *box, const struct kind *kind, const struct message *m)
{
	struct call_input in = { 0 };
	struct sending *s = xcalloc(1, sizeof(*s));
	struct error e;

	*s = (struct sending){ .box = box, .kind = kind,
	    .arena = arena_new(), .message = *m };
	LIST_INSERT_HEAD(&box->sending, s, link);
	kind->build(m, s->arena, &in);
	s->message.what = arena_strdup(s->arena, m->what);
	s->call = upstream_call(box->poller, m->token_id, &in, NULL,
	    on_answer, s, &e);
	if (s->call != NULL)
		return;
	not_sent(box->poller, kind, m, &e);
	forget(s);
}

static void
look_at(struct outbox *box, const struct kind *kind, const struct message *m,
    struct arena *a)
{
	struct poller *p = box->poller;
	struct token t;
	struct error e;

	if (is_on_its_way(box, kind, m->id) ||
	    refresh_waits(pool_token_of(p, m->token_id)))
		return;
	if (m->what == NULL)
		give_up(p, kind, m, "the upstream did not tell its id");
	else if (token_load_any(p->store, m->token_id, a, &t, &e) != ERR_OK)
		not_sent(p, kind, m, &e);
	else if (kind->wanted(m, &t))
		send(box, kind, m);
	else
		check(kind->done(p->store, m->id, &e), &e);
}

static void
run_kind(struct outbox *box, const struct kind *kind)
{
	struct arena *a = arena_new();
	struct message *all;
	struct error e;
	size_t n = 0;

	check(kind->due(box->poller, a, &all, &n, &e), &e);
	for (size_t i = 0; i < n && count(box, kind) < kind->at_once; i++)
		look_at(box, kind, &all[i], a);
	arena_free(a);
}

void
outbox_run(struct outbox *box)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		run_kind(box, &kinds[i]);
}

struct outbox *
outbox_new(struct poller *p)
{
	struct outbox *box = xcalloc(1, sizeof(*box));

	box->poller = p;
	LIST_INIT(&box->sending);
	return box;
}

void
outbox_free(struct outbox *box)
{
	struct sending *s;

	while ((s = LIST_FIRST(&box->sending)) != NULL) {
		upstream_call_cancel(s->call);
		forget(s);
	}
	free(box);
}
