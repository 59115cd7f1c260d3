/* SPDX-License-Identifier: MIT */
/* account_refresh.c: a new access token, by the credentials that outlive it. */
#include <string.h>

#include "account_impl.h"
#include "arena.h"
#include "clock.h"
#include "token_claims.h"

static bool
has(const char *credential)
{
	return credential != NULL && *credential != '\0';
}

static void
take_token(struct account_job *j, const struct account_facts *f)
{
	struct account_result *r = &j->result;
	struct error ignored;		/* a token that says nothing of itself can be one */

	r->facts.access_token = f->access_token;
	r->facts.refresh_token = f->refresh_token;
	r->facts.expires_in = f->expires_in;
	if (f->email != NULL)
		r->facts.email = f->email;
	if (f->session_expires != NULL)
		r->facts.session_expires = f->session_expires;
	if (f->session_token != NULL)
		r->facts.session_token = f->session_token;
	if (token_claims_read(f->access_token, j->arena, &r->expiry_time,
	    &r->jwt_email, &ignored) != ERR_OK) {
		r->expiry_time = 0;
		r->jwt_email = "";
	}
}

/* ---- conversions ---- */

static void
read_converted(struct account_job *j, const struct outcome *o)
{
	if (o->verdict != VERDICT_OK) {
		seq_fail(j, o);
		return;
	}
	j->result.status = j->status;
	take_token(j, &o->facts);
	seq_done(j);
}

void
seq_convert_st(struct account_job *j)
{
	seq_send(j, CALL_SESSION, read_converted);
}

void
seq_convert_rt(struct account_job *j)
{
	seq_send(j, CALL_OAUTH, read_converted);
}

/* ---- refreshing ---- */

/*
 * A verdict of the refresh token does not hide that the session may work later:
 * only when all that there is was refused, nothing is left to hope for.
 */
static void
note(struct account_job *j, const struct outcome *o)
{
	enum account_verdict before = j->result.verdict;

	if (before == ACCOUNT_OK || before == ACCOUNT_REFUSED)
		seq_note(j, o);
}

static void
note_text(struct account_job *j, const char *why)
{
	struct outcome o = { .verdict = VERDICT_FAIL, .message = why,
	    .log = why };

	j->unsent = false;
	j->transport = TRANSPORT_OK;
	note(j, &o);
}

/* Whether the outcome holds an access token that is worth storing; else why not is noted. */
static bool
has_fresh_token(struct account_job *j, const struct outcome *o)
{
	struct account_result *r = &j->result;

	if (o->verdict != VERDICT_OK) {
		note(j, o);
		return false;
	}
	take_token(j, &o->facts);
	if (r->expiry_time > clock_now())
		return true;
	note_text(j, "The upstream gave an access token that has expired or "
	    "cannot be read");
	return false;
}

static void
succeed(struct account_job *j)
{
	struct account_result *r = &j->result;

	r->verdict = ACCOUNT_OK;
	r->status = j->status;
	r->reason = r->log = r->country = NULL;
	r->expired = r->challenge = false;
	seq_done(j);
}

/* What is not worth storing is not told, but for what replaces a void credential. */
static void
forget_token(struct account_job *j)
{
	j->result.facts.access_token = NULL;
	j->result.expiry_time = 0;
	j->result.jwt_email = "";
}

static void
read_oauth(struct account_job *j, const struct outcome *o)
{
	if (has_fresh_token(j, o)) {
		succeed(j);
		return;
	}
	forget_token(j);
	seq_done(j);
}

static void
try_oauth(struct account_job *j)
{
	forget_token(j);
	if (has(j->token.rt))
		seq_send(j, CALL_OAUTH, read_oauth);
	else
		seq_done(j);
}

static bool
is_same(const struct account_job *j)
{
	return j->token.token != NULL &&
	    strcmp(j->token.token, j->result.facts.access_token) == 0;
}

static void
read_session(struct account_job *j, const struct outcome *o)
{
	if (has_fresh_token(j, o)) {
		if (!is_same(j)) {
			succeed(j);
			return;
		}
		j->result.verdict = ACCOUNT_UNCHANGED;
		j->result.status = j->status;
		j->result.reason = "The session gives the same access token";
		j->result.log = j->result.reason;
	}
	try_oauth(j);
}

void
seq_refresh(struct account_job *j)
{
	if (has(j->token.st))
		seq_send(j, CALL_SESSION, read_session);
	else	/* without either, the call itself is refused */
		seq_send(j, CALL_OAUTH, read_oauth);
}
